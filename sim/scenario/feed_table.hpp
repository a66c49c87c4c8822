// What readers of feeds in CSV share: rows with their lines, numbers, choices among areas.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/feed.hpp"

namespace idlewatt {

/// Throws InputError "path:line: problem; expected expectation".
[[noreturn]] void fail_feed(const FeedFile& file, std::int64_t line, const std::string& problem,
                            const std::string& expectation);

/// In ticks, cut to what a line can hold.
std::string feed_quoted(std::string_view text);

/// A table with a head. Fields may stand in double quotes; the separator is a comma, or a semicolon where the head has
/// more of those.
class FeedTable {
 public:
  /// The head is the first line, or the first after `skipped` lines.
  explicit FeedTable(const FeedFile& file, std::size_t skipped = 0);

  const FeedFile& file() const { return file_; }
  const std::vector<std::string>& head() const { return head_; }

  /// The column of this name, letter case aside.
  std::optional<std::size_t> find(std::string_view name) const;
  /// The same; throws when there is none.
  std::size_t at(std::string_view name) const;

  /// Goes to the next line that is not empty; false at the end, and at an empty line if `until_empty`. Throws where a
  /// line has another number of fields than the head.
  bool next(bool until_empty = false);
  const std::string& field(std::size_t column) const { return fields_[column]; }
  std::int64_t line() const { return line_; }

  /// A number; NaN for what stands for none: nothing, "NaN", "n/e", "N/A", "-". Throws for any other text.
  double number(std::size_t column, bool decimal_comma = false) const;

  [[noreturn]] void fail(const std::string& problem, const std::string& expectation) const;

 private:
  bool read_line(std::vector<std::string>& fields);

  const FeedFile& file_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
  std::vector<std::string> head_;
  std::vector<std::string> fields_;
};

/// The one of several areas that is wanted: the one chosen, or the only one there is. Throws InputError naming them.
class AreaChoice {
 public:
  AreaChoice(const FeedFile& file, std::string kind, std::string wanted)
      : file_(file), kind_(std::move(kind)), wanted_(std::move(wanted)) {}

  /// Whether a row of this area counts.
  bool takes(const std::string& area);
  /// To be called after the last row: the area that was read.
  const std::string& chosen() const;

 private:
  const FeedFile& file_;
  std::string kind_;
  std::string wanted_;
  std::vector<std::string> seen_;
};

/// Local times of a file whose rows do not say which of two hours they mean when clocks are put back: the first time
/// that such a moment comes, it is daylight saving time, the second time it is not.
class LocalTimes {
 public:
  explicit LocalTimes(TimeZone zone) : zone_(std::move(zone)) {}
  /// Nothing for a time that clocks skip, unless something ends then: at the moment of the change.
  std::optional<std::int64_t> unix_time(std::int64_t wall_s, bool is_end = false);

 private:
  TimeZone zone_;
  std::vector<std::int64_t> twice_seen_;
};

/// "26/10/2025 02:00:00", "29.03.2026 01:45", "11/03/2024 1:00:00 AM": seconds as a clock on the wall shows it.
/// `american`: the month comes first.
std::optional<std::int64_t> parse_european_time(std::string_view text, bool american = false);

}  // namespace idlewatt
