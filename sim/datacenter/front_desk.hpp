// Where requests come in: finds the pool for each.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "datacenter/pool_runtime.hpp"
#include "policy/pool_route/pool_route.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class FrontDesk {
 public:
  /// `pools` outlive the desk.
  FrontDesk(const Scenario& scenario, const std::vector<std::unique_ptr<PoolRuntime>>& pools);

  /// The pool for the request, at `now`. Of several that may answer: the routing policy's choice among those that could
  /// hold the request and have a ready replica; else among those with a replica on its way; else the first.
  PoolRuntime& pool_for(const Request& request, Ticks now, const SloTicks& slo);

 private:
  struct Entry {
    std::vector<PoolRuntime*> pools;
    std::unique_ptr<PoolRoutePolicy> policy;  ///< null where there is no choice
  };

  std::vector<Entry> entries_;  ///< by stream
  std::vector<PoolView> views_;
  std::vector<PoolRuntime*> candidates_;
};

}  // namespace idlewatt
