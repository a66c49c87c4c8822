#include "control/pool_router.hpp"

#include "scenario/policy/chosen_policy.hpp"

namespace idlewatt {

PoolRouter::PoolRouter(const Scenario& scenario, const RunningPools& pools) {
  for (const Traffic& traffic : scenario.traffic) {
    Entry entry;
    for (const PoolId pool : traffic.pools) {
      entry.pools.push_back(pools[pool].get());
    }
    if (entry.pools.size() > 1) {
      entry.policy = chosen_pool_routing(scenario.routing).make(scenario.routing.parameters);
    }
    entries_.add(std::move(entry));
  }
}

RunningPool& PoolRouter::pool_for(const Request& request, Ticks now, const SloTicks& slo) {
  Entry& entry = entries_[request.stream];
  if (!entry.policy) {
    return *entry.pools.front();
  }
  for (const bool must_be_ready : {true, false}) {
    views_.clear();
    candidates_.clear();
    for (RunningPool* pool : entry.pools) {
      const PoolLoad load = pool->requests().load();
      if (pool->requests().fits(request) && (load.ready > 0 || (!must_be_ready && load.coming > 0))) {
        views_.push_back({.id = pool->id(), .service = &pool->requests().service(), .load = load});
        candidates_.push_back(pool);
      }
    }
    if (!candidates_.empty()) {
      return candidates_.size() == 1 ? *candidates_.front()
                                     : *candidates_[entry.policy->route(RequestView(request, now, slo), views_)];
    }
  }
  return *entry.pools.front();
}

}  // namespace idlewatt
