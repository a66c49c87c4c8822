#include "datacenter/cluster.hpp"

#include <algorithm>
#include <utility>

#include "ledger/attribution.hpp"

namespace idlewatt {
namespace {

/// Of a request that reached no pool.
RequestRecord record_of(const Request& request, Outcome outcome, Ticks end) {
  RequestRecord record;
  record.id = request.id;
  record.stream = request.stream;
  record.tenant = request.tenant;
  record.outcome = outcome;
  record.arrival = request.arrival;
  record.end = end;
  record.prompt_tokens = request.prompt_tokens;
  record.deferrable = request.deadline_class == DeadlineClass::deferrable;
  record.deadline = request.deadline;
  return record;
}

}  // namespace

Cluster::Cluster(const Scenario& scenario, Recorder* recorder)
    : scenario_(&scenario),
      recorder_(recorder),
      fleet_(scenario),
      log_(scenario, recorder),
      meter_{.start_unix_s = scenario.start_unix_s, .interval = to_ticks(scenario.site.tariff.interval_s)} {
  for (std::size_t i = 0; i < scenario.pools.size(); ++i) {
    pools_.push_back(
        std::make_unique<PoolRuntime>(scenario, static_cast<std::int32_t>(i), fleet_, log_, changes_, bound_));
  }
  disaggregate();
  const auto off_while_empty = [this](const FleetServer& server) {
    PoolRuntime* manager = manager_of(server);
    return manager != nullptr && manager->idle_policy().starts_off();
  };
  for (FleetServer& server : fleet_.servers()) {
    server.off_while_empty = off_while_empty(server);
  }
  for (const auto& pool : pools_) {
    pool->start();
  }
  for (std::size_t i = 0; i < scenario.pools.size(); ++i) {
    if (scenario.pools[i].role == PoolRole::prefill) {
      bound_.add_hand_over(static_cast<std::int32_t>(i), scenario.pools[i].decode_pool);
    }
  }
  for (const Traffic& traffic : scenario.traffic) {
    bound_.add_stream(traffic.pools);
  }
  desk_ = std::make_unique<FrontDesk>(scenario, pools_);
  cache_ = make_request_cache(scenario);
  if (cache_) {
    for (const auto& pool : pools_) {
      pool->on_served([this](const Request& request, Ticks end) { cache_->served(request, end); });
    }
  }
  for (std::size_t i = 0; i < fleet_.servers().size(); ++i) {
    FleetServer& server = fleet_.servers()[i];
    const bool goes_off = server.off_while_empty && server.awake == 0;
    server.off_while_empty = false;
    if (goes_off) {
      fleet_.cut_power(static_cast<std::int32_t>(i), 0);
    }
  }
}

void Cluster::disaggregate() {
  const bool any = std::any_of(scenario_->pools.begin(), scenario_->pools.end(),
                               [](const Pool& pool) { return pool.role != PoolRole::both; });
  if (!any) {
    return;
  }
  transfers_ = std::make_unique<KvTransfers>(*scenario_, pools_, changes_, log_);
  for (const auto& pool : pools_) {
    if (pool->settings().role != PoolRole::both) {
      const std::int32_t decode = pool->settings().decode_pool;
      pool->disaggregate(*transfers_, decode < 0 ? nullptr : pools_[static_cast<std::size_t>(decode)].get());
    }
  }
}

PoolRuntime* Cluster::manager_of(const FleetServer& server) {
  for (const auto& pool : pools_) {
    if (pool->settings().server == server.type->name) {
      return pool.get();
    }
  }
  return nullptr;
}

void Cluster::arrive(Request request) {
  const Ticks now = request.arrival;
  log_.arrived(request);
  settle(now);
  ask(std::move(request), now);
}

void Cluster::ask(Request request, Ticks now) {
  if (cache_) {
    cache_->look_up(std::move(request), now);
  } else {
    send_to_pool(std::move(request), now);
  }
}

void Cluster::send_to_pool(Request request, Ticks now) {
  PoolRuntime& pool = desk_->pool_for(request, now, log_.slo(request.stream));
  pool.arrive(std::move(request), now);
}

void Cluster::end_lookups(Ticks now) {
  while (cache_->next() <= now) {
    const Ticks end = cache_->next();
    changes_.settle(end);
    const RequestCache::Found found = cache_->end_lookup();
    log_.looked_up(found.request);
    if (log_.attempts().gave_up(found.request)) {
      log_.ended(record_of(found.request, Outcome::timed_out, end), found.request, false, end);
    } else if (!found.hit) {
      send_to_pool(found.request, end);
    } else {
      RequestRecord record = record_of(found.request, Outcome::cached, end);
      record.first_token = end;
      record.wrong = found.hit->wrong;
      log_.ended(record, found.request, false, end);
    }
  }
}

void Cluster::act_for_clients(Ticks now) {
  settle(now);
  ClientAttempts& tries = log_.attempts();
  while (tries.next() <= now) {
    const ClientAttempts::Act act = tries.take();
    if (!act.gives_up) {
      ask(tries.try_again(act.id, now), now);
      continue;
    }
    const auto [pool, replica] = tries.place(act.id);
    tries.give_up(act.id, now);
    if (pool != ClientAttempts::kNoPool) {  // else it is being looked up in the cache, which nothing stops
      pools_[static_cast<std::size_t>(pool)]->cancel(act.id, replica, now);
    }
  }
}

void Cluster::close_bin(Ticks now) {
  SeriesBin bin{.from = bin_from_,
                .to = now,
                .pools = std::vector<PoolBin>(pools_.size() + 1),
                .servers = {},
                .racks = {},
                .servers_idle_j = {},
                .racks_idle_j = {},
                .cache = {}};
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    pools_[i]->close_bin(now, bin.pools[i]);
  }
  fleet_.close_bin(now, bin);
  if (cache_) {
    bin.racks_idle_j.at(0) += cache_->close_bin(now, bin.cache);
    bin.racks.at(0) += bin.cache.energy;
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
    pool->report_work(now);
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

Summary Cluster::finish(Ticks now) {
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
    pool->end_unfinished(now);
    books.pools.push_back(pool->book(now));
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
    recorder_->attribution(parts);
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
    layout.pools.push_back(pool.name);
    layout.models.push_back(pool.model);
  }
  layout.pools.push_back("unassigned");
  layout.models.emplace_back();
  for (const FleetServer& server : fleet_.servers()) {
    layout.servers.push_back(server.name);
    layout.rack_of_server.push_back(server.rack);
  }
  for (const FleetRack& rack : fleet_.racks()) {
    layout.racks.push_back(rack.name);
  }
  return layout;
}

}  // namespace idlewatt
