#include "control/rest_costs.hpp"

#include "control/load_times.hpp"

namespace idlewatt {
namespace {

bool is_rented(const Scenario& scenario, const std::string& server) {
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      if (group.server == server) {
        return rack.ownership == Ownership::rented;
      }
    }
  }
  return true;
}

}  // namespace

RestCosts rest_costs(const Scenario& scenario, const Pool& pool) {
  const LoadTimes times = LoadTimes::of(pool, *scenario.catalog);
  const Accelerator& accelerator = scenario.catalog->accelerators.at(pool.accelerator);
  const Server& server = *times.server;
  const double at_the_wall = 1.0 + server.overhead_per_accelerator_w.value;
  const double empty_w = accelerator.idle_empty_w.value;
  const double stop_s = times.engine->stop_s.value;

  // While its engine lets go a replica draws what it drew before; while it comes back, what loading draws.
  const double replica_w = pool.accelerators_per_replica() * at_the_wall;
  const double saved_w = replica_w * (accelerator.idle_loaded_w.value - empty_w);
  const auto rest = [&](double back_s) {
    return RestCost{.saved_w = saved_w,
                    .restart_j = saved_w * stop_s + replica_w * (accelerator.loading_w.value - empty_w) * back_s,
                    .go = to_ticks(stop_s),
                    .back = to_ticks(back_s)};
  };

  // While it shuts down a server's accelerators are off already; while it boots they are empty. What a released
  // machine draws is its provider's affair.
  const bool rented = is_rented(scenario, pool.server);
  const double off_w = rented ? 0.0 : server.off_w.value;
  const double boot_s = rented ? server.provision_s.value : server.boot_s.value;
  const double accelerators_w = server.accelerators * at_the_wall * empty_w;
  return {.sleep = rest(times.wake_s()),
          .unload = rest(times.read_s() + times.copy_s() + times.engine_start_s()),
          .server_off = {.saved_w = server.base_w.value + accelerators_w - off_w,
                         .restart_j = (server.base_w.value - off_w) * server.shutdown_s.value +
                                      (server.boot_w.value + accelerators_w - off_w) * boot_s,
                         .go = to_ticks(server.shutdown_s.value),
                         .back = to_ticks(boot_s)}};
}

}  // namespace idlewatt
