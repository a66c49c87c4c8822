#include "fleet/fleet.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "base/require.hpp"
#include "ledger/waste.hpp"

namespace idlewatt {
namespace {

/// Adds what the accelerator did since its owner came to hold it. The owners of a server are few.
void add_stay(std::vector<OwnerTotals>& owners, const AcceleratorSlot& slot) {
  auto owner =
      std::find_if(owners.begin(), owners.end(), [&slot](const OwnerTotals& o) { return o.pool == slot.pool; });
  if (owner == owners.end()) {
    owner = owners.insert(owners.end(), {.pool = slot.pool, .accelerators = {}});
  }
  owner->accelerators += slot.account.totals();
  owner->accelerators -= slot.before;
}

}  // namespace

Fleet::Fleet(const Scenario& scenario) : early_bins_(scenario.pools.size() + 1) {
  for (const Rack& rack : scenario.racks) {
    const std::string rack_name = fmt::format("rack{}", racks_.size());
    const RackId rack_id = racks_.add({.name = rack_name,
                                       .uplink_bytes_per_s = rack.uplink_bytes_per_s,
                                       .power_budget_w = rack.power_budget_w,
                                       .account = RackAccount(Power::from_w(rack.switch_w))});
    has_budgets_ = has_budgets_ || std::isfinite(rack.power_budget_w);
    for (const ServerGroup& group : rack.servers) {
      const Server& type = scenario.catalog->servers.at(group.server);
      const Accelerator& accelerator = scenario.catalog->accelerators.at(type.accelerator);
      for (std::int32_t i = 0; i < group.count; ++i) {
        FleetServer server{
            .name = fmt::format("{}/{}/{}", rack_name, type.name, i),
            .type = &type,
            .accelerator = &accelerator,
            .rack = rack_id,
            .rented = rack.ownership == Ownership::rented,
            .account = ServerAccount(ServerState::on, Power::from_w(type.base_w.value)),
            .overhead = ProportionalEnergy(type.overhead_per_accelerator_w.value),
            .rent = {},
            .metered = metered(type, rack.ownership == Ownership::rented),
            .accelerators_in_bin = {},
            .accelerators = {},
            .former_owners = {},
            .disk = {.images_preloaded = rack.images_preloaded},
            .memory = {},
            .reserved = {},
            .faults = {},
        };
        server.rent.begin(0);
        for (int a = 0; a < type.accelerators; ++a) {
          server.accelerators.add({.account = AcceleratorAccount(AcceleratorState::idle_empty,
                                                                 Power::from_w(accelerator.idle_empty_w.value)),
                                   .pool = {},
                                   .before = {}});
        }
        ++racks_.back().servers;
        racks_.back().owned_servers += server.rented ? 0 : 1;
        servers_.add(std::move(server));
      }
    }
  }
}

AcceleratorTotals& Fleet::early_bin(std::optional<PoolId> pool) {
  return pool ? early_bins_[*pool] : early_bins_.back();
}

void Fleet::assign(const Placement& placement, std::optional<PoolId> pool, Ticks now) {
  for (const PlacementPart& part : placement.parts) {
    for (const AcceleratorId accelerator : part.accelerators) {
      AcceleratorSlot& changed = slot(part.server, accelerator);
      const AcceleratorTotals closed = changed.account.close_bin(now);
      early_bin(changed.pool) += closed;
      FleetServer& its_server = server(part.server);
      its_server.accelerators_in_bin += closed;
      add_stay(its_server.former_owners, changed);
      changed.before = changed.account.totals();
      changed.pool = pool;
    }
  }
}

void Fleet::enter(const PlacementPart& part, AcceleratorState state, Power power, Ticks now) {
  for (const AcceleratorId accelerator : part.accelerators) {
    slot(part.server, accelerator).account.enter(state, power, now);
  }
}

void Fleet::enter_all(FleetServer& server, AcceleratorState state, Power power, Ticks now) {
  for (AcceleratorSlot& slot : server.accelerators) {
    if (slot.down == 0) {
      slot.account.enter(state, power, now);
    }
  }
}

void Fleet::begin_boot(ServerId server_id, Ticks now) {
  FleetServer& booted = server(server_id);
  booted.account.enter(ServerState::booting, Power::from_w(booted.type->boot_w.value), now);
  enter_all(booted, AcceleratorState::booting, Power::from_w(booted.accelerator->idle_empty_w.value), now);
  booted.power_change_at = now + to_ticks(booted.boot_s());
  if (booted.rented) {
    booted.rent.begin(now);
  }
}

void Fleet::end_boot(ServerId server_id, Ticks now) {
  FleetServer& booted = server(server_id);
  if (booted.state() == ServerState::booting && now >= booted.power_change_at) {
    booted.account.enter(ServerState::on, Power::from_w(booted.type->base_w.value), now);
    enter_all(booted, AcceleratorState::idle_empty, Power::from_w(booted.accelerator->idle_empty_w.value), now);
    booted.power_change_at = kNever;
  }
}

void Fleet::begin_shutdown(ServerId server_id, Ticks now) {
  FleetServer& stopped = server(server_id);
  stopped.account.enter(ServerState::shutting_down, Power::from_w(stopped.type->base_w.value), now);
  enter_all(stopped, AcceleratorState::off, Power{}, now);
  stopped.power_change_at = now + to_ticks(stopped.type->shutdown_s.value);
}

void Fleet::end_shutdown(ServerId server_id, Ticks now) {
  const FleetServer& stopped = server(server_id);
  if (stopped.state() == ServerState::shutting_down && now >= stopped.power_change_at) {
    cut_power(server_id, now);
  }
}

void Fleet::enter_unpowered(FleetServer& server, ServerState state, AcceleratorState accelerators, Ticks now) {
  server.account.enter(state, server.rented ? Power{} : Power::from_w(server.type->off_w.value), now);
  enter_all(server, accelerators, Power{}, now);
  server.power_change_at = kNever;
}

void Fleet::give_back(FleetServer& server, Ticks now) {
  if (server.rented) {
    if (server.rent.rented()) {
      server.rent.end(now);
    }
    server.disk.clear();
  }
}

void Fleet::cut_power(ServerId server_id, Ticks now) {
  FleetServer& cut = server(server_id);
  enter_unpowered(cut, ServerState::off, AcceleratorState::off, now);
  give_back(cut, now);
}

void Fleet::stop_boots(const Placement& placement, Ticks now) {
  for (const PlacementPart& part : placement.parts) {
    if (server(part.server).state() == ServerState::booting && server(part.server).awake == 0) {
      cut_power(part.server, now);
    }
  }
}

void Fleet::fail(ServerId server_id, Ticks now) {
  FleetServer& failed = server(server_id);
  require(failed.awake == 0, "a server that no replica is on");
  enter_unpowered(failed, ServerState::failed, AcceleratorState::failed, now);
  give_back(failed, now);
}

void Fleet::repair(ServerId server_id, Ticks now) {
  enter_unpowered(server(server_id), ServerState::off, AcceleratorState::off, now);
}

void Fleet::regain(ServerId server_id, AcceleratorId accelerator, Ticks now) {
  const FleetServer& regaining = server(server_id);
  AcceleratorAccount& account = slot(server_id, accelerator).account;
  const Power empty = Power::from_w(regaining.accelerator->idle_empty_w.value);
  switch (regaining.state()) {
    case ServerState::on:
      return account.enter(AcceleratorState::idle_empty, empty, now);
    case ServerState::booting:
      return account.enter(AcceleratorState::booting, empty, now);
    case ServerState::failed:
      return;
    case ServerState::off:
    case ServerState::shutting_down:
      break;
  }
  account.enter(AcceleratorState::off, Power{}, now);
}

double Fleet::most_w(const FleetServer& server, std::int32_t awake, Power reserved) const {
  const Server& type = *server.type;
  const bool is_on = server.state() == ServerState::on;
  const bool stays_up = (is_on && !server.off_while_empty) || server.state() == ServerState::booting;
  if (awake == 0 && !stays_up) {
    const double off_w = server.rented ? 0.0 : type.off_w.value;
    return server.state() == ServerState::shutting_down ? std::max(type.base_w.value, off_w) : off_w;
  }
  const double host_w = is_on ? type.base_w.value : std::max(type.base_w.value, type.boot_w.value);
  const double empty_w = type.accelerators * server.accelerator->idle_empty_w.value;
  return host_w + (1.0 + type.overhead_per_accelerator_w.value) * (empty_w + reserved.w());
}

double Fleet::headroom_w(RackId rack_id) const {
  const FleetRack& rack = racks_[rack_id];
  if (!std::isfinite(rack.power_budget_w)) {
    return std::numeric_limits<double>::infinity();
  }
  double most = rack.account.power().w();
  for (const FleetServer& server : servers_) {
    most += server.rack == rack_id ? most_w(server, server.awake, server.reserved) : 0.0;
  }
  return rack.power_budget_w - most;
}

double Fleet::start_w(ServerId server_id, Power reserved) const {
  const FleetServer& started = servers_[server_id];
  return most_w(started, started.awake + 1, started.reserved + reserved) -
         most_w(started, started.awake, started.reserved);
}

void Fleet::count_awake(ServerId server_id, std::int32_t change, Power reserved, Ticks now) {
  FleetServer& changed = server(server_id);
  changed.reserved.tenth_mw += change * reserved.tenth_mw;
  changed.awake += change;
  if (changed.awake == 0) {
    changed.empty_since = now;
  }
}

void Fleet::close_bin(Ticks now, SeriesBin& bin) {
  bin.servers = IndexedVector<ServerId, Energy>(servers_.size());
  bin.racks = IndexedVector<RackId, Energy>(racks_.size());
  bin.servers_idle_j = IndexedVector<ServerId, double>(servers_.size());
  bin.racks_idle_j = IndexedVector<RackId, double>(racks_.size());
  IndexedVector<RackId, Waste> rack_waste(racks_.size());
  for (const PoolId pool : early_bins_.ids()) {
    bin.pools[pool].accelerators = std::exchange(early_bins_[pool], {});
  }
  for (const ServerId id : servers_.ids()) {
    FleetServer& server = servers_[id];
    const RackId rack = server.rack;
    AcceleratorTotals accelerators = std::exchange(server.accelerators_in_bin, {});
    for (AcceleratorSlot& slot : server.accelerators) {
      const AcceleratorTotals closed = slot.account.close_bin(now);
      accelerators += closed;
      (slot.pool ? bin.pools[*slot.pool] : bin.pools.back()).accelerators += closed;
    }
    const ServerTotals base = server.account.close_bin(now);
    const Energy accelerator_energy = accelerators.total_energy();
    const Energy overhead = server.overhead.add(accelerator_energy);
    bin.servers[id] = base.total_energy() + accelerator_energy + overhead;
    bin.racks[rack] += bin.servers[id];
    const Waste waste = waste_of(accelerators);
    bin.servers_idle_j[id] = server_waste_j(waste, accelerator_energy, overhead, base);
    bin.racks_idle_j[rack] += bin.servers_idle_j[id];
    rack_waste[rack] += waste;
  }
  for (const RackId id : racks_.ids()) {
    const Energy switches = racks_[id].account.close_bin(now);
    bin.racks[id] += switches;
    bin.racks_idle_j[id] += switches.j() * rack_waste[id].share();
  }
}

Fleet::Reading Fleet::read_meters(Ticks now) {
  Reading reading;
  for (FleetServer& server : servers_) {
    Energy open = server.accelerators_in_bin.total_energy();  // of the bin that goes on
    Energy accelerators;
    for (AcceleratorSlot& slot : server.accelerators) {
      slot.account.charge_until(now);
      accelerators += slot.account.charged_energy();
      open += slot.account.charged_energy() - slot.account.totals().total_energy();
    }
    server.account.charge_until(now);
    (server.rented ? reading.rented : reading.owned) +=
        server.account.charged_energy() + accelerators + server.overhead.total_with(open);
  }
  for (const FleetRack& rack : racks_) {
    const Energy switches = rack.account.energy_until(now);
    const Energy owned = rack.servers > 0 ? share(switches, rack.owned_servers, rack.servers) : Energy{};
    reading.owned += owned;
    reading.rented += switches - owned;
  }
  return reading;
}

Energy Fleet::owned_part(Energy energy) const {
  const auto owned =
      std::count_if(servers_.begin(), servers_.end(), [](const FleetServer& server) { return !server.rented; });
  return servers_.empty() ? Energy{} : share(energy, owned, static_cast<Ticks>(servers_.size()));
}

std::vector<Rental> Fleet::rentals_of(const FleetServer& server, Ticks now) {
  std::vector<Rental> rentals;
  if (server.rented) {
    const auto number = static_cast<std::int64_t>(server.metered);
    for (const Ticks used : server.rent.ended()) {
      rentals.push_back({.servers = number, .used = used});
    }
    if (server.rent.rented()) {
      rentals.push_back({.servers = number, .used = server.rent.open(now), .open = true});
    }
  }
  return rentals;
}

void Fleet::list_servers(Ticks now, Meter& meter) const {
  meter.servers = metered_;
  std::map<std::tuple<std::int64_t, Ticks, bool>, std::int64_t> counts;
  for (const FleetServer& server : servers_) {
    for (const Rental& rental : rentals_of(server, now)) {
      ++counts[{rental.servers, rental.used, rental.open}];
    }
  }
  for (const auto& [rental, count] : counts) {
    const auto& [number, used, open] = rental;
    meter.rentals.push_back({.servers = number, .used = used, .open = open, .count = count});
  }
}

std::size_t Fleet::metered(const Server& type, bool rented) {
  const auto found = std::find_if(metered_.begin(), metered_.end(), [&](const MeteredServers& servers) {
    return servers.type == type.name && servers.rented == rented;
  });
  const auto number = static_cast<std::size_t>(found - metered_.begin());
  if (found == metered_.end()) {
    metered_.push_back({.type = type.name,
                        .rented = rented,
                        .count = 0,
                        .rent_usd_per_h = type.rent_usd_per_h.value,
                        .increment = to_ticks(type.billing_increment_s.value),
                        .minimum = to_ticks(type.billing_minimum_s.value)});
  }
  ++metered_[number].count;
  return number;
}

IndexedVector<RackId, RackBook> Fleet::books(Ticks now) const {
  IndexedVector<RackId, RackBook> books(racks_.size());
  for (const RackId rack : racks_.ids()) {
    books[rack].switches = racks_[rack].account.total();
  }
  for (const FleetServer& server : servers_) {
    ServerBook book;
    book.base = server.account.totals();
    book.overhead = server.overhead.total();
    book.rented = server.rented;
    book.metered = server.metered;
    book.rentals = rentals_of(server, now);
    book.owners = server.former_owners;
    for (const AcceleratorSlot& slot : server.accelerators) {
      book.accelerators.push_back(slot.account.totals());
      add_stay(book.owners, slot);
    }
    books[server.rack].servers.push_back(std::move(book));
  }
  return books;
}

}  // namespace idlewatt
