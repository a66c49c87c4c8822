// Swapping, for more models than accelerators: decides which idle replica makes room for another pool's replica, and
// what happens to it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A replica that could be swapped out, since no request waits or runs there.
struct SwapView {
  Ticks now = 0;
  Ticks free_since = 0;       ///< end of its last request, or the time at which it was first ready
  std::int64_t arrivals = 0;  ///< requests that have come to its pool so far
};

/// The rules that all swapping policies share.
struct SwapRules {
  bool swaps = false;          ///< false: no swapping, and the other rules are unused
  bool to_host_memory = true;  ///< true: swapped-out weights stay in host memory while there is room
  double memory_share = 0.0;   ///< share of a server's memory for all weights that sleep there
  Ticks wake_overhead = 0;     ///< time for a replica to wake from host memory, beyond the copy of its weights
  Ticks residence = 0;         ///< shortest time from ready to swapped out
  Ticks patience = 0;          ///< time after which a waiting replica makes a busy one finish its work and leave
  double wake_above = 0.0;     ///< a replica of a pool comes back when the pool's others have more requests each than
                               ///< this
};

class SwapPolicy {
 public:
  explicit SwapPolicy(const SwapRules& rules) : rules_(rules) {}
  virtual ~SwapPolicy() = default;
  SwapPolicy(const SwapPolicy&) = delete;
  SwapPolicy& operator=(const SwapPolicy&) = delete;

  const SwapRules& rules() const { return rules_; }
  /// The rank of an idle replica; the lowest is swapped out first. Of equal ranks the first pool's replica goes first,
  /// then the lowest number.
  virtual double rank(const SwapView& idle) const = 0;

 private:
  SwapRules rules_;
};

/// The parameters of SwapRules, and the rules that their values give.
std::vector<ParameterSpec> swap_parameters();
SwapRules swap_rules(const Parameters& parameters);

using SwapDeclaration = Declaration<SwapPolicy>;

}  // namespace idlewatt
