#include "traffic/mapped_rows.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "traffic/column_map.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/record_format.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kUnixMilliseconds = 100'000'000'000;  // as seconds, the year 5138

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Numbers that are no seconds, nobody having said what they are.
std::string wrong_unit(const std::optional<TimeUnit>& said, const Instant& time) {
  return !said && !time.is_date && time.seconds >= kUnixMilliseconds
             ? ", too much for seconds since 1970 (`time_unit: ms`, `us` or `ns` says what it counts)"
             : "";
}

/// Tells once what the first time was taken for.
class TimeNote {
 public:
  explicit TimeNote(const TraceFile& trace) : notes_(trace.notes), unit_(trace.time_unit) {}

  void tell(const Instant& first, TimeUnit unit, bool from_first) {
    if (!notes_ || std::exchange(told_, true)) {
      return;
    }
    notes_->add(first.is_date ? "times are dates"
                              : std::string("times are ") + name_of(unit) +
                                    (from_first ? " since 1970" : " from the trace's start") +
                                    (unit_ ? "" : " (`time_unit` says otherwise)"));
  }

 private:
  std::shared_ptr<TraceNotes> notes_;
  std::optional<TimeUnit> unit_;
  bool told_ = false;
};

/// Numbers tenants in the order in which they appear.
class TenantNumbers {
 public:
  std::int32_t of(std::string_view name) {
    return numbers_.try_emplace(std::string(name), static_cast<std::int32_t>(numbers_.size())).first->second;
  }

 private:
  std::map<std::string, std::int32_t> numbers_;
};

/// The name of a column, or one that no file has where none is wanted.
ColumnName wanted(const std::string& name) {
  return {name.empty() ? std::string_view("\x01") : std::string_view(name), !name.empty()};
}

class MappedCsvFormat final : public RowFormat {
 public:
  MappedCsvFormat(const TraceFile& trace, const CsvMapping& mapping)
      : mapping_(mapping), unit_(trace.time_unit), sorts_(trace.sort), note_(trace), tells_(trace.columns.has_value()) {
    header_ =
        fmt::format("{},{},{}", mapping.columns.arrival, mapping.columns.prompt_tokens, mapping.columns.output_tokens);
  }

  std::string_view header() const override { return header_; }
  std::string_view example() const override { return mapping_.example; }

  void read_header(const LineReader& lines, std::string_view line) override {
    const ColumnNames& names = mapping_.columns;
    const std::array<ColumnName, 6> known{{{names.arrival, true},
                                           {names.prompt_tokens, true},
                                           {names.output_tokens, true},
                                           wanted(names.session),
                                           wanted(names.tenant),
                                           wanted(names.priority)}};
    separator_ = separator_of(line);
    columns_ = map_columns(lines, line, known, true, header_, separator_);
  }

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    CsvFields fields(lines, line, separator_);
    for (const std::size_t column : columns_) {
      read_field(fields, column,
                 without_blanks(fields.need("a column of the header", "as many fields as the header has")), request);
    }
    fields.need_end("the header's last column");
  }

  RowTime time_of(const LineReader& lines, std::string_view line) const override {
    CsvFields fields(lines, line, separator_);
    RowTime time;
    for (const std::size_t column : columns_) {
      const std::string_view text = fields.next();
      if (column == 0) {
        time = {fields.column(), std::string(text)};
      }
    }
    return time;
  }

 private:
  void read_field(const CsvFields& fields, std::size_t column, std::string_view text, Request& request) {
    const ColumnNames& names = mapping_.columns;
    switch (column) {
      case 0:
        return read_time(fields, text, request);
      case 1:
        return read_tokens(fields, names.prompt_tokens, text, request.prompt_tokens);
      case 2:
        return read_tokens(fields, names.output_tokens, text, request.output_tokens);
      case 3:
        request.session = text.empty() ? 0 : number_of(text);
        return;
      case 4:
        request.tenant = tenants_.of(text);
        return;
      case 5:
        if (!parse_number(text, request.priority)) {
          fields.fail_field(names.priority, text, "a whole number in its range");
        }
        return;
      default:
        return;
    }
  }

  void read_time(const CsvFields& fields, std::string_view text, Request& request) {
    const auto time = parse_instant(text, unit_.value_or(mapping_.unit));
    if (!time) {
      fields.fail_field(mapping_.columns.arrival, text,
                        "a number, or a date and a time such as `2024-05-10T08:00:00.25Z`");
    }
    if (const std::string wrong = wrong_unit(unit_, *time); !wrong.empty()) {
      fields.fail_field(mapping_.columns.arrival, text, "seconds" + wrong);
    }
    if (!start_) {
      const bool from_first = mapping_.from_first || time->is_date || time->seconds >= 1'000'000'000;
      start_ = from_first ? *time : Instant{};
      if (tells_) {
        note_.tell(*time, unit_.value_or(mapping_.unit), from_first);
      }
    }
    const auto ticks = ticks_between(*start_, *time);
    if (!ticks) {
      fields.fail_field(mapping_.columns.arrival, text, "a time within 2.8 years of the first row's");
    }
    request.arrival = sorts_ ? *ticks : std::max<Ticks>(*ticks, -1);
  }

  static void read_tokens(const CsvFields& fields, std::string_view name, std::string_view text, std::int32_t& tokens) {
    const std::size_t point = text.find('.');
    const bool zeros =
        point != std::string_view::npos && text.find_first_not_of('0', point + 1) == std::string_view::npos;
    if (text.empty()) {
      return;  // unknown: dealt with as the trace's rule for rows without tokens says
    }
    if (!parse_number(zeros ? text.substr(0, point) : text, tokens) || tokens < 0) {
      fields.fail_field(name, text, "a whole number of tokens");
    }
  }

  CsvMapping mapping_;
  std::optional<TimeUnit> unit_;
  bool sorts_;
  TimeNote note_;
  bool tells_;  ///< the user has named the columns; a format's times are known
  char separator_ = ',';
  std::string header_;
  std::vector<std::size_t> columns_;
  std::optional<Instant> start_;
  TenantNumbers tenants_;
};

class MappedJsonFormat final : public RecordFormat {
 public:
  explicit MappedJsonFormat(const TraceFile& trace)
      : path_(trace.path), names_(*trace.columns), unit_(trace.time_unit), note_(trace) {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    TraceRow row;
    row.time = record.time(names_.arrival, unit_.value_or(TimeUnit::seconds));
    if (const std::string wrong = wrong_unit(unit_, *row.time); !wrong.empty()) {
      record.fail(record.need(names_.arrival), names_.arrival + " is " + quoted(record.word(names_.arrival)),
                  "seconds" + wrong);
    }
    note_.tell(*row.time, unit_.value_or(TimeUnit::seconds), row.time->seconds >= 1'000'000'000);
    row.request.prompt_tokens = record.tokens_or(names_.prompt_tokens, 0);
    row.request.output_tokens = record.tokens_or(names_.output_tokens, 0);
    seen_prompt_ = seen_prompt_ || record.has(names_.prompt_tokens);
    seen_output_ = seen_output_ || record.has(names_.output_tokens);
    if (!names_.session.empty() && !record.word(names_.session).empty()) {
      row.request.session = number_of(record.word(names_.session));
    }
    if (!names_.tenant.empty()) {
      row.request.tenant = tenants_.of(record.word(names_.tenant));
    }
    if (!names_.priority.empty() && !parse_number(record.word(names_.priority), row.request.priority)) {
      record.fail(names_.priority + " is no whole number in its range", "one such as `0` or `-1`");
    }
    take(record, std::move(row));
  }

  void finish(const RowTaker&) override {
    if (!seen_prompt_ || !seen_output_) {
      throw InputError(fmt::format("{}: no record has `{}` (expected a key of the file in `columns`)", path_,
                                   seen_prompt_ ? names_.output_tokens : names_.prompt_tokens));
    }
  }

 private:
  std::string path_;
  ColumnNames names_;
  std::optional<TimeUnit> unit_;
  TimeNote note_;
  TenantNumbers tenants_;
  bool seen_prompt_ = false;
  bool seen_output_ = false;
};

}  // namespace

std::unique_ptr<TraceReader> open_csv(const TraceFile& trace, const CsvMapping& mapping) {
  return read_rows(trace, std::make_unique<MappedCsvFormat>(trace, mapping));
}

std::unique_ptr<TraceReader> open_mapped(const TraceFile& trace) {
  if (TraceHead(trace.path).is_json()) {
    return read_records(trace, std::make_unique<MappedJsonFormat>(trace),
                        {.from_first = {}, .example = fmt::format("records with `{}`", trace.columns->arrival)});
  }
  return open_csv(trace, {.columns = *trace.columns, .example = "rows of the columns that `columns` names"});
}

TraceFormat declare_splitwise_sim() {
  static const CsvMapping mapping{.columns = {.arrival = "arrival_timestamp",
                                              .prompt_tokens = "prompt_size",
                                              .output_tokens = "token_size",
                                              .session = {},
                                              .tenant = {},
                                              .priority = {}},
                                  .example = "0,2,0,0.0,1,4096,32"};
  return {.name = "splitwise-sim",
          .summary = "CSV of splitwise-sim's traces (Mutinifni/splitwise-sim)",
          .recognised_by = "columns arrival_timestamp, prompt_size and token_size",
          .times = "seconds; they stay",
          .lost = "the application, the type of the request",
          .recognises =
              [](const TraceHead& head) {
                return head.has_column("arrival_timestamp") && head.has_column("prompt_size") &&
                       head.has_column("token_size");
              },
          .open = [](const TraceFile& trace) { return open_csv(trace, mapping); }};
}

TraceFormat declare_vidur() {
  static const CsvMapping mapping{.columns = {.arrival = "arrived_at",
                                              .prompt_tokens = "num_prefill_tokens",
                                              .output_tokens = "num_decode_tokens",
                                              .session = {},
                                              .tenant = {},
                                              .priority = {}},
                                  .example = "4.314579,396,109"};
  return {.name = "vidur",
          .summary = "CSV of Vidur's traces with arrivals (microsoft/vidur)",
          .recognised_by = "columns arrived_at, num_prefill_tokens and num_decode_tokens",
          .times = "seconds; they stay",
          .lost = "nothing",
          .recognises = [](const TraceHead& head) { return head.has_column("arrived_at"); },
          .open = [](const TraceFile& trace) { return open_csv(trace, mapping); }};
}

}  // namespace idlewatt
