#include "ledger/books.hpp"

#include <fmt/core.h>
#include <limits>

#include "base/error.hpp"
#include "ledger/waste.hpp"

namespace idlewatt {
namespace {

constexpr double kTicksPerHour = 3600.0 * static_cast<double>(kTicksPerSecond);

Energy accelerator_energy(const ServerBook& server) {
  Energy energy;
  for (const AcceleratorTotals& accelerator : server.accelerators) {
    energy += accelerator.total_energy();
  }
  return energy;
}

Energy wall_energy(const ServerBook& server) {
  return server.base.total_energy() + server.overhead + accelerator_energy(server);
}

/// Waste at the wall of one server; its accelerators' times are added to `rack`.
double waste_j_of(const ServerBook& server, Waste& rack) {
  Waste sum;
  for (const AcceleratorTotals& accelerator : server.accelerators) {
    sum += waste_of(accelerator);
  }
  rack += sum;
  return server_waste_j(sum, accelerator_energy(server), server.overhead, server.base);
}

void check(bool holds, const std::string& law) {
  if (!holds) {
    throw ConservationError(
        fmt::format("the books do not balance: {} (a bug in idlewatt; please report the scenario)", law));
  }
}

}  // namespace

void fill_meter(Books& books) {
  Meter& meter = books.meter;
  meter.idle_waste_j = 0.0;
  for (const RackBook& rack : books.racks) {
    Waste rack_waste;
    for (const ServerBook& server : rack.servers) {
      meter.idle_waste_j += waste_j_of(server, rack_waste);
    }
    meter.idle_waste_j += rack.switches.j() * rack_waste.share();
  }
  meter.under_use_j = 0.0;
  for (const PoolBook& pool : books.pools) {
    meter.under_use_j += pool.under_use.j() * (1.0 + pool.overhead_per_accelerator_w);
  }
  meter.lower_bound_j = books.lower_bound_j;
  meter.cache_j = 0.0;
  if (books.cache) {
    meter.idle_waste_j += idle_energy(*books.cache, books.horizon).j();
    meter.cache_j = books.cache->energy.j();
  }
}

Bill fill_energy_and_money(const Books& books, const Tariff& tariff, Summary& summary) {
  Energy accelerators;
  double accelerator_ticks = 0.0;
  for (const RackBook& rack : books.racks) {
    for (const ServerBook& server : rack.servers) {
      accelerators += accelerator_energy(server);
      accelerator_ticks += static_cast<double>(server.accelerators.size()) * static_cast<double>(books.horizon);
    }
  }
  summary.horizon_s = to_seconds(books.horizon);
  summary.accelerator_energy_kwh = accelerators.kwh();
  summary.accelerator_hours = accelerator_ticks / kTicksPerHour;
  summary.replica_hours = 0.0;
  summary.pending_replica_hours = 0.0;
  summary.cold_starts = 0.0;
  summary.swaps = 0.0;
  int128_t outstanding = 0;
  int128_t unrouted = 0;
  for (const PoolBook& pool : books.pools) {
    summary.replica_hours += static_cast<double>(pool.replica_ticks) / kTicksPerHour;
    summary.pending_replica_hours += static_cast<double>(pool.pending_ticks) / kTicksPerHour;
    summary.cold_starts += static_cast<double>(pool.cold_starts);
    summary.swaps += static_cast<double>(pool.swaps);
    outstanding += pool.outstanding_ticks;
    unrouted += pool.unrouted_ticks;
  }
  summary.model_wait_share = outstanding > 0 ? static_cast<double>(unrouted) / static_cast<double>(outstanding) : 0.0;
  Bill bill = make_bill(books.meter, tariff);
  fill_from_bill(books.meter, tariff, bill, summary);
  return bill;
}

void price_machines(Books& books, const Tariff& tariff) {
  for (RackBook& rack : books.racks) {
    for (ServerBook& server : rack.servers) {
      const MeteredServers& type = books.meter.servers[server.metered];
      server.machine_usd = server.rented ? rent_usd(type, 1, server.rentals, tariff.rent, books.horizon)
                                         : capital_usd(type, 1, tariff, books.horizon);
    }
  }
}

void fill_faults(const Books& books, Summary& summary) {
  double failed_ticks = 0.0;
  double all_ticks = 0.0;
  for (const RackBook& rack : books.racks) {
    for (const ServerBook& server : rack.servers) {
      for (const AcceleratorTotals& accelerator : server.accelerators) {
        failed_ticks += static_cast<double>(accelerator.ticks[AcceleratorState::failed]);
        all_ticks += static_cast<double>(books.horizon);
      }
    }
  }
  summary.faults = static_cast<double>(books.faults.value_or(0));
  summary.availability = books.faults ? 1.0 - failed_ticks / all_ticks : std::numeric_limits<double>::quiet_NaN();
}

void audit(const Books& books, const RequestStatistics& requests) {
  Energy accelerators;
  Energy servers;
  Energy racks;
  for (const RackBook& rack : books.racks) {
    racks += rack.switches;
    for (const ServerBook& server : rack.servers) {
      check(server.base.total_ticks() == books.horizon, "a server's state times do not sum to the horizon");
      for (const AcceleratorTotals& accelerator : server.accelerators) {
        check(accelerator.total_ticks() == books.horizon, "an accelerator's state times do not sum to the horizon");
      }
      accelerators += accelerator_energy(server);
      servers += wall_energy(server);
    }
  }
  racks += servers;
  if (books.cache) {
    const CacheBook& cache = *books.cache;
    check(cache.lookup_ticks == static_cast<int128_t>(cache.lookup_time) * cache.lookups + cache.unfinished_ticks,
          "lookups in the cache did not last as long as lookups do");
    check(
        cache.energy == Energy{cache.lookup_power.tenth_mw * cache.lookup_ticks} + cache.standby_power * books.horizon,
        "the cache's energy is not that of its lookups");
    check(books.series.cache == cache.energy, "the cache's series does not sum to its energy");
  }
  check(books.series.pools == accelerators, "the pools' series do not sum to the accelerators' energy");
  check(books.series.servers == servers, "the servers' series do not sum to the servers' energy");
  check(books.series.racks == racks, "the racks' series do not sum to the energy of servers and switches");
  const Energy wall = racks + (books.cache ? books.cache->energy : Energy{});
  check(books.meter.owned_energy() + books.meter.rented_energy() == wall,
        "the accounting intervals do not sum to the energy at the wall");

  std::int64_t ended = 0;
  for (const Outcome outcome : kEveryOutcome) {
    ended += requests.with(outcome);
  }
  check(ended == requests.arrivals(), "a request came in and did not end, or ended twice");
  std::int64_t tokens = 0;
  for (const PoolBook& pool : books.pools) {
    tokens += pool.output_tokens;
    check(pool.request_shares <= pool.busy_energy, "requests were given more energy than their steps cost");
  }
  check(tokens == requests.output_tokens(), "tokens generated in steps are not the tokens of requests");
}

}  // namespace idlewatt
