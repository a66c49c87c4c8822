// Batching `continuous`: sequences join and leave at every step, prompts are computed in chunks beside decoding
// sequences. The rule of vLLM V1's scheduler (vllm/v1/core/sched/scheduler.py): running sequences first, then the
// queue in order of arrival, within a budget of tokens per step and a limit of sequences.
#include <algorithm>

#include "policy/batch/batch.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Continuous final : public BatchPolicy {
 public:
  Continuous(std::int32_t max_sequences, std::int64_t token_budget)
      : max_sequences_(max_sequences), token_budget_(std::max<std::int64_t>(token_budget, max_sequences + 1)) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int32_t seats = max_sequences_ - view.decoding - view.prefilling;
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

}  // namespace

BatchDeclaration declare_continuous() {
  return {{"continuous",
           "sequences join and leave at every step; prompts in chunks beside decoding (vLLM V1)",
           {{"max_sequences", Dimension::count, 256, 1, 4096, "most sequences in a batch (vLLM: max_num_seqs)"},
            {"token_budget", Dimension::count, 2048, 2, 1e6,
             "most tokens in a step, prompt and output together (vLLM: max_num_batched_tokens)"}}},
          [](const Parameters& p) {
            return std::make_unique<Continuous>(p.get_int("max_sequences"), p.get_int("token_budget"));
          }};
}

}  // namespace idlewatt
