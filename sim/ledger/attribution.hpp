// Whose energy and whose money it was: a run's bill, shared among pools, tenants and requests.
//
// The rule, which leaves nothing out and counts nothing twice:
//
//  1. *Prefill* and *decode*: each request's share of the accelerators' energy in the steps it was in
//  (Finished::energy).
//     What the shares leave of a pool's steps is *lost*: rounding, and steps that no request has, such as those under
//     way at the horizon.
//  2. A pool has the accelerators that its replicas hold, from placement to removal. Their energy without work is
//     *idle* (loaded and waiting, parked, empty) or *start-up* (booting, loading). A replica that was pushed off its
//     accelerators holds none and costs nothing, though its weights may fill host memory: that is the server's.
//  3. *Host*: of each server, fans and power supply by the energy of its accelerators, and the rest of the server by
//     their powered time; of each rack, the switches by the powered time of all its accelerators.
//  4. *Facility*: PUE - 1 times all of that.
//  5. A pool's idle, start-up, host and facility energy falls to its requests in proportion to their prefill and decode
//     energy. So a tenant pays for the idle time of the pools it uses, by its use of them.
//  6. Nobody's is: what accelerators draw that no pool holds, with their share of host and facility; all of a pool that
//     computed nothing; the semantic cache before the pools, as host and, while its embedder waits, as idle; a server
//     or rack of which nothing was powered; and what is lost.
//  7. Money: electricity, demand charge and own plant go with the energy of owned servers, certificates and carbon tax
//     with all energy, whenever it was used. The rent or the capital cost of a server goes by the powered time of its
//     accelerators, to what they did in that time (a step of both prompts and output by the pool's shares of energy).
#pragma once

#include <vector>

#include "ledger/attributed.hpp"
#include "ledger/books.hpp"

namespace idlewatt {

/// What energy costs where every joule costs the same: the mean of the run.
struct UnitPrices {
  double pue = 1.0;
  double owned_usd_per_kwh = 0.0;  ///< of the facility's energy, for owned servers
  double all_usd_per_kwh = 0.0;    ///< for all
  double stranded_usd = 0.0;       ///< of energy that nobody used: a plant's without owned servers
};
UnitPrices unit_prices(const Meter& meter, const Bill& bill);

/// By pool, then by tenant (nobody's part of a pool last), then what no pool held. Parts of nothing are left out.
std::vector<Attribution> attribute(const Books& books, const UnitPrices& prices);

/// Throws ConservationError unless the parts sum to the summary's facility energy and cost, to 1e-9 (of the lines of
/// the bill without their signs: what is sold may make the cost small).
void audit(const std::vector<Attribution>& parts, const Summary& summary);

}  // namespace idlewatt
