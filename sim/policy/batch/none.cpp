// Batching `none`: one request at a time, prompt in one piece. What a naive server does, and a queue that theory knows.
#include <limits>

#include "policy/batch/batch.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoBatching final : public BatchPolicy {
 public:
  BatchPlan plan(const BatchView& view) override {
    const std::int32_t seats = 1 - view.decoding - view.prefilling - view.finished;
    return {.admit = seats,
            .prefill_tokens = std::numeric_limits<std::int32_t>::max(),
            .decode = true,
            .arrivals_matter = seats > 0};
  }
  std::int32_t max_sequences() const override { return 1; }
};

}  // namespace

BatchDeclaration declare_no_batching() {
  return {{"none", "one request at a time, first come first served", {}},
          [](const Parameters&) { return std::make_unique<NoBatching>(); }};
}

}  // namespace idlewatt
