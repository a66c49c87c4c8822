// The attribution of energy and money: a run's bill, shared among pools, tenants and requests.
//
// The rule leaves nothing out and counts nothing twice:
//
//  1. *Prefill* and *decode*: the energy of each request is its share of the accelerators' energy in the steps it
//     was in (Finished::energy). The part of a pool's step energy that no request has is *lost*: rounding, and steps
//     that are under way at the horizon.
//  2. A pool has the accelerators that its replicas hold, from placement to removal. Their energy without work is
//     *idle* (loaded and waiting, parked, empty) or *start-up* (booting, loading). A replica that was swapped out
//     holds no accelerators and costs nothing; host memory that its weights fill belongs to the server.
//  3. *Host*: the fans and power supply of a server are shared in proportion to the energy of its accelerators. The
//     rest of the server is shared in proportion to their powered time. The switches of a rack are shared in
//     proportion to the powered time of all its accelerators.
//  4. *Facility*: PUE - 1 times the sum of all energy above.
//  5. The idle, start-up, host and facility energy of a pool is shared among its requests in proportion to their
//     prefill and decode energy. So a tenant pays for the idle time of a pool in proportion to its use of the pool.
//  6. The following is attributed to no tenant: accelerators that no pool holds, with their share of host and
//     facility; a pool that computed nothing; the semantic cache (as host energy, or as idle energy while its embedder
//     waits); a server or rack in which nothing was powered; and lost energy.
//  7. Money: electricity, demand charge and own plant are shared in proportion to the energy of owned servers.
//     Certificates and carbon tax are shared in proportion to all energy. The time at which energy was used does not
//     matter. The rent or the capital cost of a server is shared in proportion to the powered time of its
//     accelerators, by what they did in that time (the time of a step with both prompts and output by the pool's
//     shares of energy).
#pragma once

#include <vector>

#include "ledger/attributed.hpp"
#include "ledger/books.hpp"

namespace idlewatt {

/// Mean prices of energy over the run, as if every joule cost the same.
struct UnitPrices {
  double pue = 1.0;
  double owned_usd_per_kwh = 0.0;  ///< price per kWh of facility energy of owned servers
  double all_usd_per_kwh = 0.0;    ///< price per kWh of all facility energy
  double stranded_usd = 0.0;       ///< money for energy that nobody used: a plant without owned servers
};
UnitPrices unit_prices(const Meter& meter, const Bill& bill);

/// The parts of a run's bill by pool, and within a pool by tenant (with the part of no tenant last); then the part that
/// no pool held. Empty parts are left out.
std::vector<Attribution> attribute(const Books& books, const UnitPrices& prices);

/// Checks that the parts sum to the summary's facility energy and cost, to 1e-9 of the sum of absolute bill lines
/// (income may make the cost itself small). Throws ConservationError otherwise.
void audit(const std::vector<Attribution>& parts, const Summary& summary);

}  // namespace idlewatt
