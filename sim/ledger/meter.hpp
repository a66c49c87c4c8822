// What the meters of a run show: all that a bill rests on, whatever the tariff. Kept in the result file, so that a
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
  Ticks minimum = 0;            ///< and for at least this
};

/// Rentals of equal length.
struct Rental {
  std::int64_t servers = 0;  ///< index into Meter::servers
  Ticks used = 0;            ///< from provisioning to release
  bool open = false;         ///< it went on at the end of the run
  std::int64_t count = 1;
};

struct Meter {
  std::int64_t start_unix_s = 0;  ///< of the run
  Ticks interval = 0;             ///< accounting interval
  /// End of each interval; the first begins at 0. They end on whole multiples of `interval` since 1970 (UTC), so that
  /// the first and the last may be shorter.
  std::vector<Ticks> ends = {};
  std::vector<Energy> owned = {};   ///< by interval, at the plugs of owned servers, with their share of the switches
  std::vector<Energy> rented = {};  ///< by interval, of all others
  std::vector<MeteredServers> servers = {};
  std::vector<Rental> rentals = {};
  // Of the whole run, before PUE.
  double idle_waste_j = 0.0;
  double under_use_j = 0.0;
  double lower_bound_j = 0.0;
  double cache_j = 0.0;  ///< of the semantic cache, part of the energy above

  Ticks horizon() const { return ends.empty() ? 0 : ends.back(); }
  Energy owned_energy() const;
  Energy rented_energy() const;
};

/// Where accounting intervals end in a run: the first after `after`, at most `horizon`.
Ticks next_interval_end(std::int64_t start_unix_s, Ticks interval, Ticks after, Ticks horizon);

}  // namespace idlewatt
