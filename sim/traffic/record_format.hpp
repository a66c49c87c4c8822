// The interface by which a record of JSON becomes rows of a trace: one implementation for each format, and one reader
// for all of them.
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

/// A record of JSON, or a part of one. Its functions read figures by their keys. All of them throw InputError with
/// file, line and column.
class JsonRecord {
 public:
  JsonRecord(const std::string& path, const JsonValue& value) : path_(path), value_(value) {}

  const JsonValue& value() const { return value_; }
  /// The value of a key; null where the key is missing or its value is `null`.
  const JsonValue* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key. Throws InputError where the key is missing.
  const JsonValue& need(std::string_view key) const;
  /// A part of this record.
  JsonRecord part(const JsonValue& value) const { return {path_, value}; }
  /// The elements of the list under a key. Throws InputError where the key is missing.
  const std::vector<JsonValue>& list(std::string_view key) const;

  /// A whole number of tokens, at least 0. A text, and a number with nothing but zeros behind the point, are accepted
  /// too.
  std::int32_t tokens(std::string_view key) const;
  std::int32_t tokens_or(std::string_view key, std::int32_t otherwise) const;
  Instant time(std::string_view key, TimeUnit unit) const;
  /// A duration in ticks, at least 0.
  Ticks duration(std::string_view key, TimeUnit unit) const;
  Ticks duration_or(std::string_view key, TimeUnit unit, Ticks otherwise) const;
  /// A text, or a number as it is written; empty where the key is missing.
  std::string word(std::string_view key) const;
  /// A list of whole numbers, each at least 0.
  std::vector<std::uint64_t> whole_numbers(std::string_view key) const;

  /// The place of the record for messages: "file:line".
  std::string place() const;
  [[noreturn]] void fail(const JsonValue& at, const std::string& problem, const std::string& expectation) const;
  [[noreturn]] void fail(const std::string& problem, const std::string& expectation) const {
    fail(value_, problem, expectation);
  }

 private:
  const std::string& path_;
  const JsonValue& value_;
};

/// The function that receives the rows of a trace.
using RowTaker = std::function<void(const JsonRecord& from, TraceRow row)>;

/// The reader of one format. It may remember earlier records.
class RecordFormat {
 public:
  virtual ~RecordFormat() = default;
  RecordFormat() = default;
  RecordFormat(const RecordFormat&) = delete;
  RecordFormat& operator=(const RecordFormat&) = delete;

  /// Gives the rows of a record to `take`. Token counts may be 0. Throws InputError.
  virtual void read(const JsonRecord& record, const RowTaker& take) = 0;
  /// Called after the last record.
  virtual void finish(const RowTaker&) {}
};

/// The rules by which a file of records is read.
struct RecordRules {
  std::vector<std::string_view> skipped = {};  ///< keys whose values the format does not need
  std::optional<bool> from_first = true;       ///< as TraceRows has it
  HashCount hashes = HashCount::all;           ///< how many hashes a prompt has
  std::string example;                         ///< of what a row is made from, for messages
};

/// Reads all records and gives their requests in order of arrival. Rows without tokens and records that cannot be read
/// are treated as `trace` says. Throws InputError, also when there are no rows at all.
std::unique_ptr<TraceReader> read_records(const TraceFile& trace, std::unique_ptr<RecordFormat> format,
                                          RecordRules rules);

/// Reads the one record `document`, as read_records() reads the records of a file.
std::unique_ptr<TraceReader> read_document(const TraceFile& trace, const JsonValue& document,
                                           std::unique_ptr<RecordFormat> format, const RecordRules& rules);

}  // namespace idlewatt
