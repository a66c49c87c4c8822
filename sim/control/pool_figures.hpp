// The power and price figures of a pool's hardware, for estimates.
#pragma once

#include <algorithm>

#include "policy/service_estimate.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The figures of a pool. Where racks hold the pool's servers both rented and owned, rent and electricity count in
/// proportion.
inline ServiceFigures service_figures(const Scenario& scenario, const Pool& pool, std::int32_t seats) {
  constexpr double kJoulesPerKwh = 3.6e6;
  const Server& server = scenario.catalog->servers.at(pool.server);
  double rented = 0.0;
  double all = 0.0;
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      const double count = group.server == pool.server ? group.count : 0.0;
      all += count;
      rented += rack.ownership == Ownership::rented ? count : 0.0;
    }
  }
  // A price that changes counts with its mean over the run.
  const Tariff& tariff = scenario.site.tariff;
  const auto start_s = static_cast<double>(scenario.start_unix_s);
  const double usd_per_kwh =
      tariff.electricity_usd_per_kwh.mean(tariff.time_zone, start_s, start_s + to_seconds(scenario.horizon));
  const double rented_share = all > 0.0 ? rented / all : 1.0;
  return {.seats = seats,
          .accelerators = pool.accelerators_per_replica(),
          .idle_w = scenario.catalog->accelerators.at(pool.accelerator).idle_loaded_w.value,
          .overhead_per_w = server.overhead_per_accelerator_w.value,
          .rent_usd_per_h = rented_share * server.rent_usd_per_h.value * pool.accelerators_per_replica() /
                            std::max(server.accelerators, 1),
          .electricity_usd_per_j = (1.0 - rented_share) * tariff.pue * usd_per_kwh / kJoulesPerKwh};
}

}  // namespace idlewatt
