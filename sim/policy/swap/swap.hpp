// Swapping: more models than accelerators. Which idle replica makes room for another pool's, and what becomes of it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A replica that could be pushed off its accelerators: nothing waits or runs there.
struct SwapView {
  Ticks now = 0;
  Ticks free_since = 0;       ///< since its last request, or since it was first ready
  std::int64_t arrivals = 0;  ///< requests that have come to its pool so far
};

/// What all swapping policies have in common.
struct SwapRules {
  bool swaps = false;          ///< without, none of the rest matters
  bool to_host_memory = true;  ///< weights of what is pushed out stay in host memory, as long as there is room
  double memory_share = 0.0;   ///< of a server's memory, for all weights that sleep there
  Ticks wake_overhead = 0;     ///< of a replica that wakes from host memory, beyond the copy of its weights
  Ticks residence = 0;         ///< a replica is pushed out no sooner after it was ready
  Ticks patience = 0;          ///< after so long a replica that waits has a busy one finish and go
  double wake_above = 0.0;     ///< one more of a pool comes back when its others have more requests each
};

class SwapPolicy {
 public:
  explicit SwapPolicy(const SwapRules& rules) : rules_(rules) {}
  virtual ~SwapPolicy() = default;
  SwapPolicy(const SwapPolicy&) = delete;
  SwapPolicy& operator=(const SwapPolicy&) = delete;

  const SwapRules& rules() const { return rules_; }
  /// The lowest is pushed out first; of equals the first pool's, then the lowest number.
  virtual double rank(const SwapView& idle) const = 0;

 private:
  SwapRules rules_;
};

/// The parameters behind SwapRules, and the rules by them.
std::vector<ParameterSpec> swap_parameters();
SwapRules swap_rules(const Parameters& parameters);

using SwapDeclaration = Declaration<SwapPolicy>;

}  // namespace idlewatt
