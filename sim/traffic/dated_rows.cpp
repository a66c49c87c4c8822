// CSV without a header, as inference-perf's trace_replay reads it (kubernetes-sigs/inference-perf
// inference_perf/utils/trace_reader.py @ 7de5ef2): a date and time, prompt tokens, output tokens.
//
//     2023-11-16 18:15:46.6805900,374,44
//
// All digits of the times count, and the first row is time 0 (the earliest, where rows are sorted). Blanks round numbers
// and empty lines are fine.
#include <algorithm>
#include <optional>

#include "base/date_time.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::string_view kTimeExample =
    "a date and a time such as `2023-11-16 18:15:46.68` or `2023-11-16T18:15:46Z`";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class DatedRowsFormat final : public RowFormat {
 public:
  explicit DatedRowsFormat(const TraceFile& trace) : sorts_(trace.sort) {}

  std::string_view header() const override { return ""; }
  std::string_view example() const override { return "2023-11-16 18:15:46.6805900,374,44"; }
  bool has_empty_lines() const override { return true; }
  void read_header(const LineReader&, std::string_view) override {}

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    CsvFields fields(lines, line);
    const std::string_view text = fields.next();
    const auto time = parse_instant(without_blanks(text), TimeUnit::seconds);
    if (!time || !time->is_date) {
      fields.fail_field("the time", text, kTimeExample);
    }
    start_ = start_.value_or(*time);
    const auto ticks = ticks_between(*start_, *time);
    if (!ticks) {
      fields.fail_field("the time", text, "a time within 2.8 years of the first row's");
    }
    request.arrival = sorts_ ? *ticks : std::max<Ticks>(*ticks, -1);
    request.prompt_tokens = tokens(fields, "the number of prompt tokens");
    request.output_tokens = tokens(fields, "the number of output tokens");
    fields.need_end("the output tokens");
  }

  RowTime time_of(const LineReader& lines, std::string_view line) const override {
    return {1, std::string(CsvFields(lines, line).next())};
  }

 private:
  static std::int32_t tokens(CsvFields& fields, std::string_view name) {
    constexpr std::string_view expectation = "a whole number of tokens";
    const std::string_view text = without_blanks(fields.need(name, expectation));
    std::int32_t count = 0;
    if (!parse_number(text, count) || count < 0) {
      fields.fail_field(name, text, expectation);
    }
    return count;
  }

  bool sorts_;
  std::optional<Instant> start_;
};

}  // namespace

TraceFormat declare_dated_rows() {
  return {
      .name = "dated-csv",
      .summary = "CSV without a header, as inference-perf's trace_replay takes it: time, prompt tokens, output tokens",
      .recognised_by = "three columns, the first of them a date and a time",
      .times = "dates and times, UTC where no zone is said; the first row is time 0",
      .lost = "nothing",
      .recognises =
          [](const TraceHead& head) {
            return head.columns().size() == 3 && parse_date_time(without_blanks(head.columns()[0])).has_value();
          },
      .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<DatedRowsFormat>(trace)); }};
}

}  // namespace idlewatt
