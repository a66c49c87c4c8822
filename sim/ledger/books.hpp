// The books of a run: what each device was charged, and what follows from it in joules, dollars and grams.
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

/// What accelerators of a server did while one pool held them, or while none did.
struct OwnerTotals {
  std::optional<PoolId> pool;  ///< none: no pool held them
  AcceleratorTotals accelerators;
};

/// A server at the end of a run.
struct ServerBook {
  ServerTotals base;  ///< the server without its accelerators
  Energy overhead;    ///< fans and power supply, in proportion to the accelerators
  std::vector<AcceleratorTotals> accelerators;
  std::vector<OwnerTotals> owners;  ///< the same by who held them, each pool at most once
  bool rented = true;
  std::size_t metered = 0;      ///< index into Meter::servers
  std::vector<Rental> rentals;  ///< its own
  double machine_usd = 0.0;     ///< its rent, or its capital cost; see price_machines()
};

struct RackBook {
  Energy switches;
  std::vector<ServerBook> servers;
};

/// A pool at the end of a run.
struct PoolBook {
  /// Static energy of its busy accelerators, for the empty seats of their batches.
  Energy under_use;
  double overhead_per_accelerator_w = 0.0;  ///< of its servers
  int128_t replica_ticks = 0;               ///< ready or starting
  int128_t pending_ticks = 0;
  std::int64_t cold_starts = 0;    ///< replicas that became ready after a load or a wake
  std::int64_t swaps = 0;          ///< replicas that were pushed off their accelerators
  int128_t outstanding_ticks = 0;  ///< of its requests, from arrival to end
  int128_t unrouted_ticks = 0;     ///< of them, with no replica ready to take the request
  std::int64_t output_tokens = 0;  ///< generated in its steps
  /// Energy shares of its requests and the energy of its busy steps, all accelerators.
  Energy request_shares;
  Energy busy_energy;
  std::vector<TenantShare> tenants;  ///< the shares by tenant, ascending
};

/// The semantic cache at the end of a run: lookups draw `lookup_power` while they last, and `standby_power` is drawn
/// all the time.
struct CacheBook {
  Energy energy;
  Power lookup_power;
  Power standby_power;
  Ticks lookup_time = 0;
  std::int64_t lookups = 0;       ///< that ended
  int128_t unfinished_ticks = 0;  ///< of lookups that did not
  int128_t lookup_ticks = 0;      ///< of all, counted as they went
  Ticks busy_ticks = 0;           ///< with a lookup under way
};

/// What the cache's embedder drew while no lookup was under way.
inline Energy idle_energy(const CacheBook& cache, Ticks horizon) {
  return cache.standby_power * (horizon - cache.busy_ticks);
}

/// Sums over the bins of the time series, to hold against the books.
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
  std::optional<CacheBook> cache;      ///< has an account of its own
  std::optional<std::int64_t> faults;  ///< servers and accelerators lost; none where the scenario has no faults
  SeriesSums series;
  Meter meter;                 ///< its intervals, servers and rentals
  double lower_bound_j = 0.0;  ///< no policy could serve the requests for less, at the wall
};

/// Sets what the meter shows of the whole run.
///
/// Idle waste = sum over devices without work (is_idle_waste) of their energy, with their share of the rest:
/// fans and power supply in proportion to energy; a server's base power by the share of its powered accelerators' time
/// that was waste; a rack's switches likewise over all its accelerators. What an accelerator that embeds for the
/// semantic cache draws while it waits is waste, too.
void fill_meter(Books& books);

/// Energy, money, carbon and replica hours of the run, whose meter is filled. Returns the bill.
Bill fill_energy_and_money(const Books& books, const Tariff& tariff, Summary& summary);

/// Sets what each server itself costs.
void price_machines(Books& books, const Tariff& tariff);

/// What was lost, and for how long.
void fill_faults(const Books& books, Summary& summary);

/// The laws that hold at the end of every run. Throws ConservationError naming the first that does not:
/// each device's state times sum to the horizon; the series' bins sum to the devices' energy, exactly, and so do the
/// accounting intervals; every request that came in has ended in one way; tokens generated in steps are the requests'
/// tokens; the requests' shares of energy do not exceed the energy of the busy steps; the semantic cache's lookups
/// lasted as long as lookups do, and cost what that time costs.
void audit(const Books& books, const RequestStatistics& requests);

}  // namespace idlewatt
