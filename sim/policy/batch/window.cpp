// Batching `window`: static batching. Requests are collected for a while or until a batch is full, all prompts are
// computed in one step, and the batch runs to its longest member; nobody joins meanwhile.
//
// The wait is that of Triton's dynamic batcher (max_queue_delay_microseconds: a batch goes when it is full, or when its
// oldest request has waited so long). The batch is that of the engines before Orca (Yu et al., OSDI 2022, section 3.1):
// it returns as a whole, and members that have all their tokens are computed on as padding. As in FasterTransformer,
// padding costs what a sequence costs in the matrix products and reads no context (its attention kernel leaves finished
// sequences out), and prompts are not padded to the longest (its `remove_padding`).
#include <limits>

#include "base/ticks.hpp"
#include "policy/batch/batch.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Window final : public BatchPolicy {
 public:
  Window(std::int32_t max_sequences, Ticks window) : max_sequences_(max_sequences), window_(window) {}

  BatchPlan plan(const BatchView& view) override {
    BatchPlan plan{.prefill_tokens = std::numeric_limits<std::int32_t>::max(),
                   .decode = true,
                   .arrivals_matter = false,
                   .together = true};
    if (view.decoding + view.prefilling + view.finished > 0) {
      return plan;
    }
    if (view.waiting < max_sequences_ && view.waiting_since + window_ > view.now) {
      plan.wait_until = view.waiting_since + window_;
      plan.wait_for = max_sequences_;
    } else {
      plan.admit = max_sequences_;
    }
    return plan;
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  Ticks window_;
};

}  // namespace

BatchDeclaration declare_window() {
  return {{"window",
           "static batching: collects requests for a while, runs them to the longest, nobody joins meanwhile",
           {{"max_sequences", Dimension::count, 64, 1, 4096,
             "most requests in a batch; so many go without waiting (Triton: max_batch_size)"},
            {"window", Dimension::time, 0.05, 0, 3600,
             "how long the first request of a batch waits for others (Triton: max_queue_delay_microseconds)"}}},
          [](const Parameters& p) {
            return std::make_unique<Window>(p.get_int("max_sequences"), to_ticks(p.get("window")));
          }};
}

}  // namespace idlewatt
