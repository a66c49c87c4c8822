// Swapping `least-used`: the idle replica of the pool with the fewest requests so far makes room.
#include "policy/swap/swap.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class LeastUsed final : public SwapPolicy {
 public:
  using SwapPolicy::SwapPolicy;
  double rank(const SwapView& idle) const override { return static_cast<double>(idle.arrivals); }
};

}  // namespace

SwapDeclaration declare_least_used_swapping() {
  return {{"least-used", "a replica that is wanted pushes out an idle one of the pool with the fewest requests so far",
           swap_parameters()},
          [](const Parameters& parameters) { return std::make_unique<LeastUsed>(swap_rules(parameters)); }};
}

}  // namespace idlewatt
