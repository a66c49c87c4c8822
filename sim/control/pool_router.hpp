// The entry for requests: finds the pool for each request.
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
  /// Makes the router. `pools` must outlive it.
  PoolRouter(const Scenario& scenario, const RunningPools& pools);

  /// The pool for the request at `now`. Of several pools that may answer, the routing policy chooses among those that
  /// can hold the request and have a ready replica. Without such a pool, it chooses among those with a replica on its
  /// way; without those either, the first pool is returned.
  RunningPool& pool_for(const Request& request, Ticks now, const SloTicks& slo);

 private:
  struct Entry {
    std::vector<RunningPool*> pools;
    std::unique_ptr<PoolRoutePolicy> policy;  ///< null where there is only one pool
  };

  IndexedVector<StreamId, Entry> entries_;
  std::vector<PoolView> views_;
  std::vector<RunningPool*> candidates_;
};

}  // namespace idlewatt
