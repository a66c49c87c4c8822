// The hardware of a scenario: racks, servers, accelerators, each with its account. Knows power, not queries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catalog/accelerator.hpp"
#include "catalog/server.hpp"
#include "ledger/account.hpp"
#include "ledger/books.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// An accelerator in its server. `pool` is the one whose replica holds it; `kUnassigned` for none.
struct AcceleratorSlot {
  static constexpr std::int32_t kUnassigned = -1;

  AcceleratorAccount account;
  std::int32_t pool = kUnassigned;
};

struct FleetServer {
  std::string name;  ///< "rack0/hgx-a100-80/0"
  const Server* type = nullptr;
  const Accelerator* accelerator = nullptr;
  std::int32_t rack = 0;
  bool rented = true;
  ServerAccount account;
  ProportionalEnergy overhead;
  Energy accelerators_in_bin;  ///< of accelerators whose bin was closed early, by a change of owner
  std::vector<AcceleratorSlot> accelerators;
};

struct FleetRack {
  std::string name;
  Power switch_power;
  Ticks charged_until = 0;
  Energy switches;
};

/// Accelerators of one server for one replica.
struct Placement {
  std::int32_t server = 0;
  std::vector<std::int32_t> accelerators;
};

class Fleet {
 public:
  /// Every server on, every accelerator idle_empty at time 0. `scenario.catalog` must outlive the fleet.
  explicit Fleet(const Scenario& scenario);

  std::vector<FleetServer>& servers() { return servers_; }
  const std::vector<FleetServer>& servers() const { return servers_; }
  const std::vector<FleetRack>& racks() const { return racks_; }

  AcceleratorSlot& slot(std::int32_t server, std::int32_t accelerator) {
    return servers_[static_cast<std::size_t>(server)].accelerators[static_cast<std::size_t>(accelerator)];
  }

  /// Gives an accelerator to a pool (or to nobody) from `now` on.
  void assign(std::int32_t server, std::int32_t accelerator, std::int32_t pool, Ticks now);

  /// Ends the bin of every device at `now`; fills the servers' and racks' energy and the pools' accelerator totals.
  void close_bin(Ticks now, SeriesBin& bin);

  /// What every device was charged, when the last bin is closed.
  std::vector<RackBook> books() const;

 private:
  AcceleratorTotals& early_bin(std::int32_t pool);

  std::vector<FleetServer> servers_;
  std::vector<FleetRack> racks_;
  std::vector<AcceleratorTotals> early_bins_;  ///< by pool, the unassigned last: closed early by a change of owner
};

}  // namespace idlewatt
