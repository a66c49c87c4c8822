#include "datacenter/fleet.hpp"

#include <utility>

namespace idlewatt {

Fleet::Fleet(const Scenario& scenario) : early_bins_(scenario.pools.size() + 1) {
  for (const Rack& rack : scenario.racks) {
    const auto rack_number = static_cast<std::int32_t>(racks_.size());
    const std::string rack_name = "rack" + std::to_string(rack_number);
    racks_.push_back(
        {.name = rack_name, .switch_power = Power::from_w(rack.switch_w), .charged_until = 0, .switches = {}});
    for (const ServerGroup& group : rack.servers) {
      const Server& type = scenario.catalog->servers.at(group.server);
      const Accelerator& accelerator = scenario.catalog->accelerators.at(type.accelerator);
      for (std::int32_t i = 0; i < group.count; ++i) {
        FleetServer server{
            .name = rack_name + "/" + type.name + "/" + std::to_string(i),
            .type = &type,
            .accelerator = &accelerator,
            .rack = rack_number,
            .rented = rack.ownership == Ownership::rented,
            .account = ServerAccount(ServerState::on, Power::from_w(type.base_w.value)),
            .overhead = ProportionalEnergy(type.overhead_per_accelerator_w.value),
            .accelerators_in_bin = {},
            .accelerators = {},
        };
        for (int a = 0; a < type.accelerators; ++a) {
          server.accelerators.push_back(
              {AcceleratorAccount(AcceleratorState::idle_empty, Power::from_w(accelerator.idle_empty_w.value))});
        }
        servers_.push_back(std::move(server));
      }
    }
  }
}

AcceleratorTotals& Fleet::early_bin(std::int32_t pool) {
  return pool == AcceleratorSlot::kUnassigned ? early_bins_.back() : early_bins_[static_cast<std::size_t>(pool)];
}

void Fleet::assign(std::int32_t server, std::int32_t accelerator, std::int32_t pool, Ticks now) {
  AcceleratorSlot& changed = slot(server, accelerator);
  const AcceleratorTotals closed = changed.account.close_bin(now);
  early_bin(changed.pool) += closed;
  servers_[static_cast<std::size_t>(server)].accelerators_in_bin += closed.total_energy();
  changed.pool = pool;
}

void Fleet::close_bin(Ticks now, SeriesBin& bin) {
  bin.servers.assign(servers_.size(), {});
  bin.racks.assign(racks_.size(), {});
  for (std::size_t pool = 0; pool < early_bins_.size(); ++pool) {
    bin.pools[pool].accelerators = std::exchange(early_bins_[pool], {});
  }
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    FleetServer& server = servers_[i];
    Energy accelerators = std::exchange(server.accelerators_in_bin, {});
    for (AcceleratorSlot& slot : server.accelerators) {
      const AcceleratorTotals closed = slot.account.close_bin(now);
      accelerators += closed.total_energy();
      const bool unassigned = slot.pool == AcceleratorSlot::kUnassigned;
      bin.pools[unassigned ? bin.pools.size() - 1 : static_cast<std::size_t>(slot.pool)].accelerators += closed;
    }
    const Energy base = server.account.close_bin(now).total_energy();
    bin.servers[i] = base + accelerators + server.overhead.add(accelerators);
    bin.racks[static_cast<std::size_t>(server.rack)] += bin.servers[i];
  }
  for (std::size_t i = 0; i < racks_.size(); ++i) {
    FleetRack& rack = racks_[i];
    const Energy switches = rack.switch_power * (now - rack.charged_until);
    rack.charged_until = now;
    rack.switches += switches;
    bin.racks[i] += switches;
  }
}

std::vector<RackBook> Fleet::books() const {
  std::vector<RackBook> books(racks_.size());
  for (std::size_t i = 0; i < racks_.size(); ++i) {
    books[i].switches = racks_[i].switches;
  }
  for (const FleetServer& server : servers_) {
    ServerBook book;
    book.base = server.account.totals();
    book.overhead = server.overhead.total();
    book.rented = server.rented;
    book.rent_usd_per_h = server.type->rent_usd_per_h.value;
    for (const AcceleratorSlot& slot : server.accelerators) {
      book.accelerators.push_back(slot.account.totals());
    }
    books[static_cast<std::size_t>(server.rack)].servers.push_back(std::move(book));
  }
  return books;
}

}  // namespace idlewatt
