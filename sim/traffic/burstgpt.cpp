// The CSV of BurstGPT (github.com/HPMLL/BurstGPT):
//
//     Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
//     5,ChatGPT,472,18,490,Conversation log
//
// Timestamps are seconds since midnight of the trace's first day, and stay so; where the first row is a day or more after
// it, as in later parts of the trace, that row is time 0. Columns may come in any order; others are ignored. "Session ID", where there is one, becomes the session.
#include <array>
#include <fmt/core.h>
#include <optional>

#include "traffic/column_map.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

enum Column : std::size_t { kTime, kPrompt, kOutput, kSession };
constexpr std::array<ColumnName, 4> kColumns{
    {{"Timestamp", true}, {"Request tokens", true}, {"Response tokens", true}, {"Session ID", false}}};
constexpr std::string_view kHeader = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type";
constexpr Ticks kDay = 86400 * kTicksPerSecond;
constexpr std::string_view kTimeExample = "seconds such as `5` or `5.25`, up to 2.8 years";

/// FNV-1a: any name of a session as a number, the same on every machine; never 0, which means none.
std::uint64_t session_number(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash == 0 ? 1 : hash;
}

class BurstGptFormat final : public RowFormat {
 public:
  explicit BurstGptFormat(const TraceFile& trace) : notes_(trace.notes) {}

  std::string_view header() const override { return kHeader; }
  std::string_view example() const override { return "5,ChatGPT,472,18,490,Conversation log"; }

  void read_header(const LineReader& lines, std::string_view line) override {
    columns_ = map_columns(lines, line, kColumns, true, kHeader);
  }

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    CsvFields fields(lines, line);
    for (const std::size_t column : columns_) {
      if (column == kTime) {
        const std::string_view text = fields.need("Timestamp", kTimeExample);
        if (!parse_time(text, kTicksPerSecond, request.arrival)) {
          fields.fail_field("Timestamp", text, kTimeExample);
        }
        if (!start_) {
          start_ = request.arrival >= kDay ? request.arrival : 0;
          if (*start_ > 0 && notes_) {
            notes_->add(fmt::format("time 0 is the first row, {} s in the file; the hour of the day is lost", text));
          }
        }
        request.arrival -= *start_;
      } else if (column == kPrompt) {
        request.prompt_tokens = fields.need_tokens("Request tokens");
      } else if (column == kOutput) {
        request.output_tokens = fields.need_tokens("Response tokens");
      } else {
        const std::string_view text = fields.need("a column of the header", "as many fields as the header has");
        if (column == kSession && !text.empty()) {
          request.session = session_number(text);
        }
      }
    }
    fields.need_end("the header's last column");
  }

  RowTime time_of(const LineReader& lines, std::string_view line) const override {
    CsvFields fields(lines, line);
    RowTime time;
    for (const std::size_t column : columns_) {
      const std::string_view text = fields.next();
      if (column == kTime) {
        time = {fields.column(), std::string(text)};
      }
    }
    return time;
  }

 private:
  std::shared_ptr<TraceNotes> notes_;
  std::optional<Ticks> start_;
  std::vector<std::size_t> columns_;
};

}  // namespace

TraceFormat declare_burstgpt() {
  return {.name = "burstgpt",
          .summary = "CSV of BurstGPT (github.com/HPMLL/BurstGPT), with or without sessions",
          .recognised_by = "a column `Request tokens` or `Response tokens`",
          .times =
              "seconds since midnight of the first day; they stay, but where the first row is a day or more after it, "
              "that row is time 0",
          .lost = "the model, the kind of request, the elapsed time",
          .recognises =
              [](const TraceHead& head) {
                return head.has_column(kColumns[kPrompt].name) || head.has_column(kColumns[kOutput].name);
              },
          .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<BurstGptFormat>(trace)); }};
}

}  // namespace idlewatt
