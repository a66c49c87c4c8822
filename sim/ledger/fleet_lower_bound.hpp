// The lower bound of a fleet whose traffic may have a choice of pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "ledger/lower_bound.hpp"

namespace idlewatt {

/// A pool's bound is the larger of two sums over its requests (LowerBound). Where requests have a choice of pools, the
/// cheapest assignment of a sum is found request by request, so the bound of the pools that share traffic is the larger
/// of two totals: in each, every request counts on the pool where that sum is the least, wherever it was served. Where
/// a pool hands its requests over, a sum over its requests is that of their prompts there and of their other tokens
/// elsewhere.
class FleetLowerBound {
 public:
  /// The next pool. `scale`: joules at the wall per joule of one of a replica's accelerators.
  void add_pool(const StepFloor& floor, std::int32_t seats, double scale);
  /// The first of these pools, both added, computes prompts only; the second goes on with its requests.
  void add_hand_over(PoolId prefill, PoolId decode);
  /// The next entry of the traffic, and the pools that may answer it, which have been added.
  void add_stream(const std::vector<PoolId>& pools);

  /// A request of that many tokens was served in full by a pool; `prefix_tokens` as in LowerBound.
  void add_served(PoolId pool, StreamId stream, std::int64_t prompt_tokens, std::int64_t output_tokens,
                  std::int64_t prefix_tokens = 0);

  /// Joules at the servers' wall plugs.
  double energy_j() const;

 private:
  struct Part {
    StepFloor floor;
    std::int32_t seats = 1;
    double scale = 1.0;
    LowerBound own;                     ///< of the requests that had no choice
    bool shares = false;                ///< some requests had one
    std::optional<PoolId> decode = {};  ///< the pool that goes on with its requests; none: itself
  };

  LowerBound::Sides sides_of(const Part& part, std::int64_t prompt_tokens, std::int64_t output_tokens,
                             std::int64_t prefix_tokens) const;

  IndexedVector<PoolId, Part> pools_;
  IndexedVector<StreamId, std::vector<PoolId>> choices_;  ///< the pools that may answer it
  LowerBound::Sides shared_;                              ///< at the wall
};

}  // namespace idlewatt
