// The JSON lines of Mooncake's traces (github.com/kvcache-ai/Mooncake):
//
//     {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}
//
// Timestamps are milliseconds since the trace's start, and stay so. Each hash stands for a block of the prompt (512
// tokens there) together with all before it: they become prefix_blocks. Other keys are ignored.
#include "traffic/csv_fields.hpp"
#include "traffic/json_line.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class MooncakeFormat final : public RowFormat {
 public:
  std::string_view header() const override { return ""; }
  std::string_view example() const override {
    return R"({"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]})";
  }
  void read_header(const LineReader&, std::string_view) override {}

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    JsonLine json(lines, line);
    bool has_time = false;
    bool has_input = false;
    bool has_output = false;
    json.each_key([&](std::string_view key) {
      if (key == "timestamp") {
        has_time = true;
        const std::string_view word = json.word();
        if (!parse_time(word, kTicksPerMillisecond, request.arrival)) {
          json.fail_word(key, word, "milliseconds such as `27482`, up to 2.8 years");
        }
        time_ = {json.column(), std::string(word)};
      } else if (key == "input_length") {
        has_input = true;
        request.prompt_tokens = json.tokens(key);
      } else if (key == "output_length") {
        has_output = true;
        request.output_tokens = json.tokens(key);
      } else if (key == "hash_ids") {
        json.whole_numbers(key, request.prefix_blocks);
      } else {
        json.skip_value();
      }
    });
    if (!has_time || !has_input || !has_output) {
      const char* missing = !has_time ? "timestamp" : !has_input ? "input_length" : "output_length";
      lines.fail(1, std::string("`") + missing + "` is missing", "rows such as `" + std::string(example()) + "`");
    }
  }

  RowTime time_of(const LineReader&, std::string_view) const override { return time_; }

 private:
  RowTime time_;
};

}  // namespace

TraceFormat declare_mooncake() {
  return {
      .name = "mooncake",
      .summary = "JSON lines of Mooncake (github.com/kvcache-ai/Mooncake): lengths, and hashes of the prompts' blocks",
      .recognised_by = "JSON lines",
      .times = "milliseconds since the trace's start; they stay",
      .blocks = "512 in Mooncake's own traces; the file does not say",
      .recognises = [](const TraceHead& head) { return head.text().starts_with("{"); },
      .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<MooncakeFormat>()); }};
}

}  // namespace idlewatt
