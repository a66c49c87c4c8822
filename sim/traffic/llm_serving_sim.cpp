// Workloads of LLMServingSim (casys-kaist/LLMServingSim workloads/*.jsonl @ 5daddb2):
//
//     {"input_toks": 22, "output_toks": 5, "arrival_time_ns": 347938952, "input_tok_ids": [1, 2], "output_tok_ids": [9]}
//
// Prompts are given as numbers of tokens: equal leading ones are equal prompts, so full blocks of 16 become prefix
// blocks.
#include <fmt/core.h>

#include "base/splitmix64.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class LlmServingSimFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    TraceRow row;
    row.time = record.time("arrival_time_ns", TimeUnit::nanoseconds);
    row.request.prompt_tokens = record.tokens("input_toks");
    row.request.output_tokens = record.tokens("output_toks");
    if (record.has("input_tok_ids")) {
      const std::vector<std::uint64_t> tokens = record.whole_numbers("input_tok_ids");
      if (tokens.size() != static_cast<std::size_t>(row.request.prompt_tokens)) {
        record.fail(fmt::format("`input_tok_ids` has {} tokens, and `input_toks` says {}", tokens.size(),
                                row.request.prompt_tokens),
                    "as many");
      }
      std::uint64_t before = 0;
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        before = mixed(before + mixed(tokens[i]));
        if ((i + 1) % kPrefixBlockTokens == 0) {
          row.request.prefix_blocks.push_back(before);
        }
      }
    }
    take(record, std::move(row));
  }
};

}  // namespace

TraceFormat declare_llm_serving_sim() {
  return {.name = "llmservingsim",
          .summary = "JSON lines of LLMServingSim's workloads (casys-kaist/LLMServingSim)",
          .recognised_by = "`arrival_time_ns`",
          .times = "nanoseconds; they stay",
          .blocks = "16, made from the numbers of the prompt's tokens",
          .lost = "the tokens themselves",
          .recognises = [](const TraceHead& head) { return head.has_key("arrival_time_ns"); },
          .open =
              [](const TraceFile& trace) {
                return read_records(trace, std::make_unique<LlmServingSimFormat>(),
                                    {.skipped = {"output_tok_ids"},
                                     .from_first = false,
                                     .hashes = HashCount::whole,
                                     .example = "rows with `arrival_time_ns`, `input_toks` and `output_toks`"});
              }};
}

}  // namespace idlewatt
