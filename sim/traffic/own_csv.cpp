#include "traffic/own_csv.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "traffic/csv_fields.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::string_view kTimeExample = "seconds such as `5` or `5.25`, up to 2.8 years";

class OwnCsvFormat final : public RowFormat {
 public:
  std::string_view header() const override { return kOwnHeader; }
  std::string_view example() const override { return "0.25,374,44,0,0,0,interactive,,0,0,0,"; }

  void read_header(const LineReader& lines, std::string_view line) override {
    columns_ = map_columns(lines, line, kOwnColumns, false, kOwnHeader);
    says_block_size_ = std::find(columns_.begin(), columns_.end(), kBlockTokens) != columns_.end();
  }

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    CsvFields fields(lines, line);
    RequestWait wait;
    for (const std::size_t column : columns_) {
      if (column == kPromptTokens) {
        request.prompt_tokens = fields.need_tokens("prompt_tokens");
      } else if (column == kOutputTokens) {
        request.output_tokens = fields.need_tokens("output_tokens");
      } else {
        read_field(fields, column, request, wait);
      }
    }
    fields.need_end(kOwnColumns[columns_.back()].name);
    if (!wait.after.empty()) {
      request.wait = std::make_shared<const RequestWait>(std::move(wait));
    }
    check_hash_count(lines, request, says_block_size_ ? HashCount::leading : HashCount::whole);
  }

  RowTime time_of(const LineReader& lines, std::string_view line) const override {
    CsvFields fields(lines, line);
    RowTime time;
    for (const std::size_t column : columns_) {
      const std::string_view text = fields.next();
      if (column == kArrival) {
        time = {fields.column(), std::string(text)};
      }
    }
    return time;
  }

 private:
  static void read_time(const CsvFields& fields, std::size_t column, std::string_view text, Ticks& time) {
    if (!parse_time(text, kTicksPerSecond, time)) {
      fields.fail_field(kOwnColumns[column].name, text, kTimeExample);
    }
  }

  template <class Number>
  static void read_number(const CsvFields& fields, std::size_t column, std::string_view text, Number& number) {
    if (!parse_number(text, number)) {
      fields.fail_field(kOwnColumns[column].name, text, "a number in its range");
    }
  }

  static void read_field(CsvFields& fields, std::size_t column, Request& request, RequestWait& wait) {
    const std::string_view text = fields.need(kOwnColumns[column].name, "as many fields as the header has");
    switch (column) {
      case kArrival:
        return read_time(fields, column, text, request.arrival);
      case kStream: {
        std::int32_t stream = 0;
        read_number(fields, column, text, stream);
        request.stream = StreamId(stream);
        return;
      }
      case kTenant:
        return read_number(fields, column, text, request.tenant);
      case kPriority:
        return read_number(fields, column, text, request.priority);
      case kDeadlineClass:
        return read_class(fields, text, request);
      case kDeadline:
        return text.empty() ? void() : read_time(fields, column, text, request.deadline);
      case kSemanticKey:
        return read_number(fields, column, text, request.semantic_key);
      case kSimilarity:
        read_number(fields, column, text, request.similarity);
        if (!(request.similarity >= 0.0F && request.similarity <= 1.0F)) {
          fields.fail_field("similarity", text, "a number from 0 to 1");
        }
        return;
      case kSession:
        return read_number(fields, column, text, request.session);
      case kBlockTokens:
        return text.empty() ? void() : read_block_size(fields, text, request);
      case kKey:
        return text.empty() ? void() : read_number(fields, column, text, request.key);
      case kAfter:
        return read_list(fields, text, wait.after);
      case kDelay:
        return text.empty() ? void() : read_time(fields, column, text, wait.delay);
      default:
        return read_list(fields, text, request.prefix_blocks);
    }
  }

  static void read_class(const CsvFields& fields, std::string_view text, Request& request) {
    if (text != "interactive" && text != "deferrable") {
      fields.fail_field("deadline_class", text, "interactive or deferrable");
    }
    request.deadline_class = text == "deferrable" ? DeadlineClass::deferrable : DeadlineClass::interactive;
  }

  static void read_block_size(const CsvFields& fields, std::string_view text, Request& request) {
    read_number(fields, kBlockTokens, text, request.block_tokens);
    if (request.block_tokens < 1) {
      fields.fail_field("block_tokens", text, "a whole number of tokens, at least 1");
    }
  }

  static void read_list(const CsvFields& fields, std::string_view text, std::vector<std::uint64_t>& numbers) {
    while (!text.empty()) {
      const std::string_view block = text.substr(0, text.find(' '));
      text.remove_prefix(std::min(block.size() + 1, text.size()));
      std::uint64_t hash = 0;
      if (!parse_number(block, hash)) {
        fields.fail_field("a number of the list", block, "whole numbers, a blank between them");
      }
      numbers.push_back(hash);
    }
  }

  std::vector<std::size_t> columns_;
  bool says_block_size_ = false;
};

}  // namespace

TraceFormat declare_own_csv() {
  return {.name = "csv",
          .summary = "CSV that `idlewatt trace convert` and `trace generate` write: every field of a request",
          .recognised_by = "a column arrival_s",
          .times = "seconds with up to 11 decimals since the start; they stay",
          .blocks = "the column block_tokens; 16 where there is none",
          .recognises = [](const TraceHead& head) { return head.has_column(kOwnColumns[kArrival].name); },
          .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<OwnCsvFormat>()); },
          .endings = {".csv", ".csv.gz"},
          .write = write_csv_trace};
}

}  // namespace idlewatt
