#include "scenario/site/check_power.hpp"

#include <algorithm>
#include <cmath>

#include "scenario/policy/chosen_policy.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// Whether servers of that type are off while they are empty: as the first pool says that runs on them.
bool goes_off(const Scenario& scenario, const std::string& server) {
  for (const Pool& pool : scenario.pools) {
    if (pool.server == server) {
      return starts_off(pool.idle);
    }
  }
  return false;
}

/// At the wall, of a server that is on and whose accelerators are empty.
double empty_w(const Server& server, const Catalog& catalog) {
  return server.base_w.value + server.accelerators * (1.0 + server.overhead_per_accelerator_w.value) *
                                   catalog.accelerators.at(server.accelerator).idle_empty_w.value;
}

/// What a rack draws when nothing is loaded.
double least_w(const Rack& rack, const Scenario& scenario) {
  double watts = rack.switch_w;
  for (const ServerGroup& group : rack.servers) {
    const Server& server = scenario.catalog->servers.at(group.server);
    const double off_w = rack.ownership == Ownership::rented ? 0.0 : server.off_w.value;
    watts += group.count * (goes_off(scenario, group.server) ? off_w : empty_w(server, *scenario.catalog));
  }
  return watts;
}

/// By how much the most that a rack draws rises with the first replica of the pool, all of whose stages are there.
double first_replica_w(const Pool& pool, const Rack& rack, const Scenario& scenario) {
  const Server& server = scenario.catalog->servers.at(pool.server);
  const Accelerator& accelerator = scenario.catalog->accelerators.at(pool.accelerator);
  const double most_w = std::max({pool.power_cap_w.value_or(accelerator.board_limit_w.value),
                                  accelerator.loading_w.value, accelerator.idle_loaded_w.value});
  double watts = pool.accelerators_per_replica() * (1.0 + server.overhead_per_accelerator_w.value) *
                 std::max(most_w - accelerator.idle_empty_w.value, 0.0);
  if (goes_off(scenario, pool.server)) {
    const double off_w = rack.ownership == Ownership::rented ? 0.0 : server.off_w.value;
    const double host_w = std::max(server.boot_w.value, server.base_w.value);
    watts += empty_w(server, *scenario.catalog) - server.base_w.value + host_w - off_w;
  }
  return watts;
}

std::string watts_text(double watts) {
  return number_text(std::ceil(watts)) + " W";
}

}  // namespace

void check_power(const Scenario& scenario, const YamlNode& racks_node) {
  IndexedVector<RackId, const YamlNode*> nodes;  // of the entry that a rack comes from
  for (const YamlNode& item : racks_node.items) {
    const YamlNode* count = item.find("count");
    const std::size_t racks = count == nullptr ? 1 : std::stoul(count->scalar);
    nodes.resize(nodes.size() + racks, &item);
  }
  for (const RackId id : scenario.racks.ids()) {
    const Rack& rack = scenario.racks[id];
    const YamlNode* budget = nodes[id]->find("power_budget");
    if (budget != nullptr && rack.power_budget_w < least_w(rack, scenario)) {
      fail(budget->place, "`power_budget` is " + number_text(rack.power_budget_w) + " W, and the rack draws " +
                              watts_text(least_w(rack, scenario)) + " with nothing loaded; expected at least that");
    }
  }
  for (const Pool& pool : scenario.pools) {
    const YamlNode* tight = nullptr;
    bool can_start = false;
    double needed_w = 0.0;
    for (const RackId id : scenario.racks.ids()) {
      const Rack& rack = scenario.racks[id];
      const bool holds = std::any_of(rack.servers.begin(), rack.servers.end(),
                                     [&](const ServerGroup& group) { return group.server == pool.server; });
      if (holds) {
        const double rack_needs_w = least_w(rack, scenario) + first_replica_w(pool, rack, scenario);
        can_start = can_start || rack_needs_w <= rack.power_budget_w;
        if (tight == nullptr && std::isfinite(rack.power_budget_w)) {
          tight = nodes[id]->find("power_budget");
          needed_w = rack_needs_w;
        }
      }
    }
    // The groups of one replica may stand in several racks.
    if (!can_start && tight != nullptr && pool.parallel.groups() == 1) {
      fail(tight->place, "no rack has power for a replica of pool `" + pool.name +
                             "`; expected a `power_budget` of at least " + watts_text(needed_w) +
                             ", or a lower `power_cap` of the pool");
    }
  }
}

}  // namespace idlewatt
