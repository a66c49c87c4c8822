// The readings of a run's meters: everything that a bill needs, for any tariff. The result file keeps them, so that a
// finished run can be priced again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/energy.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Servers of one type that are all rented or all owned.
struct MeteredServers {
  std::string type;
  bool rented = true;
  std::int64_t count = 0;
  double rent_usd_per_h = 0.0;  ///< the catalogue's price on demand
  Ticks increment = 0;          ///< rent is billed in multiples of this
  Ticks minimum = 0;            ///< shortest rental that is billed
};

/// Rentals of equal length.
struct Rental {
  std::int64_t servers = 0;  ///< index into Meter::servers
  Ticks used = 0;            ///< time from provisioning to release
  bool open = false;         ///< true: the rental was open at the end of the run
  std::int64_t count = 1;
};

struct Meter {
  std::int64_t start_unix_s = 0;  ///< start of the run
  Ticks interval = 0;             ///< accounting interval
  /// End of each interval; the first interval begins at 0. Intervals end on whole multiples of `interval` since 1970
  /// (UTC), so the first and the last may be shorter.
  std::vector<Ticks> ends = {};
  std::vector<Energy> owned = {};   ///< energy by interval, at the plugs of owned servers, with their share of the
                                    ///< switches
  std::vector<Energy> rented = {};  ///< energy by interval, of all other servers
  std::vector<MeteredServers> servers = {};
  std::vector<Rental> rentals = {};
  // Of the whole run, before PUE.
  double idle_waste_j = 0.0;
  double under_use_j = 0.0;
  double lower_bound_j = 0.0;
  double cache_j = 0.0;  ///< energy of the semantic cache, part of the energy above

  Ticks horizon() const { return ends.empty() ? 0 : ends.back(); }
  Energy owned_energy() const;
  Energy rented_energy() const;
};

/// The end of the first accounting interval that ends after `after`, at most `horizon`.
Ticks next_interval_end(std::int64_t start_unix_s, Ticks interval, Ticks after, Ticks horizon);

}  // namespace idlewatt
