// How a record of JSON becomes rows of a trace: one of these for each format, and one reader for all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/json_value.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/trace_rows.hpp"

namespace idlewatt {

/// A record, or a part of one, with what its figures are asked for. All throw InputError with file, line and column.
class JsonRecord {
 public:
  JsonRecord(const std::string& path, const JsonValue& value) : path_(path), value_(value) {}

  const JsonValue& value() const { return value_; }
  /// Null where there is nothing, or `null`.
  const JsonValue* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key that must be there.
  const JsonValue& need(std::string_view key) const;
  /// A part of this record.
  JsonRecord part(const JsonValue& value) const { return {path_, value}; }
  /// The elements of the list under a key that must be there.
  const std::vector<JsonValue>& list(std::string_view key) const;

  /// Whole tokens, 0 and more; also as text, and as a number with nothing but zeros behind the point.
  std::int32_t tokens(std::string_view key) const;
  std::int32_t tokens_or(std::string_view key, std::int32_t otherwise) const;
  Instant time(std::string_view key, TimeUnit unit) const;
  /// A length of time, not below 0.
  Ticks duration(std::string_view key, TimeUnit unit) const;
  Ticks duration_or(std::string_view key, TimeUnit unit, Ticks otherwise) const;
  /// A text, or a number as it is written; "" where there is nothing.
  std::string word(std::string_view key) const;
  /// Whole numbers, none below 0.
  std::vector<std::uint64_t> whole_numbers(std::string_view key) const;

  /// "file:line".
  std::string place() const;
  [[noreturn]] void fail(const JsonValue& at, const std::string& problem, const std::string& expectation) const;
  [[noreturn]] void fail(const std::string& problem, const std::string& expectation) const {
    fail(value_, problem, expectation);
  }

 private:
  const std::string& path_;
  const JsonValue& value_;
};

/// Takes the rows of a trace.
using RowTaker = std::function<void(const JsonRecord& from, TraceRow row)>;

/// Knows one format. It may keep what the records so far said.
class RecordFormat {
 public:
  virtual ~RecordFormat() = default;
  RecordFormat() = default;
  RecordFormat(const RecordFormat&) = delete;
  RecordFormat& operator=(const RecordFormat&) = delete;

  /// Gives the rows of a record to `take`. Token counts may be 0. Throws InputError.
  virtual void read(const JsonRecord& record, const RowTaker& take) = 0;
  /// Called behind the last record.
  virtual void finish(const RowTaker&) {}
};

/// How a file of records is read.
struct RecordRules {
  std::vector<std::string_view> skipped = {};  ///< keys whose values the format does not need
  std::optional<bool> from_first = true;       ///< as TraceRows has it
  HashCount hashes = HashCount::all;           ///< how many hashes a prompt has
  std::string example;                         ///< of what a row is made from, for messages
};

/// Reads all records, and gives their requests in order of arrival. The rules that all formats share hold: records that
/// cannot be read, zero tokens, no rows at all.
std::unique_ptr<TraceReader> read_records(const TraceFile& trace, std::unique_ptr<RecordFormat> format,
                                          RecordRules rules);

/// The same for the one record that `document` is.
std::unique_ptr<TraceReader> read_document(const TraceFile& trace, const JsonValue& document,
                                           std::unique_ptr<RecordFormat> format, const RecordRules& rules);

}  // namespace idlewatt
