#include "ledger/books.hpp"

#include <limits>

#include "ledger/waste.hpp"
#include "units/error.hpp"

namespace idlewatt {
namespace {

constexpr double kTicksPerHour = 3600.0 * static_cast<double>(kTicksPerSecond);

double ratio(double part, double whole) {
  return whole > 0.0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

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
    throw ConservationError("the books do not balance: " + law + " (a bug in idlewatt; please report the scenario)");
  }
}

}  // namespace

void fill_energy_and_money(const Books& books, const Prices& prices, Summary& summary) {
  Energy it;
  Energy accelerators;
  double waste_j = 0.0;
  double owned_j = 0.0;
  double accelerator_ticks = 0.0;
  double servers = 0.0;
  double owned_servers = 0.0;
  summary.rent_usd = 0.0;
  for (const RackBook& rack : books.racks) {
    Waste rack_waste;
    double rack_owned_servers = 0.0;
    for (const ServerBook& server : rack.servers) {
      it += wall_energy(server);
      accelerators += accelerator_energy(server);
      waste_j += waste_j_of(server, rack_waste);
      accelerator_ticks += static_cast<double>(server.accelerators.size()) * static_cast<double>(books.horizon);
      if (server.rented) {
        summary.rent_usd += server.rent_usd_per_h * static_cast<double>(server.rent_ticks) / kTicksPerHour;
      } else {
        owned_j += wall_energy(server).j();
        rack_owned_servers += 1.0;
      }
    }
    it += rack.switches;
    waste_j += rack.switches.j() * rack_waste.share();
    servers += static_cast<double>(rack.servers.size());
    owned_servers += rack_owned_servers;
    owned_j +=
        rack.servers.empty() ? 0.0 : rack.switches.j() * rack_owned_servers / static_cast<double>(rack.servers.size());
  }

  summary.cache_energy_kwh = 0.0;
  if (books.cache) {
    it += books.cache->energy;
    waste_j += idle_energy(*books.cache, books.horizon).j();
    owned_j += servers > 0.0 ? books.cache->energy.j() * owned_servers / servers : 0.0;
    summary.cache_energy_kwh = books.cache->energy.kwh() * prices.pue;
  }

  summary.horizon_s = to_seconds(books.horizon);
  summary.it_energy_kwh = it.kwh();
  summary.facility_energy_kwh = it.kwh() * prices.pue;
  summary.accelerator_energy_kwh = accelerators.kwh();
  summary.idle_waste_kwh = waste_j / 3.6e6 * prices.pue;
  summary.idle_waste_share = ratio(summary.idle_waste_kwh, summary.facility_energy_kwh);
  summary.under_use_kwh = 0.0;
  summary.replica_hours = 0.0;
  summary.pending_replica_hours = 0.0;
  summary.cold_starts = 0.0;
  summary.lower_bound_kwh = books.lower_bound_j / 3.6e6 * prices.pue;
  for (const PoolBook& pool : books.pools) {
    summary.under_use_kwh += pool.under_use.kwh() * (1.0 + pool.overhead_per_accelerator_w) * prices.pue;
    summary.replica_hours += static_cast<double>(pool.replica_ticks) / kTicksPerHour;
    summary.pending_replica_hours += static_cast<double>(pool.pending_ticks) / kTicksPerHour;
    summary.cold_starts += static_cast<double>(pool.cold_starts);
  }
  summary.regret_share = ratio(summary.facility_energy_kwh, summary.lower_bound_kwh) - 1.0;
  summary.accelerator_hours = accelerator_ticks / kTicksPerHour;
  const double answered = summary.queries_served + summary.queries_cached;
  summary.wh_per_query = ratio(summary.facility_energy_kwh * 1e3, answered);
  summary.j_per_output_token = ratio(summary.facility_energy_kwh * 3.6e6, summary.output_tokens);

  // Whoever rents a server does not see its electricity: it is in the rent.
  summary.electricity_usd = owned_j / 3.6e6 * prices.pue * prices.electricity_usd_per_kwh;
  summary.cost_usd = summary.rent_usd + summary.electricity_usd;
  summary.usd_per_million_output_tokens = ratio(summary.cost_usd * 1e6, summary.output_tokens);
  summary.carbon_kg = summary.facility_energy_kwh * prices.carbon_g_per_kwh / 1e3;
  summary.carbon_g_per_query = ratio(summary.carbon_kg * 1e3, answered);
}

void audit(const Books& books, const QueryStatistics& queries) {
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
    racks += cache.energy;
  }
  check(books.series.pools == accelerators, "the pools' series do not sum to the accelerators' energy");
  check(books.series.servers == servers, "the servers' series do not sum to the servers' energy");
  check(books.series.racks == racks, "the racks' series do not sum to the energy at the wall");

  std::int64_t ended = 0;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    ended += queries.with(static_cast<Outcome>(i));
  }
  check(ended == queries.arrivals(), "a query came in and did not end, or ended twice");
  std::int64_t tokens = 0;
  for (const PoolBook& pool : books.pools) {
    tokens += pool.output_tokens;
    check(pool.query_shares <= pool.busy_energy, "queries were given more energy than their steps cost");
  }
  check(tokens == queries.output_tokens(), "tokens generated in steps are not the tokens of queries");
}

}  // namespace idlewatt
