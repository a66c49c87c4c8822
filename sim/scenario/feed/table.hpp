// A table for readers of feeds in CSV: rows with their lines, numbers, choices among areas.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/feed/feed.hpp"

namespace idlewatt {

/// Throws InputError "path:line: problem; expected expectation".
[[noreturn]] void fail_feed(const FeedFile& file, std::int64_t line, const std::string& problem,
                            const std::string& expectation);

/// A text in backquotes, shortened to fit into a message.
std::string feed_quoted(std::string_view text);

/// The meaning of commas in the numbers of a column.
enum class NumberStyle : std::uint8_t {
  plain,          ///< a comma is read where only one reading is possible: "1,204.5", "1,204,567"
  thousands,      ///< a comma stands between thousands: "41,000"
  decimal_comma,  ///< a comma stands before decimals: "45,67"
};

/// A table with a header. Fields may stand in double quotes. The separator is a comma, or a semicolon or a tab where the
/// header has more of these than commas. A table with another separator than the comma has decimal commas if a digit
/// follows a comma that follows a digit anywhere below its header.
class FeedTable {
 public:
  /// Reads the header: the first line, or the first line after `skipped` lines.
  explicit FeedTable(const FeedFile& file, std::size_t skipped = 0);

  const FeedFile& file() const { return file_; }
  const std::vector<std::string>& head() const { return head_; }

  /// The column of this name, letter case aside; nothing when there is none.
  std::optional<std::size_t> find(std::string_view name) const;
  /// The column of this name, letter case aside. Throws InputError when there is none.
  std::size_t at(std::string_view name) const;

  /// Goes to the next line that is not empty. Returns false at the end, and at an empty line if `until_empty`. Throws
  /// InputError when a line has another number of fields than the header.
  bool next(bool until_empty = false);
  const std::string& field(std::size_t column) const { return fields_[column]; }
  std::int64_t line() const { return line_; }

  /// The number in a field; NaN for a field that stands for none: empty, "NaN", "n/e", "N/A", "-". Throws InputError
  /// for any other text, and for a comma that may stand before decimals as well as between thousands.
  double number(std::size_t column, NumberStyle style = NumberStyle::plain) const;

  [[noreturn]] void fail(const std::string& problem, const std::string& expectation) const;

 private:
  bool read_line(std::vector<std::string>& fields);

  const FeedFile& file_;
  char separator_ = ',';
  bool decimal_commas_ = false;
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
  std::vector<std::string> head_;
  std::vector<std::string> fields_;
};

/// The choice of one among several areas: the chosen area, or the only one in the file. Throws InputError naming the
/// areas.
class AreaChoice {
 public:
  AreaChoice(const FeedFile& file, std::string kind, std::string wanted)
      : file_(file), kind_(std::move(kind)), wanted_(std::move(wanted)) {}

  /// True when a row of this area is to be read.
  bool takes(const std::string& area);
  /// The area that was read. Must be called after the last row. Throws InputError when no area can be chosen.
  const std::string& chosen() const;

 private:
  const FeedFile& file_;
  std::string kind_;
  std::string wanted_;
  std::vector<std::string> seen_;
};

/// Local times of a file whose rows do not distinguish the two hours when clocks are put back. The first time that such
/// a moment comes, it is taken as daylight saving time; the second time, as standard time. In a file whose rows go back
/// in time, it is the other way round.
class LocalTimes {
 public:
  explicit LocalTimes(TimeZone zone) : zone_(std::move(zone)) {}
  /// The moment of a local time, in seconds since 1970. For a time that clocks skip: nothing, or the moment of the
  /// change if `is_end`.
  std::optional<std::int64_t> unix_time(std::int64_t wall_s, bool is_end = false);

 private:
  TimeZone zone_;
  std::optional<std::int64_t> last_;  ///< the moment that was read before
  std::vector<std::int64_t> twice_seen_;
};

/// The seconds that a local clock shows, from "26/10/2025 02:00:00", "29.03.2026 01:45", "11/03/2024 1:00:00 AM".
/// `american`: the month comes first.
std::optional<std::int64_t> parse_european_time(std::string_view text, bool american = false);

}  // namespace idlewatt
