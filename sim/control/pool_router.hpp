// Where requests come in: finds the pool for each.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "control/kv_transfers.hpp"
#include "control/running_pool.hpp"
#include "policy/pool_route/pool_route.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class PoolRouter {
 public:
  /// `pools` outlive the router.
  PoolRouter(const Scenario& scenario, const RunningPools& pools);

  /// The pool for the request, at `now`. Of several that may answer: the routing policy's choice among those that could
  /// hold the request and have a ready replica; else among those with a replica on its way; else the first.
  RunningPool& pool_for(const Request& request, Ticks now, const SloTicks& slo);

 private:
  struct Entry {
    std::vector<RunningPool*> pools;
    std::unique_ptr<PoolRoutePolicy> policy;  ///< null where there is no choice
  };

  IndexedVector<StreamId, Entry> entries_;
  std::vector<PoolView> views_;
  std::vector<RunningPool*> candidates_;
};

}  // namespace idlewatt
