// The JSON lines of Mooncake's traces (github.com/kvcache-ai/Mooncake):
//
//     {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}
//
// Timestamps are milliseconds since the trace's start, and stay so. Each hash stands for a block of the prompt (512
// tokens there) together with all before it: they become prefix_blocks. Other keys are ignored.
//
// The same keys are written from SGLang's logs (kvcache-ai/kvcache-blog, sglang-log-to-kvcache-trace.py @ 9753288), with
// an `id`, seconds since 1970 and blocks of 64 or another size: mooncake_head.hpp tells them apart.
#include <fmt/core.h>

#include "traffic/csv_fields.hpp"
#include "traffic/json_line.hpp"
#include "traffic/mooncake_head.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class MooncakeFormat final : public RowFormat {
 public:
  explicit MooncakeFormat(const MooncakeHead& head) : head_(head) {}

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
    std::size_t hashes_at = 1;
    json.each_key([&](std::string_view key) {
      if (key == "timestamp") {
        has_time = true;
        const std::string_view word = json.word();
        if (!read_time(word, request.arrival)) {
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
        hashes_at = json.column();
      } else if (key == "delay" || key == "delay_ms" || key == "wait_for") {
        json.fail_key(key, "which only `format: mooncake-sessions` reads");
      } else {
        json.skip_value();
      }
    });
    if (!has_time || !has_input || !has_output) {
      const char* missing = !has_time ? "timestamp" : !has_input ? "input_length" : "output_length";
      lines.fail(1, fmt::format("`{}` is missing from what was taken for a row of Mooncake's", missing),
                 fmt::format("rows such as `{}`", example()));
    }
    request.block_tokens = head_.block_tokens;
    check_hash_count(lines, request, HashCount::all, hashes_at);
  }

  RowTime time_of(const LineReader&, std::string_view) const override { return time_; }

 private:
  bool read_time(std::string_view text, Ticks& arrival) {
    if (!head_.from_first && head_.unit == TimeUnit::milliseconds) {
      return parse_time(text, kTicksPerMillisecond, arrival);
    }
    const auto time = parse_instant(text, head_.unit);
    if (time && !start_) {
      start_ = head_.from_first ? *time : Instant{};
    }
    const auto ticks = time ? ticks_between(*start_, *time) : std::nullopt;
    arrival = ticks.value_or(0);
    return ticks.has_value();
  }

  MooncakeHead head_;
  std::optional<Instant> start_;
  RowTime time_;
};

}  // namespace

TraceFormat declare_mooncake() {
  return {
      .name = "mooncake",
      .summary = "JSON lines of Mooncake (github.com/kvcache-ai/Mooncake): lengths, and hashes of the prompts' blocks",
      .recognised_by = "JSON lines with `timestamp` and `input_length`, and no sessions",
      .times =
          "milliseconds since the trace's start; they stay. Files written from SGLang's logs count seconds or "
          "milliseconds since 1970, and their first row is time 0",
      .blocks = "by the number of hashes: 512 where it fits, else the one power of two that does",
      .recognises =
          [](const TraceHead& head) {
            return head.is_json() && head.has_key("timestamp") &&
                   (head.has_key("input_length") || head.has_key("hash_ids"));
          },
      .open =
          [](const TraceFile& trace) {
            return read_rows(trace, std::make_unique<MooncakeFormat>(look_at_mooncake(trace)));
          }};
}

}  // namespace idlewatt
