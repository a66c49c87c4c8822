// Swapping `lru`: the replica that has been idle for longest makes room.
#include "policy/swap/swap.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Lru final : public SwapPolicy {
 public:
  using SwapPolicy::SwapPolicy;
  double rank(const SwapView& idle) const override { return static_cast<double>(idle.free_since); }
};

}  // namespace

SwapDeclaration declare_lru_swapping() {
  return {{"lru", "a replica that is wanted pushes out the one that has been idle for longest", swap_parameters()},
          [](const Parameters& parameters) { return std::make_unique<Lru>(swap_rules(parameters)); }};
}

}  // namespace idlewatt
