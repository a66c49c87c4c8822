// The hardware of a scenario: racks, servers, accelerators, each with its account. Knows power, not requests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "catalog/accelerator.hpp"
#include "catalog/server.hpp"
#include "fleet/host_memory.hpp"
#include "ledger/account.hpp"
#include "ledger/books.hpp"
#include "ledger/meter.hpp"
#include "ledger/recorder.hpp"
#include "ledger/rent_meter.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// An accelerator in its server. `pool` is the one whose replica holds it; empty for none.
struct AcceleratorSlot {
  AcceleratorAccount account;
  std::optional<PoolId> pool;
  std::int32_t down = 0;  ///< faults of its own that last
  bool claimed = false;   ///< set aside for a replica that waits until all it needs is free

  /// Nobody holds it, and it works.
  bool empty() const { return !pool && down == 0; }
  bool free() const { return empty() && !claimed; }
  AcceleratorTotals before;  ///< its totals when `pool` came to hold it
};

/// What is wrong with a server now.
struct ServerFaults {
  std::multiset<double> slow = {};  ///< by how much steps take longer: of faults that last
  std::int32_t down = 0;            ///< faults that last
  std::int32_t cleared = 0;         ///< notices that it will be taken away
};

struct FleetServer {
  std::string name;  ///< "rack0/hgx-a100-80/0"
  const Server* type = nullptr;
  const Accelerator* accelerator = nullptr;
  RackId rack;
  bool rented = true;
  ServerAccount account;
  ProportionalEnergy overhead;
  RentMeter rent;
  std::size_t metered = 0;                ///< index into Meter::servers
  AcceleratorTotals accelerators_in_bin;  ///< of accelerators whose bin was closed early, by a change of owner
  IndexedVector<AcceleratorId, AcceleratorSlot> accelerators;
  std::vector<OwnerTotals> former_owners;  ///< of its accelerators, for the time until they let go
  std::set<std::string> disk;              ///< images and weights that a load has left on it
  HostMemory memory;                       ///< weights of sleeping replicas
  Power reserved;                          ///< what its awake replicas may draw beyond what empty accelerators do
  bool off_while_empty = false;            ///< on so far, and off from time 0 if nothing is placed on it
  std::int32_t awake = 0;                  ///< replicas on it that are starting, ready, draining or stopping
  Ticks empty_since = 0;                   ///< since when there is none
  Ticks power_change_at = kNever;          ///< end of the boot or shutdown under way

  ServerFaults faults;

  ServerState state() const { return account.state(); }
  /// Whether replicas may be placed on it.
  bool available() const { return faults.down == 0 && faults.cleared == 0; }
  /// How many times as long steps take on it.
  double slowness() const { return faults.slow.empty() ? 1.0 : *faults.slow.rbegin(); }
  /// A rented machine is requested, provisioned and booted; one's own is only booted.
  double boot_s() const { return rented ? type->provision_s.value : type->boot_s.value; }
};

/// What a rack's switches draw, charged bin by bin.
class RackAccount {
 public:
  RackAccount() = default;
  explicit RackAccount(Power switches) : power_(switches) {}

  Power power() const { return power_; }
  /// Ends the bin at `now`. Returns the energy since the last one.
  Energy close_bin(Ticks now) {
    const Energy closed = power_ * (now - charged_until_);
    charged_until_ = now;
    total_ += closed;
    return closed;
  }
  /// All closed bins.
  Energy total() const { return total_; }
  /// Since time 0.
  Energy energy_until(Ticks now) const { return total_ + power_ * (now - charged_until_); }

 private:
  Power power_;
  Ticks charged_until_ = 0;
  Energy total_;
};

struct FleetRack {
  std::string name;
  double uplink_bytes_per_s = 0.0;
  double power_budget_w = 0.0;  ///< infinite without one
  RackAccount account;
  std::int32_t servers = 0;
  std::int32_t owned_servers = 0;
};

/// What a replica has of one server: the accelerators of one stage, or of several that follow one another.
struct PlacementPart {
  ServerId server;
  std::int32_t first_stage = 0;
  std::int32_t stages = 1;
  std::vector<AcceleratorId> accelerators;  ///< the same number for each stage
};

/// Where a replica stands: by stages, each server once. Without parts it has no place.
struct Placement {
  std::vector<PlacementPart> parts;

  bool is_on(ServerId server) const {
    return std::any_of(parts.begin(), parts.end(), [server](const PlacementPart& p) { return p.server == server; });
  }
};

class Fleet {
 public:
  /// Every server on, every accelerator idle_empty at time 0. `scenario.catalog` must outlive the fleet.
  explicit Fleet(const Scenario& scenario);

  const IndexedVector<ServerId, FleetServer>& servers() const { return servers_; }
  const IndexedVector<RackId, FleetRack>& racks() const { return racks_; }
  FleetServer& server(ServerId id) { return servers_[id]; }
  const FleetServer& server(ServerId id) const { return servers_[id]; }
  AcceleratorSlot& slot(ServerId server, AcceleratorId accelerator) {
    return servers_[server].accelerators[accelerator];
  }

  /// Gives accelerators to a pool (or to nobody) from `now` on.
  void assign(const Placement& placement, std::optional<PoolId> pool, Ticks now);
  void enter(const PlacementPart& part, AcceleratorState state, Power power, Ticks now);

  /// Power of a server. A boot or shutdown is begun, and ended by whoever waits for power_change_at; calling the end
  /// twice, or before its time, does nothing. Accelerators follow their server.
  void begin_boot(ServerId server_id, Ticks now);
  void end_boot(ServerId server_id, Ticks now);
  void begin_shutdown(ServerId server_id, Ticks now);
  void end_shutdown(ServerId server_id, Ticks now);
  /// Power off at once: at time 0, or when a boot is cancelled.
  void cut_power(ServerId server_id, Ticks now);
  /// Cuts the power of the servers that boot for the placement alone, whose start was cancelled.
  void stop_boots(const Placement& placement, Ticks now);

  /// The server is lost at once, whatever it did; no replica is on it any more. A rented one is given back.
  void fail(ServerId server_id, Ticks now);
  /// It could be booted again: it is off.
  void repair(ServerId server_id, Ticks now);
  /// A lost accelerator is replaced: it is as its server is.
  void regain(ServerId server_id, AcceleratorId accelerator, Ticks now);

  /// A replica on the server woke up (+1) or went (-1), whose accelerators there may draw so much more than empty ones.
  void count_awake(ServerId server_id, std::int32_t change, Power reserved, Ticks now);

  /// Whether any rack has a power budget.
  bool has_budgets() const { return has_budgets_; }
  /// What is left of a rack's budget: the budget less the most that all it holds can draw from now on, unless one more
  /// replica wakes. Infinite without a budget.
  double headroom_w(RackId rack) const;
  /// By how much that falls when a replica wakes whose accelerators on the server may draw `reserved` more than empty
  /// ones; a server that is off boots for it.
  double start_w(ServerId server_id, Power reserved) const;

  /// Ends the bin of every device at `now`; fills the servers' and racks' energy and the pools' accelerator totals.
  void close_bin(Ticks now, SeriesBin& bin);

  /// What the meters at the plugs of owned and of rented servers show at `now`, since time 0. A rack's switches count
  /// for its servers alike. All work must have been reported.
  struct Reading {
    Energy owned;
    Energy rented;
  };
  Reading read_meters(Ticks now);
  /// Of something that all servers share: the part of those that are owned, rounded down to a femtojoule.
  Energy owned_part(Energy energy) const;

  /// The servers by type and ownership, and how long they were rented.
  void list_servers(Ticks now, Meter& meter) const;

  /// What every device was charged until `now`, when the last bin is closed.
  IndexedVector<RackId, RackBook> books(Ticks now) const;

 private:
  static std::vector<Rental> rentals_of(const FleetServer& server, Ticks now);
  /// Counts a server among those of its kind; returns their number.
  std::size_t metered(const Server& type, bool rented);
  AcceleratorTotals& early_bin(std::optional<PoolId> pool);
  double most_w(const FleetServer& server, std::int32_t awake, Power reserved) const;
  /// Its accelerators draw nothing from now on, and it what its type draws unpowered: what a released machine draws is
  /// its provider's affair.
  void enter_unpowered(FleetServer& server, ServerState state, AcceleratorState accelerators, Ticks now);
  /// A rented machine is given back: its disk goes to somebody else.
  static void give_back(FleetServer& server, Ticks now);
  void enter_all(FleetServer& server, AcceleratorState state, Power power, Ticks now);

  IndexedVector<ServerId, FleetServer> servers_;
  std::vector<MeteredServers> metered_;
  IndexedVector<RackId, FleetRack> racks_;
  bool has_budgets_ = false;
  IndexedVector<PoolId, AcceleratorTotals>
      early_bins_;  ///< by pool, the unassigned last: closed early by a change of owner
};

}  // namespace idlewatt
