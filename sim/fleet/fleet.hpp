// The hardware of a scenario: racks, servers, accelerators, each with its account. Knows power, but no requests.
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

/// An accelerator in its server. `pool` is the pool whose replica holds it; empty when no replica does.
struct AcceleratorSlot {
  AcceleratorAccount account;
  std::optional<PoolId> pool;
  std::int32_t down = 0;  ///< number of its own faults that last
  bool claimed = false;   ///< true: set aside for a replica that waits until all of its accelerators are free

  /// True when no replica holds the accelerator and it works; free() also requires that it is not set aside.
  bool empty() const { return !pool && down == 0; }
  bool free() const { return empty() && !claimed; }
  AcceleratorTotals before;  ///< its totals when `pool` began to hold it
};

/// The present faults of a server.
struct ServerFaults {
  std::multiset<double> slow = {};  ///< factors of step times, one for each slowdown that lasts
  std::int32_t down = 0;            ///< number of losses that last
  std::int32_t cleared = 0;         ///< number of notices that the server will be taken away
};

/// The files on a server's disk, by name.
struct ServerDisk {
  std::set<std::string> files = {};  ///< images and weights that a load has left on it
  bool images_preloaded = false;     ///< true: every image is part of what the server boots from

  bool contains(const std::string& file) const { return files.contains(file); }
  bool has_image(const std::string& image) const { return images_preloaded || contains(image); }
  void insert(const std::string& file) { files.insert(file); }
  void insert(const std::set<std::string>& more) { files.insert(more.begin(), more.end()); }
  /// Forgets what loads have left.
  void clear() { files.clear(); }
};

/// A server of the fleet, with its state, its accounts and its contents.
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
  AcceleratorTotals accelerators_in_bin;  ///< totals of accelerators whose bin was closed early, by a change of owner
  IndexedVector<AcceleratorId, AcceleratorSlot> accelerators;
  std::vector<OwnerTotals> former_owners;  ///< totals of its accelerators' former holders, for the time until they
                                           ///< released them
  ServerDisk disk;
  HostMemory memory;               ///< weights of sleeping replicas
  Power reserved;                  ///< largest draw of its awake replicas, minus that of empty accelerators
  bool off_while_empty = false;    ///< true: on so far, and off from time 0 if no replica is placed on it
  std::int32_t awake = 0;          ///< number of replicas on it that are starting, ready, draining or stopping
  Ticks empty_since = 0;           ///< time since which `awake` is 0
  Ticks power_change_at = kNever;  ///< end of the boot or shutdown under way

  ServerFaults faults;

  ServerState state() const { return account.state(); }
  /// True when replicas may be placed on the server.
  bool available() const { return faults.down == 0 && faults.cleared == 0; }
  /// The factor by which steps on this server are longer than normal; 1 without a slowdown.
  double slowness() const { return faults.slow.empty() ? 1.0 : *faults.slow.rbegin(); }
  /// Seconds until the server is usable: a rented server is requested, provisioned and booted, an owned server is only
  /// booted.
  double boot_s() const { return rented ? type->provision_s.value : type->boot_s.value; }
};

/// The account of a rack's switches, charged bin by bin.
class RackAccount {
 public:
  RackAccount() = default;
  explicit RackAccount(Power switches) : power_(switches) {}

  Power power() const { return power_; }
  /// Closes the bin at `now`. Returns the energy since the last bin.
  Energy close_bin(Ticks now) {
    const Energy closed = power_ * (now - charged_until_);
    charged_until_ = now;
    total_ += closed;
    return closed;
  }
  /// Energy of all closed bins.
  Energy total() const { return total_; }
  /// Energy since time 0.
  Energy energy_until(Ticks now) const { return total_ + power_ * (now - charged_until_); }

 private:
  Power power_;
  Ticks charged_until_ = 0;
  Energy total_;
};

/// A rack of the fleet.
struct FleetRack {
  std::string name;
  double uplink_bytes_per_s = 0.0;
  double power_budget_w = 0.0;  ///< infinite when the rack has no budget
  RackAccount account;
  std::int32_t servers = 0;
  std::int32_t owned_servers = 0;
};

/// The part of a replica on one server: the accelerators of one stage, or of several consecutive stages.
struct PlacementPart {
  ServerId server;
  std::int32_t first_stage = 0;  ///< number of the stage or rank (Parallelism::groups)
  std::int32_t stages = 1;
  std::vector<AcceleratorId> accelerators;  ///< each of these stages has the same number of them
};

/// The place of a replica: by stages, each server once. A replica without a place has no parts.
struct Placement {
  std::vector<PlacementPart> parts;

  bool is_on(ServerId server) const {
    return std::any_of(parts.begin(), parts.end(), [server](const PlacementPart& p) { return p.server == server; });
  }
};

/// All racks, servers and accelerators of a scenario.
class Fleet {
 public:
  /// Makes the fleet with every server on and every accelerator idle_empty at time 0. `scenario.catalog` must outlive
  /// the fleet.
  explicit Fleet(const Scenario& scenario);

  const IndexedVector<ServerId, FleetServer>& servers() const { return servers_; }
  const IndexedVector<RackId, FleetRack>& racks() const { return racks_; }
  FleetServer& server(ServerId id) { return servers_[id]; }
  const FleetServer& server(ServerId id) const { return servers_[id]; }
  AcceleratorSlot& slot(ServerId server, AcceleratorId accelerator) {
    return servers_[server].accelerators[accelerator];
  }

  /// Gives accelerators to a pool (empty: to none) from `now` on.
  void assign(const Placement& placement, std::optional<PoolId> pool, Ticks now);
  void enter(const PlacementPart& part, AcceleratorState state, Power power, Ticks now);

  /// Power of a server. A boot or shutdown is begun here, and ended by the process that waits for power_change_at. A
  /// second or early call of the end does nothing. Accelerators follow their server.
  void begin_boot(ServerId server_id, Ticks now);
  void end_boot(ServerId server_id, Ticks now);
  void begin_shutdown(ServerId server_id, Ticks now);
  void end_shutdown(ServerId server_id, Ticks now);
  /// Cuts the power at once: at time 0, or when a boot is cancelled.
  void cut_power(ServerId server_id, Ticks now);
  /// Cuts the power of servers that boot only for the placement, whose start was cancelled.
  void stop_boots(const Placement& placement, Ticks now);

  /// Loses the server at once, in any state. Requires that no replica is on it. A rented server is given back.
  void fail(ServerId server_id, Ticks now);
  /// Repairs a lost server, which is then off and may be booted.
  void repair(ServerId server_id, Ticks now);
  /// Replaces a lost accelerator, which then has the state of its server.
  void regain(ServerId server_id, AcceleratorId accelerator, Ticks now);

  /// Counts a replica on the server that woke (+1) or left (-1). `reserved` is the largest draw of its accelerators
  /// there minus that of empty ones.
  void count_awake(ServerId server_id, std::int32_t change, Power reserved, Ticks now);

  /// True when some rack has a power budget.
  bool has_budgets() const { return has_budgets_; }
  /// Rack budget minus the worst-case draw of everything running in the rack, in watts; infinity if the rack has no
  /// budget.
  double headroom_w(RackId rack) const;
  /// By how much that falls when a replica wakes whose accelerators on the server may draw `reserved` more than empty
  /// ones; a server that is off boots for it.
  double start_w(ServerId server_id, Power reserved) const;

  /// Closes the bin of every device at `now`. Fills the servers' and racks' energy and the pools' accelerator totals.
  void close_bin(Ticks now, SeriesBin& bin);

  /// The readings of the meters at the plugs of owned and of rented servers since time 0. A rack's switches count in
  /// equal parts for its servers. Requires that all work has been reported.
  struct Reading {
    Energy owned;
    Energy rented;
  };
  Reading read_meters(Ticks now);
  /// The part of a shared energy that falls to owned servers, rounded down to a femtojoule.
  Energy owned_part(Energy energy) const;

  /// Adds the servers by type and ownership, and their rentals, to the meter.
  void list_servers(Ticks now, Meter& meter) const;

  /// The charges of every device until `now`. Requires that the last bin is closed.
  IndexedVector<RackId, RackBook> books(Ticks now) const;

 private:
  static std::vector<Rental> rentals_of(const FleetServer& server, Ticks now);
  /// Counts a server among those of its type and ownership. Returns their number.
  std::size_t metered(const Server& type, bool rented);
  AcceleratorTotals& early_bin(std::optional<PoolId> pool);
  double most_w(const FleetServer& server, std::int32_t awake, Power reserved) const;
  /// Takes the server's accelerators off power, and gives the server the draw of its type without power. (The draw of a
  /// released machine is its provider's.)
  void enter_unpowered(FleetServer& server, ServerState state, AcceleratorState accelerators, Ticks now);
  /// Gives a rented machine back; its disk is lost.
  static void give_back(FleetServer& server, Ticks now);
  void enter_all(FleetServer& server, AcceleratorState state, Power power, Ticks now);

  IndexedVector<ServerId, FleetServer> servers_;
  std::vector<MeteredServers> metered_;
  IndexedVector<RackId, FleetRack> racks_;
  bool has_budgets_ = false;
  IndexedVector<PoolId, AcceleratorTotals>
      early_bins_;  ///< bins closed early by a change of owner, by pool, the unassigned last
};

}  // namespace idlewatt
