// Batching `continuous`: sequences join and leave at every step. Prompts are computed
// - `chunked`: in chunks beside decoding sequences, the rule of vLLM V1's scheduler (vllm/v1/core/sched/scheduler.py):
//   running sequences first, then the queue, within a budget of tokens per step and a limit of sequences;
// - `first`: whole and alone, while decoding stalls, the default rule of vLLM V0 (vllm/core/scheduler.py,
//   Scheduler._schedule_default: prefills before decodes, never both in a step).
#include <algorithm>

#include "policy/batch/batch.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class ChunkedPrefill final : public BatchPolicy {
 public:
  ChunkedPrefill(std::int32_t max_sequences, std::int64_t token_budget)
      : max_sequences_(max_sequences), token_budget_(std::max<std::int64_t>(token_budget, max_sequences + 1)) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int32_t seats = max_sequences_ - view.decoding - view.prefilling - view.finished;
    return {.admit = seats,
            .prefill_tokens = token_budget_ - view.decoding,
            .decode = true,
            .arrivals_matter = seats > 0 && view.head_blocks <= view.free_blocks};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  // A budget that decoding alone would use up could never finish a prompt: keep room for one token of it.
  std::int64_t token_budget_;
};

class PrefillFirst final : public BatchPolicy {
 public:
  PrefillFirst(std::int32_t max_sequences, std::int64_t token_budget)
      : max_sequences_(max_sequences), token_budget_(token_budget) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int32_t seats = max_sequences_ - view.decoding - view.prefilling - view.finished;
    const bool room = seats > 0 && view.head_blocks <= view.free_blocks;
    // Prompts are whole, so nobody is left half-way.
    const bool prefill = room && view.waiting > 0;
    return {.admit = seats,
            .prefill_tokens = prefill ? token_budget_ : 0,
            .decode = !prefill,
            .arrivals_matter = room,
            .whole_prompts = true};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  std::int64_t token_budget_;
};

}  // namespace

BatchDeclaration declare_continuous() {
  return {{"continuous",
           "sequences join and leave at every step (vLLM)",
           {{"max_sequences", Dimension::count, 256, 1, 65536, "most sequences in a batch (vLLM: max_num_seqs)"},
            {"token_budget", Dimension::count, 2048, 2, 1e6,
             "most tokens in a step, prompt and output together (vLLM: max_num_batched_tokens); with `prefill: first`, "
             "a longer prompt has a step of its own"},
            {"prefill",
             Dimension::number,
             0,
             0,
             1,
             "`chunked`: prompts in chunks beside decoding (vLLM V1); `first`: whole prompts, decoding stalls "
             "meanwhile (vLLM V0)",
             {"chunked", "first"}}}},
          [](const Parameters& p) -> std::unique_ptr<BatchPolicy> {
            if (p.get_int("prefill") == 0) {
              return std::make_unique<ChunkedPrefill>(p.get_int("max_sequences"), p.get_int("token_budget"));
            }
            return std::make_unique<PrefillFirst>(p.get_int("max_sequences"), p.get_int("token_budget"));
          }};
}

}  // namespace idlewatt
