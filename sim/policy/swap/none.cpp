// Swapping `none`: a replica keeps its accelerators until its own pool lets it go.
#include "policy/swap/swap.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoSwapping final : public SwapPolicy {
 public:
  NoSwapping() : SwapPolicy(SwapRules{}) {}
  double rank(const SwapView&) const override { return 0.0; }
};

}  // namespace

SwapDeclaration declare_no_swapping() {
  return {{"none", "a replica keeps its accelerators until its own pool gives it up", {}},
          [](const Parameters&) { return std::make_unique<NoSwapping>(); }};
}

}  // namespace idlewatt
