// The lower bound of a fleet whose traffic may have a choice of pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "ledger/lower_bound.hpp"

namespace idlewatt {

/// A pool's bound is the larger of two sums over its requests (LowerBound). Where requests have a choice of pools, each
/// sum is smallest when every request counts on the pool where it is cheapest. So the bound of pools that share traffic
/// is the larger of two totals; in each total every request counts on its cheapest pool, wherever it was served. For a
/// pool that hands requests over, a sum counts their prompts on that pool and their other tokens on the pool that
/// receives them.
class FleetLowerBound {
 public:
  /// Adds the next pool. `scale` is joules at the wall per joule of one accelerator of a replica.
  void add_pool(const StepFloor& floor, std::int32_t seats, double scale);
  /// Declares that pool `prefill` computes prompts only and pool `decode` continues its requests. Both pools must have
  /// been added.
  void add_hand_over(PoolId prefill, PoolId decode);
  /// Adds the next entry of the traffic with the pools that may answer it. These pools must have been added.
  void add_stream(const std::vector<PoolId>& pools);

  /// Adds a request that a pool served in full. `prefix_tokens` as in LowerBound.
  void add_served(PoolId pool, StreamId stream, std::int64_t prompt_tokens, std::int64_t output_tokens,
                  std::int64_t prefix_tokens = 0);

  /// The bound in joules at the servers' wall plugs.
  double energy_j() const;

 private:
  struct Part {
    StepFloor floor;
    std::int32_t seats = 1;
    double scale = 1.0;
    LowerBound own;                     ///< sums of the requests without a choice of pools
    bool shares = false;                ///< true: some requests had a choice
    std::optional<PoolId> decode = {};  ///< pool that continues this pool's requests; empty: this pool itself
  };

  LowerBound::Sides sides_of(const Part& part, std::int64_t prompt_tokens, std::int64_t output_tokens,
                             std::int64_t prefix_tokens) const;

  IndexedVector<PoolId, Part> pools_;
  IndexedVector<StreamId, std::vector<PoolId>> choices_;  ///< pools that may answer each stream
  LowerBound::Sides shared_;                              ///< sums of the requests with a choice, at the wall
};

}  // namespace idlewatt
