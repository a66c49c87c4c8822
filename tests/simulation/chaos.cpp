#include "chaos.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "base/random.hpp"
#include "catalog/model_weights.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed, "lifecycle chaos") {}

  bool chance(double share) { return random_.uniform() < share; }
  std::int32_t from_to(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(random_.uniform() * (high - low + 1));
  }
  double one_of(std::initializer_list<double> values) {
    return values.begin()[from_to(0, static_cast<std::int32_t>(values.size()) - 1)];
  }
  /// Half of them whole.
  double seconds(double most) {
    return chance(0.5) ? from_to(0, static_cast<std::int32_t>(most)) : random_.uniform() * most;
  }

 private:
  RandomStream random_;
};

Server random_server(Dice& dice, const std::string& name, Server server) {
  server.name = name;
  server.accelerators = static_cast<int>(dice.one_of({1, 2, 4, 8}));
  server.base_w = figure(dice.one_of({0, 500}));
  server.overhead_per_accelerator_w = figure(dice.one_of({0, 0.12}));
  server.boot_s = figure(dice.one_of({0, 1, 5, 10, 20.3}));
  server.provision_s = figure(dice.one_of({0, 5, 15, 33.3}));
  server.shutdown_s = figure(dice.one_of({0, 1, 5}));
  server.nic_bytes_per_s = figure(dice.one_of({2e9, 12.5e9}));
  server.disk_bytes_per_s = figure(dice.one_of({1e9, 7e9}));
  return server;
}

std::shared_ptr<const Catalog> random_catalog(Dice& dice) {
  auto catalog = std::make_shared<Catalog>(*small_catalog());
  catalog->accelerators["a100"].board_limit_w = figure(dice.one_of({400, 150}));
  const Server node = catalog->servers["node"];
  catalog->servers["node"] = random_server(dice, "node", node);
  catalog->servers["other"] = random_server(dice, "other", node);
  Engine& engine = catalog->engines["plain"];
  engine.image_bytes = figure(dice.one_of({0, 1e9, 10e9}));
  engine.image_unpack_s = figure(dice.one_of({0, 0.7, 6}));
  engine.start_s = figure(dice.one_of({0, 1, 5, 7.7}));
  engine.start_s_per_billion = figure(dice.one_of({0, 0.1}));
  engine.stop_s = figure(dice.one_of({0, 0.5, 2}));
  engine.wake_s = figure(dice.one_of({0, 1, 2.2}));
  Model mixture = catalog->models.at("llama-8b");
  mixture.name = "mixture";
  mixture.mixture = ExpertMixture{.experts = 24, .experts_per_token = 2, .intermediate = 512, .dense_layers = 1};
  mixture.parameters = figure(model_weights(mixture).total());
  catalog->models["mixture"] = mixture;
  return catalog;
}

PolicyChoice random_autoscaling(Dice& dice) {
  const auto table = AutoscaleFamily::built_in();
  PolicyChoice choice = default_choice(
      table, table[static_cast<std::size_t>(dice.from_to(0, static_cast<std::int32_t>(table.size()) - 1))].info.name);
  if (choice.name == "hpa") {
    choice.parameters.set("metric", dice.from_to(0, 5));
    choice.parameters.set("target", dice.one_of({0.3, 1, 4, 100}));
    choice.parameters.set("sync_period", dice.one_of({0.7, 1, 5}));
    choice.parameters.set("up_stabilization", dice.one_of({0, 0, 3}));
    choice.parameters.set("down_stabilization", dice.one_of({0, 2, 10}));
    choice.parameters.set("down_pods", dice.one_of({0, 1}));
    choice.parameters.set("down_percent", dice.one_of({0, 50, 100}));
  } else if (choice.name == "keda") {
    choice.parameters.set("metric", dice.from_to(0, 5));
    choice.parameters.set("target", dice.one_of({0.3, 1, 4}));
    choice.parameters.set("activation_threshold", dice.one_of({0, 0, 2}));
    choice.parameters.set("polling_interval", dice.one_of({1, 2.3, 5}));
    choice.parameters.set("cooldown", dice.one_of({0, 3, 10}));
    choice.parameters.set("sync_period", dice.one_of({0.7, 1, 5}));
    choice.parameters.set("down_stabilization", dice.one_of({0, 2, 10}));
    choice.parameters.set("down_select", dice.from_to(0, 2));
  } else if (choice.name == "knative-kpa") {
    choice.parameters.set("metric", dice.from_to(0, 1));
    choice.parameters.set("target", dice.one_of({0.5, 2, 10}));
    choice.parameters.set("stable_window", dice.one_of({6, 10}));
    choice.parameters.set("max_scale_up_rate", dice.one_of({1.1, 2, 1000}));
    choice.parameters.set("scale_to_zero_grace", dice.one_of({0, 3}));
    choice.parameters.set("scale_down_delay", dice.one_of({0, 4}));
    choice.parameters.set("activation_scale", dice.one_of({1, 2}));
    choice.parameters.set("tick", dice.one_of({0.5, 2}));
  } else if (choice.name == "ray-serve") {
    choice.parameters.set("target_ongoing_requests", dice.one_of({0.5, 2, 10}));
    choice.parameters.set("upscale_delay", dice.one_of({0, 2}));
    choice.parameters.set("downscale_delay", dice.one_of({0, 3, 10}));
    choice.parameters.set("downscaling_factor", dice.one_of({0.5, 1, 2}));
    choice.parameters.set("metrics_interval", dice.one_of({0.5, 2}));
  } else if (choice.name == "scheduled") {
    Schedule schedule;
    const std::int32_t every = dice.from_to(1, 20);
    for (std::int32_t second = 0; second < 120; second += every) {
      schedule.push_back({{{true, true, true, true, true, true, true}, second}, dice.from_to(0, 6)});
    }
    choice.parameters.set_schedule("schedule", schedule);
    choice.parameters.set("lead", dice.one_of({0, 1.5}));
  } else if (choice.name == "predictive") {
    choice.parameters.set("metric", dice.from_to(0, 1));
    choice.parameters.set("target", dice.one_of({0.5, 4}));
    choice.parameters.set("intervals_per_day", dice.one_of({17280, 43200}));
  } else if (choice.name == "clairvoyant") {
    choice.parameters.set("utilisation", dice.one_of({0.02, 0.2, 0.7}));
    choice.parameters.set("interval", dice.one_of({1, 5}));
    choice.parameters.set("window", dice.one_of({1, 5}));
    choice.parameters.set("keep", dice.one_of({0, 10}));
  }
  return choice;
}

PolicyChoice random_idle(Dice& dice) {
  const auto table = IdleFamily::built_in();
  PolicyChoice choice = default_choice(table, table[static_cast<std::size_t>(dice.from_to(0, 4))].info.name);
  if (choice.name != "always-on") {
    choice.parameters.set("after", dice.one_of({0.1, 1, 3.3, 10}));
    choice.parameters.set("wake_above", dice.one_of({0, 1, 5, 100}));
  }
  if (choice.name == "park") {
    choice.parameters.set("depth", dice.from_to(0, 1));
  }
  if (choice.name == "power-off-after") {
    choice.parameters.set("server_after", dice.one_of({0.1, 1, 5}));
  }
  return choice;
}

/// Of every third pool: a rank on several servers, keys and values in parts, or ranks that divide requests or tokens,
/// with experts over all or some accelerators of a stage.
void random_layout(std::uint64_t seed, std::int32_t number, const Catalog& catalog, Pool& pool) {
  Dice dice(seed * 8 + static_cast<std::uint64_t>(number) + 4'000'000);
  if (!dice.chance(0.33)) {
    return;
  }
  Parallelism& parallel = pool.parallel;
  parallel = {.tensor = static_cast<std::int32_t>(dice.one_of({1, 1, 2, 4})),
              .pipeline = dice.chance(0.7) ? 1 : dice.from_to(2, 3)};
  if (dice.chance(0.3)) {
    parallel.tensor_servers = dice.from_to(2, 3);
    parallel.tensor = parallel.tensor_servers * catalog.servers.at(pool.server).accelerators;
  }
  parallel.context = dice.chance(0.5) ? 1 : dice.from_to(2, 3);
  if (dice.chance(0.6)) {
    pool.model = "mixture";
    parallel.data_attention = dice.from_to(1, 3);
    parallel.redundant_experts = parallel.of_stage() > 1 && dice.chance(0.3) ? 24 : 0;
    std::vector<std::int32_t> degrees;
    for (std::int32_t degree = 1; degree <= 24; ++degree) {
      if (parallel.of_stage() % degree == 0 && 24 % degree == 0) {
        degrees.push_back(degree);
      }
    }
    parallel.expert = degrees[static_cast<std::size_t>(dice.from_to(0, static_cast<std::int32_t>(degrees.size()) - 1))];
    parallel.expert_imbalance = parallel.expert > 1 ? dice.one_of({1, 1.5}) : 1.0;
  }
  parallel.kv_split = parallel.tensor % 16 == 0 && dice.chance(0.5) ? 2 : 1;  // of 8 KV heads
}

Pool random_pool(Dice& dice, std::int32_t number) {
  Pool pool = small_pool("pool " + std::to_string(number), 0);
  pool.server = dice.chance(0.7) ? "node" : "other";
  pool.parallel.tensor = dice.chance(0.8) ? 1 : 2;
  pool.parallel.pipeline = dice.chance(0.6) ? 1 : dice.from_to(2, 5);
  pool.replicas.minimum = dice.from_to(0, 1);
  pool.replicas.maximum = dice.from_to(std::max(1, pool.replicas.minimum), 8);
  pool.replicas.start = dice.from_to(pool.replicas.minimum, pool.replicas.maximum);
  pool.placement = dice.chance(0.5) ? PlacementOrder::pack : PlacementOrder::spread;
  pool.batching = continuous_batching(dice.one_of({1, 4, 16}));
  pool.autoscaling = random_autoscaling(dice);
  pool.idle = random_idle(dice);
  pool.routing = default_choice(RouteFamily::built_in(), dice.chance(0.5) ? "least-outstanding" : "round-robin");
  return pool;
}

Traffic random_traffic(Dice& dice, std::int32_t pool) {
  Traffic traffic = poisson("stream " + std::to_string(pool), dice.one_of({0.05, 0.5, 2, 8}), pool);
  traffic.generated->prompt_tokens = {{0, 1}, {1, dice.one_of({10, 500})}};
  traffic.generated->output_tokens = {{0, 1}, {1, dice.one_of({5, 200})}};
  if (dice.chance(0.5)) {
    traffic.generated->spikes = {.per_day = 2000, .height_min = 5, .height_max = 20, .decay_s = 3};
  }
  return traffic;
}

void require(bool holds, const std::string& law) {
  if (!holds) {
    throw Error("the fleet contradicts itself: " + law);
  }
}

void check_part(const Cluster& cluster, const HostedReplica& replica, const PlacementPart& part) {
  const ServerState server = cluster.fleet().server(part.server).state();
  for (const AcceleratorId accelerator : part.accelerators) {
    const AcceleratorState state = cluster.fleet().server(part.server).accelerators[accelerator].account.state();
    const bool loaded = replica.state() == ReplicaState::ready || replica.state() == ReplicaState::going_to_sleep ||
                        replica.state() == ReplicaState::draining || replica.state() == ReplicaState::stopping ||
                        replica.state() == ReplicaState::draining_for_swap;
    const AcceleratorState rests = replica.parked() ? AcceleratorState::parked : AcceleratorState::idle_loaded;
    require(loaded == (state == rests), "an accelerator is not in its replica's state");
    if (can_be_woken(replica.state()) && server == ServerState::on) {
      require(state == AcceleratorState::idle_empty, "a sleeping replica's accelerator is not empty");
    }
    if (server != ServerState::on) {
      const AcceleratorState expected =
          server == ServerState::booting ? AcceleratorState::booting : AcceleratorState::off;
      require(state == expected, "an accelerator is not in its server's state");
    }
  }
  require(!is_awake(replica.state()) || replica.state() == ReplicaState::starting || server == ServerState::on,
          "a replica is awake on a server that is not on");
  require(replica.state() != ReplicaState::asleep || server == ServerState::on,
          "a replica is asleep on a server that is off");
}

void check_replica(const Pool& settings, const Cluster& cluster, const HostedReplica& replica) {
  require(replica.claim().parts.empty() || replica.state() == ReplicaState::pending,
          "one that has its place claims another");
  if (replica.state() == ReplicaState::gone || replica.state() == ReplicaState::pending ||
      replica.state() == ReplicaState::swapped_out) {
    require(replica.empty(), "a replica without a place has requests");
    require(replica.placement().parts.empty(), "a replica without a place holds accelerators");
    return;
  }
  std::int32_t stages = 0;
  std::set<ServerId> servers;
  for (const PlacementPart& part : replica.placement().parts) {
    require(part.first_stage == stages && part.stages > 0, "stages are not in order");
    require(static_cast<std::int32_t>(part.accelerators.size()) == part.stages * settings.parallel.of_group(),
            "a stage has too many accelerators, or too few");
    require(servers.insert(part.server).second, "a replica has two parts on one server");
    stages += part.stages;
    check_part(cluster, replica, part);
  }
  require(stages == settings.parallel.groups(), "a replica lacks a stage, or a rank");
  require(!replica.parked() || (replica.state() == ReplicaState::ready && replica.outstanding() == 0),
          "a replica is parked that is not idle");
  require(replica.outstanding() == 0 || replica.state() == ReplicaState::ready ||
              replica.state() == ReplicaState::draining || replica.state() == ReplicaState::draining_for_swap,
          "a replica that does not serve has requests");
}

}  // namespace

void check_fleet(const Cluster& cluster, const PowerPlanner* power) {
  std::map<ServerId, std::int32_t> awake;
  std::map<std::optional<PoolId>, std::map<ServerId, std::int32_t>> held;
  std::map<ServerId, std::int32_t> claimed;
  std::map<ServerId, double> asleep_bytes;
  for (const auto& pool : cluster.pools()) {
    const ReplicaSet& replicas = pool->replicas();
    std::map<ReplicaState, std::int32_t> states;
    for (const auto& replica : replicas.all()) {
      check_replica(pool->settings(), cluster, *replica);
      ++states[replica->state()];
      for (const PlacementPart& part : replica->claim().parts) {
        claimed[part.server] += static_cast<std::int32_t>(part.accelerators.size());
      }
      const ReplicaName name{pool->id(), replica->id()};
      if (const std::optional<ServerId> home = replica->weights_cached_on()) {
        asleep_bytes[*home] += replicas.load_times().weight_bytes();
        require(cluster.fleet().server(*home).state() == ServerState::on,
                "weights are in the memory of a server that is off");
        require(cluster.fleet().server(*home).memory.bytes_of(name) == replicas.load_times().weight_bytes(),
                "a server does not know whose weights it has");
      }
      for (const PlacementPart& part : replica->placement().parts) {
        awake[part.server] += is_awake(replica->state()) ? 1 : 0;
        held[pool->id()][part.server] += static_cast<std::int32_t>(part.accelerators.size());
        const double kept = cluster.fleet().server(part.server).memory.bytes_of(name);
        require((kept > 0.0) == (replica->state() == ReplicaState::asleep || replica->weights_cached_on().has_value()),
                "a server keeps weights of a replica that is awake, or none of one that sleeps");
      }
    }
    for (const ReplicaState of_state : every<ReplicaState, kReplicaStates>()) {
      require(replicas.count(of_state) == states[of_state], "replicas are miscounted");
    }
    // Where racks have budgets, those that sleep may have to wait for power: then it is known that they are wanted.
    require(!pool->requests().starved() || (power != nullptr && power->wake_wanted_since(pool->id()).has_value()) ||
                states[ReplicaState::asleep] + states[ReplicaState::unloaded] + states[ReplicaState::swapped_out] == 0,
            "requests wait, and all replicas sleep");
  }
  for (const ServerId id : cluster.fleet().servers().ids()) {
    const FleetServer& server = cluster.fleet().server(id);
    require(server.awake == awake[id], "a server miscounts its replicas");
    require(!server.rented ||
                server.rent.rented() == (server.state() != ServerState::off && server.state() != ServerState::failed),
            "a rented server is off and not given back, or the other way round");
    std::map<std::optional<PoolId>, std::int32_t> slots;
    std::int32_t claims = 0;
    for (const AcceleratorSlot& slot : server.accelerators) {
      ++slots[slot.pool];
      claims += slot.claimed ? 1 : 0;
      const bool failed = slot.account.state() == AcceleratorState::failed;
      require(failed == (slot.down > 0 || server.faults.down > 0),
              "an accelerator has failed that works, or works that failed");
      require(!failed || !slot.pool, "a replica holds a failed accelerator");
    }
    require(claims == claimed[id], "accelerators are set aside for nobody, or for two");
    require(asleep_bytes[id] <= server.type->host_memory_bytes.value, "host memory overflows");
    for (const PoolId pool : cluster.pools().ids()) {
      require(slots[pool] == held[pool][id], "accelerators are held by nobody, or by two");
    }
  }
}

/// Of every other case: all kinds of faults, some of them at whole seconds.
Faults random_faults(std::uint64_t seed, const Scenario& scenario) {
  Dice dice(seed + 1'000'000);
  Faults faults;
  if (dice.chance(0.5)) {
    return faults;
  }
  faults.retried = dice.chance(0.5);
  for (const FaultKind kind :
       {FaultKind::crash, FaultKind::accelerator, FaultKind::spot, FaultKind::uplink, FaultKind::slow}) {
    if (dice.chance(0.5)) {
      faults.rates.push_back({.kind = kind,
                              .mtbf_s = dice.one_of({10, 60, 300}),
                              .mttr_s = dice.one_of({1, 5, 30}),
                              .server = dice.chance(0.5) ? "node" : "",
                              .notice_s = kind == FaultKind::spot ? dice.one_of({0, 2, 10}) : 0.0,
                              .factor = kind == FaultKind::slow ? 1.7 : 0.1});
    }
  }
  std::int32_t servers = 0;
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      servers += group.count;
    }
  }
  for (std::int32_t events = dice.from_to(0, 4); events > 0; --events) {
    faults.events.push_back({.kind = dice.chance(0.7) ? FaultKind::crash : FaultKind::accelerator,
                             .at = dice.from_to(0, 40) * kTicksPerSecond,
                             .lasts = dice.from_to(1, 20) * kTicksPerSecond,
                             .server = ServerId(dice.from_to(0, servers - 1))});
  }
  return faults;
}

/// Of every other case: pools that swap, with room in host memory for a few of them.
void add_swapping(std::uint64_t seed, Scenario& scenario) {
  Dice dice(seed + 2'000'000);
  if (scenario.pools[PoolId(0)].role != PoolRole::both || !dice.chance(0.5)) {  // pools with roles do not swap
    return;
  }
  scenario.swapping = default_choice(SwapFamily::built_in(), dice.chance(0.7) ? "lru" : "least-used");
  scenario.swapping.parameters.set("to", dice.chance(0.7) ? 0 : 1);
  scenario.swapping.parameters.set("residence", dice.one_of({0, 1, 5}));
  scenario.swapping.parameters.set("patience", dice.one_of({0, 2, 10}));
  scenario.swapping.parameters.set("wake_above", dice.one_of({0, 2, 16}));
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  for (auto& [name, server] : catalog->servers) {
    server.host_memory_bytes = figure(dice.one_of({0, 25e9, 90e9}));
  }
  scenario.catalog = catalog;
  for (Pool& pool : scenario.pools) {
    pool.weights = pool.name;
    pool.pinned = dice.chance(0.1);
    pool.parallel = dice.chance(0.8) ? Parallelism{.tensor = std::min(pool.parallel.tensor, 2)} : pool.parallel;
  }
  if (dice.chance(0.3)) {
    scenario.racks[RackId(0)].power_budget_w = dice.one_of({3000, 9000});
  }
}

/// Of some cases: the first pool computes the prompts of the second one's requests; clients who do not wait for ever.
void random_roles(std::uint64_t seed, Scenario& scenario) {
  Dice dice(seed + 3'000'000);
  if (scenario.pools.size() < 2 || dice.chance(0.4)) {
    return;
  }
  Pool& prefill = scenario.pools[PoolId(0)];
  prefill.role = PoolRole::prefill;
  prefill.decode_pool = PoolId(1);
  prefill.kv_transfer = dice.chance(0.5) ? KvTransfer::layer_wise : KvTransfer::after_prompt;
  scenario.pools[PoolId(1)].role = PoolRole::decode;
  scenario.traffic[StreamId(1)].pools = {PoolId(0)};
  if (dice.chance(0.3)) {
    scenario.traffic[StreamId(0)].client =
        ClientBehaviour{.timeout_s = dice.one_of({0.05, 0.5, 3}), .retries = 2, .backoff = {}};
  }
}

ChaosCase random_chaos(std::uint64_t seed) {
  Dice dice(seed);
  ChaosCase chaos;
  chaos.seed = seed;
  Scenario& scenario = chaos.scenario;
  scenario = small_scenario(1.0, 1);
  scenario.seed = seed;
  scenario.horizon = to_ticks(dice.one_of({30, 60, 120.5}) + dice.seconds(20));
  scenario.sample_every = to_ticks(dice.one_of({1, 7.3, 60}));
  scenario.site.store_bytes_per_s = dice.one_of({1e9, 10e9, 25e9});
  scenario.catalog = random_catalog(dice);
  scenario.racks.clear();
  for (std::int32_t racks = dice.from_to(1, 2); racks > 0; --racks) {
    scenario.racks.add(
        {.servers = {{.count = dice.from_to(1, 3), .server = "node"}, {.count = dice.from_to(1, 2), .server = "other"}},
         .uplink_bytes_per_s = dice.one_of({3e9, 12.5e9}),
         .switch_w = dice.one_of({0, 150}),
         .ownership = dice.chance(0.5) ? Ownership::rented : Ownership::owned});
  }
  scenario.pools.clear();
  scenario.traffic.clear();
  const std::int32_t pools = dice.from_to(1, 3);
  for (std::int32_t pool = 0; pool < pools; ++pool) {
    scenario.pools.add(random_pool(dice, pool));
    random_layout(seed, pool, *scenario.catalog, scenario.pools[PoolId(pool)]);
    scenario.traffic.add(random_traffic(dice, pool));
  }
  random_roles(seed, scenario);
  scenario.faults = random_faults(seed, scenario);
  add_swapping(seed, scenario);
  std::vector<double> times;
  for (std::int32_t steps = dice.from_to(0, 20); steps > 0; --steps) {
    times.push_back(dice.seconds(to_seconds(scenario.horizon)));
  }
  std::sort(times.begin(), times.end());
  for (const double at_s : times) {
    chaos.steps.push_back(set_target(at_s, dice.from_to(0, 9), static_cast<std::size_t>(dice.from_to(0, pools - 1))));
  }
  return chaos;
}

std::string ChaosCase::print() const {
  std::ostringstream out;
  out << "seed " << seed << ", horizon " << to_seconds(scenario.horizon) << " s, sampled every "
      << to_seconds(scenario.sample_every) << " s, " << steps.size() << " steps";
  for (const Pool& pool : scenario.pools) {
    out << "; " << pool.server << " x" << pool.parallel.tensor << " on " << pool.parallel.tensor_servers << " x"
        << pool.parallel.pipeline << " x" << pool.parallel.data_attention << " data x" << pool.parallel.context
        << " context, " << pool.parallel.kv_split << " parts, experts " << pool.parallel.expert << " + "
        << pool.parallel.redundant_experts << " " << pool.replicas.minimum << "-" << pool.replicas.maximum << " from "
        << pool.replicas.start << ", " << pool.autoscaling.name << ", " << pool.idle.name;
  }
  out << "; " << scenario.faults.rates.size() << " rates and " << scenario.faults.events.size() << " events of faults"
      << "; swapping " << scenario.swapping.name;
  return out.str();
}

}  // namespace idlewatt
