// The rules that all traces in records of JSON share.
#include <fmt/core.h>
#include <utility>

#include "traffic/csv_fields.hpp"
#include "traffic/json_records.hpp"
#include "traffic/record_format.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

/// What a message shows of a value.
std::string shown(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::list:
      return "a list";
    case JsonValue::Kind::map:
      return "an object";
    case JsonValue::Kind::null:
      return "`null`";
    default:
      return quoted(value.text);
  }
}

class CollectedReader final : public TraceReader {
 public:
  explicit CollectedReader(const TraceFile& trace, std::unique_ptr<RecordFormat> format, RecordRules rules)
      : trace_(trace), format_(std::move(format)), rules_(std::move(rules)), guard_(trace) {}
  CollectedReader(const TraceFile& trace, const JsonValue& document, std::unique_ptr<RecordFormat> format,
                  const RecordRules& rules)
      : CollectedReader(trace, std::move(format), rules) {
    TraceRows rows(trace_, rules_.from_first);
    read(rows, document);
    finish(rows);
  }
  CollectedReader(const CollectedReader&) = delete;
  CollectedReader& operator=(const CollectedReader&) = delete;
  ~CollectedReader() override { report_skipped(trace_, guard_.skipped()); }

  bool next(Request& request) override {
    if (!requests_) {
      read_all();
    }
    if (requests_->next(request)) {
      return true;
    }
    report_skipped(trace_, guard_.skipped());
    return false;
  }

 private:
  RowTaker taker(TraceRows& rows) {
    return [this, &rows](const JsonRecord& from, TraceRow row) {
      if (!row.request.prefix_blocks.empty() && trace_.block_tokens != 0) {
        row.request.block_tokens = trace_.block_tokens;
      }
      const Request& request = row.request;
      if (!hashes_fit(request.prefix_blocks.size(), request.prompt_tokens, request.block_tokens, rules_.hashes)) {
        from.fail(hash_count_problem(request), hash_count_expectation(request));
      }
      rows.add(std::move(row), from.place(), guard_.skipped());
    };
  }

  void read(TraceRows& rows, const JsonValue& record) {
    guard_.run([&]() { format_->read(JsonRecord(trace_.path, record), taker(rows)); });
  }

  void read_all() {
    TraceRows rows(trace_, rules_.from_first);
    JsonRecords records(trace_.path, rules_.skipped);
    JsonValue record;
    for (bool more = true; more;) {
      bool there = true;
      guard_.run([&]() {
        there = false;
        more = records.next(record);
        there = more;
      });
      if (there) {
        read(rows, record);
      }
    }
    finish(rows);
  }

  void finish(TraceRows& rows) {
    guard_.run([&]() { format_->finish(taker(rows)); });
    const SkippedRows& skipped = guard_.skipped();
    if (rows.empty()) {
      const std::int64_t left_out = skipped.bad + skipped.zero_tokens;
      throw InputError(fmt::format("{}: the file holds no row{} (expected {})", trace_.path,
                                   left_out > 0 ? fmt::format(" but the {} left out", left_out) : "", rules_.example));
    }
    requests_ = rows.requests();
  }

  TraceFile trace_;
  std::unique_ptr<RecordFormat> format_;
  RecordRules rules_;
  RowGuard guard_;
  std::unique_ptr<TraceReader> requests_;
};

}  // namespace

const JsonValue* JsonRecord::find(std::string_view key) const {
  const JsonValue* found = value_.at(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const JsonValue& JsonRecord::need(std::string_view key) const {
  const JsonValue* found = find(key);
  if (found == nullptr) {
    fail(fmt::format("`{}` is missing", key), "a record that has it");
  }
  return *found;
}

const std::vector<JsonValue>& JsonRecord::list(std::string_view key) const {
  const JsonValue& found = need(key);
  if (!found.is_list()) {
    fail(found, std::string(key) + " is " + shown(found), "a list");
  }
  return found.items;
}

std::int32_t JsonRecord::tokens(std::string_view key) const {
  const JsonValue& found = need(key);
  std::string_view digits = found.text;
  if (const std::size_t point = digits.find('.');
      point != std::string_view::npos && digits.find_first_not_of('0', point + 1) == std::string_view::npos) {
    digits = digits.substr(0, point);
  }
  std::int32_t count = 0;
  if (!(found.is_number() || found.is_text()) || !parse_number(digits, count) || count < 0) {
    fail(found, std::string(key) + " is " + shown(found), "a whole number of tokens");
  }
  return count;
}

std::int32_t JsonRecord::tokens_or(std::string_view key, std::int32_t otherwise) const {
  const JsonValue* found = find(key);
  const bool none = found == nullptr || (found->is_text() && (found->text.empty() || found->text == "-"));
  return none ? otherwise : tokens(key);
}

Instant JsonRecord::time(std::string_view key, TimeUnit unit) const {
  const JsonValue& found = need(key);
  const auto time = found.is_number() || found.is_text() ? parse_instant(found.text, unit) : std::nullopt;
  if (!time) {
    fail(found, std::string(key) + " is " + shown(found),
         fmt::format("a number of {}, or a date and a time such as `2026-08-15T10:16:40.125Z`", name_of(unit)));
  }
  return *time;
}

Ticks JsonRecord::duration(std::string_view key, TimeUnit unit) const {
  const JsonValue& found = need(key);
  const auto time = found.is_number() || found.is_text() ? parse_instant(found.text, unit) : std::nullopt;
  const auto ticks = time && !time->is_date ? ticks_between(Instant{}, *time) : std::nullopt;
  if (!ticks) {
    fail(found, std::string(key) + " is " + shown(found),
         fmt::format("a number of {}, not below 0, up to 2.8 years", name_of(unit)));
  }
  return *ticks;
}

Ticks JsonRecord::duration_or(std::string_view key, TimeUnit unit, Ticks otherwise) const {
  return has(key) ? duration(key, unit) : otherwise;
}

std::string JsonRecord::word(std::string_view key) const {
  const JsonValue* found = find(key);
  return found == nullptr ? "" : found->text;
}

std::vector<std::uint64_t> JsonRecord::whole_numbers(std::string_view key) const {
  std::vector<std::uint64_t> numbers;
  for (const JsonValue& item : list(key)) {
    std::uint64_t number = 0;
    if (!item.is_number() || !parse_number(item.text, number)) {
      fail(item, std::string(key) + " has " + shown(item), "whole numbers, none below 0");
    }
    numbers.push_back(number);
  }
  return numbers;
}

std::string JsonRecord::place() const {
  return fmt::format("{}:{}", path_, value_.line);
}

void JsonRecord::fail(const JsonValue& at, const std::string& problem, const std::string& expectation) const {
  throw InputError(fmt::format("{}:{}:{}: {} (expected {})", path_, at.line, at.column, problem, expectation));
}

std::unique_ptr<TraceReader> read_records(const TraceFile& trace, std::unique_ptr<RecordFormat> format,
                                          RecordRules rules) {
  return std::make_unique<CollectedReader>(trace, std::move(format), std::move(rules));
}

std::unique_ptr<TraceReader> read_document(const TraceFile& trace, const JsonValue& document,
                                           std::unique_ptr<RecordFormat> format, const RecordRules& rules) {
  return std::make_unique<CollectedReader>(trace, document, std::move(format), rules);
}

}  // namespace idlewatt
