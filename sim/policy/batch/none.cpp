// Batching `none`: one query at a time, prompt in one piece. What a naive server does, and a queue that theory knows.
#include <limits>

#include "policy/batch/batch.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoBatching final : public BatchPolicy {
 public:
  BatchPlan plan(const BatchView& view) override {
    return {.admit = 1 - view.decoding - view.prefilling,
            .prefill_tokens = std::numeric_limits<std::int32_t>::max(),
            .decode = true};
  }
  std::int32_t max_sequences() const override { return 1; }
};

}  // namespace

BatchDeclaration declare_no_batching() {
  return {{"none", "one query at a time, first come first served", {}},
          [](const Parameters&) { return std::make_unique<NoBatching>(); }};
}

}  // namespace idlewatt
