// The books of a run: the charges of each device, and the joules, dollars and grams that follow from them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "catalog/tariff.hpp"
#include "ledger/bill.hpp"
#include "ledger/meter.hpp"
#include "ledger/request_statistics.hpp"
#include "ledger/state.hpp"
#include "ledger/summary.hpp"
#include "ledger/tenant_shares.hpp"

namespace idlewatt {

/// The time and energy of a server's accelerators while one pool held them, or while no pool did.
struct OwnerTotals {
  std::optional<PoolId> pool;  ///< empty: no pool held them
  AcceleratorTotals accelerators;
};

/// A server at the end of a run.
struct ServerBook {
  ServerTotals base;  ///< the server without its accelerators
  Energy overhead;    ///< fans and power supply, in proportion to the accelerators
  std::vector<AcceleratorTotals> accelerators;
  std::vector<OwnerTotals> owners;  ///< the same totals by holder, each pool at most once
  bool rented = true;
  std::size_t metered = 0;      ///< index into Meter::servers
  std::vector<Rental> rentals;  ///< rentals of this server
  double machine_usd = 0.0;     ///< rent or capital cost of the server; see price_machines()
};

struct RackBook {
  Energy switches;
  std::vector<ServerBook> servers;
};

/// A pool at the end of a run.
struct PoolBook {
  /// Static energy of busy accelerators for the empty slots of their batches.
  Energy under_use;
  double overhead_per_accelerator_w = 0.0;  ///< overhead of the pool's servers
  int128_t replica_ticks = 0;               ///< time of replicas that were ready or starting
  int128_t pending_ticks = 0;
  std::int64_t cold_starts = 0;    ///< replicas that became ready after a load or a wake
  std::int64_t swaps = 0;          ///< replicas that were pushed off their accelerators
  int128_t outstanding_ticks = 0;  ///< time of the pool's requests from arrival to end
  int128_t unrouted_ticks = 0;     ///< part of outstanding_ticks during which no replica was ready
  std::int64_t output_tokens = 0;  ///< tokens generated in the pool's steps
  /// The energy shares of the pool's requests, and the energy of its busy steps; both for all accelerators.
  Energy request_shares;
  Energy busy_energy;
  std::vector<TenantShare> tenants;  ///< request shares by tenant, ascending
};

/// The semantic cache at the end of a run. Lookups draw `lookup_power` while they last; `standby_power` is drawn all
/// the time.
struct CacheBook {
  Energy energy;
  Power lookup_power;
  Power standby_power;
  Ticks lookup_time = 0;
  std::int64_t lookups = 0;       ///< number of lookups that ended
  int128_t unfinished_ticks = 0;  ///< time of lookups that did not end
  int128_t lookup_ticks = 0;      ///< time of all lookups, counted as they went
  Ticks busy_ticks = 0;           ///< time with a lookup under way
};

/// The energy that the cache's embedder drew while no lookup was under way.
inline Energy idle_energy(const CacheBook& cache, Ticks horizon) {
  return cache.standby_power * (horizon - cache.busy_ticks);
}

/// Sums over the bins of the time series, to compare with the books.
struct SeriesSums {
  Energy pools;
  Energy servers;
  Energy racks;
  Energy cache;
};

struct Books {
  Ticks horizon = 0;
  IndexedVector<RackId, RackBook> racks;
  IndexedVector<PoolId, PoolBook> pools;
  std::optional<CacheBook> cache;      ///< the semantic cache; it has an account of its own
  std::optional<std::int64_t> faults;  ///< number of servers and accelerators lost; empty where the scenario has no
                                       ///< faults
  SeriesSums series;
  Meter meter;                 ///< its intervals, servers and rentals are set; fill_meter() sets the rest
  double lower_bound_j = 0.0;  ///< energy below which no policy could serve the requests, at the wall
};

/// Sets the meter's figures of the whole run.
///
/// Idle waste is the energy of devices without work (is_idle_waste) plus their share of the rest: fans and power supply
/// in proportion to energy; a server's base power in proportion to its powered accelerators' time without work; a
/// rack's switches likewise over all accelerators of the rack. The energy of an accelerator that embeds for the
/// semantic cache is waste while the embedder waits.
void fill_meter(Books& books);

/// Sets the energy, money, carbon and replica hours of the run. Requires that the meter is filled. Returns the bill.
Bill fill_energy_and_money(const Books& books, const Tariff& tariff, Summary& summary);

/// Sets the cost of each server.
void price_machines(Books& books, const Tariff& tariff);

/// Sets the number of faults and the availability.
void fill_faults(const Books& books, Summary& summary);

/// Checks the laws that hold at the end of every run. Throws ConservationError naming the first law that does not hold.
///
/// - The state times of each device sum to the horizon.
/// - The bins of the series, and the accounting intervals, sum exactly to the devices' energy.
/// - Every request that came in has ended in one way.
/// - The tokens generated in steps are the tokens of the requests.
/// - The requests' shares of energy do not exceed the energy of the busy steps.
/// - The lookups of the semantic cache lasted as long as lookups do, and cost the energy of that time.
void audit(const Books& books, const RequestStatistics& requests);

}  // namespace idlewatt
