#include "control/cluster.hpp"

#include <algorithm>
#include <utility>

#include "ledger/attribution.hpp"

namespace idlewatt {

Cluster::Cluster(const Scenario& scenario, Recorder* recorder)
    : scenario_(&scenario),
      recorder_(recorder),
      fleet_(scenario),
      log_(scenario, recorder),
      meter_{.start_unix_s = scenario.start_unix_s, .interval = to_ticks(scenario.site.tariff.interval_s)} {
  for (const PoolId id : scenario.pools.ids()) {
    pools_.add(std::make_unique<RunningPool>(scenario, id, fleet_, log_, events_, bound_));
  }
  counted_ = IndexedVector<PoolId, PoolCounts>(pools_.size());
  disaggregate();
  const auto off_while_empty = [this](const FleetServer& server) {
    const RunningPool* manager = manager_of(server);
    return manager != nullptr && manager->idle_policy().starts_off();
  };
  for (const ServerId server : fleet_.servers().ids()) {
    fleet_.server(server).off_while_empty = off_while_empty(fleet_.server(server));
  }
  for (const auto& pool : pools_) {
    pool->start();
  }
  for (const PoolId id : scenario.pools.ids()) {
    if (const Pool& pool = scenario.pools[id]; pool.role == PoolRole::prefill) {
      bound_.add_hand_over(id, *pool.decode_pool);
    }
  }
  for (const Traffic& traffic : scenario.traffic) {
    bound_.add_stream(traffic.pools);
  }
  pool_router_ = std::make_unique<PoolRouter>(scenario, pools_);
  cache_ = make_request_cache(scenario);
  if (cache_) {
    for (const auto& pool : pools_) {
      pool->requests().fill_cache(*cache_);
    }
  }
  for (const ServerId id : fleet_.servers().ids()) {
    FleetServer& server = fleet_.server(id);
    const bool goes_off = server.off_while_empty && server.awake == 0;
    server.off_while_empty = false;
    if (goes_off) {
      fleet_.cut_power(id, 0);
    }
  }
}

void Cluster::disaggregate() {
  const bool any = std::any_of(scenario_->pools.begin(), scenario_->pools.end(),
                               [](const Pool& pool) { return pool.role != PoolRole::both; });
  if (!any) {
    return;
  }
  transfers_ = std::make_unique<KvTransfers>(*scenario_, pools_, events_, log_);
  for (const auto& pool : pools_) {
    if (pool->settings().role != PoolRole::both) {
      const std::optional<PoolId> decode = pool->settings().decode_pool;
      pool->requests().disaggregate(*transfers_, decode ? pools_[*decode].get() : nullptr);
    }
  }
}

RunningPool* Cluster::manager_of(const FleetServer& server) const {
  for (const auto& pool : pools_) {
    if (pool->settings().server == server.type->name) {
      return pool.get();
    }
  }
  return nullptr;
}

void Cluster::close_bin(Ticks now) {
  SeriesBin bin{.from = bin_from_,
                .to = now,
                .pools = IndexedVector<PoolId, PoolBin>(pools_.size() + 1),
                .servers = {},
                .racks = {},
                .servers_idle_j = {},
                .racks_idle_j = {},
                .cache = {}};
  for (const PoolId pool : pools_.ids()) {
    pools_[pool]->close_bin(now, counted_[pool], bin.pools[pool]);
  }
  fleet_.close_bin(now, bin);
  if (cache_) {
    bin.cache = cache_->close_bin(now);
    sums_.cache += bin.cache.energy;
  }
  for (const PoolBin& pool : bin.pools) {
    sums_.pools += pool.accelerators.total_energy();
  }
  for (const Energy energy : bin.servers) {
    sums_.servers += energy;
  }
  for (const Energy energy : bin.racks) {
    sums_.racks += energy;
  }
  bin_from_ = now;
  if (recorder_ != nullptr) {
    recorder_->bin(bin);
  }
}

void Cluster::read_meters(Ticks now) {
  for (const auto& pool : pools_) {
    pool->replicas().report(now);
  }
  Fleet::Reading reading = fleet_.read_meters(now);
  if (cache_) {
    const Energy energy = cache_->energy_until(now);
    const Energy owned = fleet_.owned_part(energy);
    reading.owned += owned;
    reading.rented += energy - owned;
  }
  meter_.ends.push_back(now);
  meter_.owned.push_back(reading.owned - last_reading_.owned);
  meter_.rented.push_back(reading.rented - last_reading_.rented);
  last_reading_ = reading;
}

Ticks Cluster::next_reading(Ticks after) const {
  return next_interval_end(meter_.start_unix_s, meter_.interval, after, scenario_->horizon);
}

Books Cluster::books(Ticks now) {
  Books books;
  books.horizon = now;
  books.racks = fleet_.books(now);
  books.series = sums_;
  if (scenario_->faults.any()) {
    books.faults = faults_;
  }
  books.lower_bound_j = bound_.energy_j();
  if (transfers_) {
    transfers_->end_unfinished();
  }
  for (const auto& pool : pools_) {
    pool->requests().end_unfinished(now);
    books.pools.add(pool->book(now));
  }
  if (cache_) {
    books.cache = cache_->book(now);
    for (const Request& request : cache_->under_way()) {
      const Outcome outcome = log_.attempts().gave_up(request) ? Outcome::timed_out : Outcome::unfinished;
      log_.ended(record_of(request, outcome, kNever), request, false, now);
    }
  }
  log_.end_unfinished();
  books.meter = std::move(meter_);
  fleet_.list_servers(now, books.meter);
  fill_meter(books);
  return books;
}

Summary Cluster::finish(Ticks now) {
  Books books = this->books(now);
  audit(books, log_.statistics());
  Summary summary;
  log_.statistics().fill(summary, now);
  if (transfers_) {
    transfers_->statistics().fill(summary);
  }
  fill_faults(books, summary);
  if (recorder_ != nullptr) {
    recorder_->latencies(log_.statistics().latencies());
  }
  const Site& site = scenario_->site;
  const Bill bill = fill_energy_and_money(books, site.tariff, summary);
  price_machines(books, site.tariff);
  const std::vector<Attribution> parts = attribute(books, unit_prices(books.meter, bill));
  audit(parts, summary);
  if (recorder_ != nullptr) {
    recorder_->attribution(parts, site.tariff.currency);
    recorder_->metered(books.meter, site.tariff, site.text);
  }
  return summary;
}

RunLayout Cluster::layout() const {
  RunLayout layout;
  layout.sample_every = scenario_->sample_every;
  layout.horizon = scenario_->horizon;
  layout.start_unix_s = scenario_->start_unix_s;
  layout.requests = scenario_->requests;
  layout.cache = cache_ != nullptr;
  for (const Pool& pool : scenario_->pools) {
    layout.pools.add(pool.name);
    layout.models.add(pool.model);
  }
  layout.pools.add("unassigned");
  layout.models.add({});
  for (const FleetServer& server : fleet_.servers()) {
    layout.servers.add(server.name);
    layout.rack_of_server.add(server.rack);
  }
  for (const FleetRack& rack : fleet_.racks()) {
    layout.racks.add(rack.name);
  }
  return layout;
}

}  // namespace idlewatt
