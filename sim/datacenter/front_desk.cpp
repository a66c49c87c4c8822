#include "datacenter/front_desk.hpp"

#include "scenario/chosen_policy.hpp"

namespace idlewatt {

FrontDesk::FrontDesk(const Scenario& scenario, const std::vector<std::unique_ptr<PoolRuntime>>& pools) {
  for (const Traffic& traffic : scenario.traffic) {
    Entry entry;
    for (const std::int32_t pool : traffic.pools) {
      entry.pools.push_back(pools[static_cast<std::size_t>(pool)].get());
    }
    if (entry.pools.size() > 1) {
      entry.policy = chosen_pool_routing(scenario.routing).make(scenario.routing.parameters);
    }
    entries_.push_back(std::move(entry));
  }
}

PoolRuntime& FrontDesk::pool_for(const Request& request, Ticks now, const SloTicks& slo) {
  Entry& entry = entries_[static_cast<std::size_t>(request.stream)];
  if (!entry.policy) {
    return *entry.pools.front();
  }
  for (const bool must_be_ready : {true, false}) {
    views_.clear();
    candidates_.clear();
    for (PoolRuntime* pool : entry.pools) {
      const PoolLoad load = pool->load();
      if (pool->fits(request) && (load.ready > 0 || (!must_be_ready && load.coming > 0))) {
        views_.push_back({.number = pool->number(), .service = &pool->service(), .load = load});
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
