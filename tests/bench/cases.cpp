#include "bench/cases.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "engine/replica.hpp"
#include "policy/table.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/pool/pool_physics.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "traffic/token_sampler.hpp"

namespace idlewatt {
namespace {

constexpr const char* kServer = "hgx-a100-80";
constexpr const char* kEngine = "vllm-2025";
constexpr std::int32_t kPerServer = 8;

template <class Policy>
PolicyChoice chosen(const std::vector<Declaration<Policy>>& table, const std::string& name) {
  return {.name = name, .parameters = Parameters::defaults_of(find(table, name)->info)};
}

/// `requests` of a Poisson process.
GeneratedTraffic poisson(const std::string& name, double rate_rps, std::int64_t requests) {
  GeneratedTraffic traffic;
  traffic.name = name;
  traffic.mean_rate_rps = rate_rps;
  traffic.duration_s = static_cast<double>(requests) / rate_rps;
  return traffic;
}

/// One pool of one model, one accelerator a replica, on as many servers as it needs.
Scenario one_pool(const Material& material, const std::string& model, std::int32_t replicas, double max_sequences,
                  GeneratedTraffic generated) {
  Pool pool;
  pool.name = "pool";
  pool.model = model;
  pool.server = kServer;
  pool.accelerator = material.catalog->servers.at(kServer).accelerator;
  pool.engine = kEngine;
  pool.replicas = {.start = replicas, .minimum = replicas, .maximum = replicas, .pending_allowed = false};
  pool.batching = chosen(BatchFamily::built_in(), "continuous");
  pool.batching.parameters.set("max_sequences", max_sequences);
  pool.autoscaling = chosen(AutoscaleFamily::built_in(), "static");
  pool.idle = chosen(IdleFamily::built_in(), "always-on");
  pool.admission = chosen(AdmissionFamily::built_in(), "always");
  pool.routing = chosen(RouteFamily::built_in(), "least-outstanding");

  Traffic traffic;
  traffic.name = generated.name;
  traffic.models = {model};
  traffic.slo = {.ttft_s = 1.0, .tpot_s = 0.1};
  traffic.generated = std::move(generated);

  Scenario scenario;
  scenario.title = "bench";
  scenario.horizon = to_ticks(traffic.generated->duration_s);
  scenario.site.tariff = {.pue = 1.5, .electricity_usd_per_kwh = {.flat = 0.1}, .carbon_g_per_kwh = {.flat = 400}};
  scenario.racks = {{.servers = {{.count = (replicas + kPerServer - 1) / kPerServer, .server = kServer}},
                     .uplink_bytes_per_s = 12.5e9,
                     .switch_w = 150,
                     .ownership = Ownership::rented}};
  scenario.pools = {std::move(pool)};
  scenario.traffic = {std::move(traffic)};
  scenario.catalog = material.catalog;
  return scenario;
}

}  // namespace

Material read_material() {
  const std::string source = IDLEWATT_SOURCE_DIR;
  const std::string workload = source + "/workloads/chat-spiky-day.yaml";
  return {.catalog = std::make_shared<Catalog>(read_platforms(source + "/platforms")),
          .chat = read_workload(parse_yaml(read_text_file(workload), workload))};
}

Scenario chat_scenario(const Material& material, std::int32_t replicas, double rate_rps, std::int64_t requests) {
  GeneratedTraffic traffic = poisson("chat", rate_rps, requests);
  traffic.prompt_tokens = material.chat.prompt_tokens;
  traffic.output_tokens = material.chat.output_tokens;
  return one_pool(material, "llama-3-8b", replicas, 64, std::move(traffic));
}

Scenario recording_scenario(const Material& material, double rate_rps, const std::string& server, std::int64_t bins) {
  constexpr std::int32_t replicas = 1000;
  constexpr std::int32_t per_rack = 32;
  Scenario scenario =
      chat_scenario(material, replicas, rate_rps, static_cast<std::int64_t>(rate_rps * static_cast<double>(bins + 1)));
  const Server& type = material.catalog->servers.at(server);
  scenario.pools.front().server = server;
  scenario.pools.front().accelerator = type.accelerator;
  Rack rack = scenario.racks.front();
  rack.servers = {{.count = per_rack / type.accelerators, .server = server}};
  scenario.racks = Racks((replicas + per_rack - 1) / per_rack, rack);
  scenario.sample_every = kTicksPerSecond;
  scenario.horizon = kTicksPerSecond * bins;
  return scenario;
}

Scenario coming_and_going_scenario(const Material& material, double hours) {
  constexpr std::int32_t kReplicas = 104;
  Scenario scenario = one_pool(material, "llama-3-8b", kReplicas, 64, material.chat);
  scenario.horizon = to_ticks(hours * 3600.0);
  scenario.traffic[StreamId(0)].scale = 12.0;
  Pool& pool = scenario.pools[PoolId(0)];
  pool.replicas = {.start = 20, .minimum = 1, .maximum = kReplicas, .pending_allowed = false};
  pool.autoscaling = chosen(AutoscaleFamily::built_in(), "hpa");
  pool.idle = chosen(IdleFamily::built_in(), "power-off-after");
  return scenario;
}

Scenario peers_scenario(const Material& material, std::int32_t replicas, std::int64_t requests) {
  GeneratedTraffic traffic = poisson("peers", 8.0 * replicas, requests);
  traffic.prompt_tokens = {{0, 1}, {512, 512}};
  traffic.output_tokens = {{0, 1}, {128, 128}};
  return one_pool(material, "llama-2-7b", replicas, 256, std::move(traffic));
}

std::string write_peers_scenario(const std::string& folder, std::int32_t replicas, std::int64_t requests) {
  const std::string rate = std::to_string(8 * replicas);
  const std::string duration = std::to_string(static_cast<double>(requests) / (8.0 * replicas));
  std::ofstream(folder + "/workload.yaml") << "name: peers\n"
                                           << "duration: " << duration << " s\n"
                                           << "mean_rate: " << rate << " /s\n"
                                           << "prompt_tokens: {quantiles: {0: 512, 1: 512}, source: bench}\n"
                                           << "output_tokens: {quantiles: {0: 128, 1: 128}, source: bench}\n";
  const std::string path = folder + "/scenario.yaml";
  std::ofstream file(path);
  file << "title: What other simulators are measured by\n"
       << "sample_every: 1 min\n"
       << "traffic:\n"
       << "  - {source: workload.yaml, model: llama-2-7b, slo: {ttft: 1 s, tpot: 100 ms}}\n"
       << "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}\n"
       << "racks:\n"
       << "  - {servers: " << (replicas + kPerServer - 1) / kPerServer << " x " << kServer
       << ", uplink: 100 Gbps, switch: 150 W}\n"
       << "pools:\n"
       << "  pool:\n"
       << "    model: llama-2-7b\n"
       << "    precision: bf16\n"
       << "    servers: " << kServer << "\n"
       << "    engine: " << kEngine << "\n"
       << "    tensor_parallel: 1\n"
       << "    replicas: {start: " << replicas << ", min: " << replicas << ", max: " << replicas << "}\n"
       << "    batching: {policy: continuous, max_sequences: 256}\n"
       << "    autoscaling: {policy: static}\n"
       << "    idle: {policy: always-on}\n"
       << "    routing: {policy: least-outstanding}\n";
  if (!file.flush()) {
    throw std::runtime_error("cannot write " + path);
  }
  return path;
}

double measured_capacity_rps(const Scenario& scenario, std::int64_t requests) {
  struct Ends final : ReplicaObserver {
    void worked(const Work&) override {}
    void finished(Finished&& finished) override { ticks.push_back(finished.end); }
    std::vector<Ticks> ticks;
  };
  const Pool& pool = scenario.pools.front();
  const Model& model = scenario.catalog->models.at(pool.model);
  const auto physics = make_physics(pool, *scenario.catalog);
  const MemoryPlan memory = memory_of(pool, *scenario.catalog);
  auto policy = find(BatchFamily::built_in(), pool.batching.name)->make(pool.batching.parameters);
  const ReplicaSpec spec(*physics, memory.kv_blocks, model.context_tokens, policy->max_sequences(), memory.layout);
  Replica replica(spec, std::move(policy));

  const GeneratedTraffic& traffic = *scenario.traffic.front().generated;
  TokenSampler prompt(traffic.prompt_tokens, RandomStream(1, "capacity/prompt"));
  TokenSampler output(traffic.output_tokens, RandomStream(1, "capacity/output"));
  for (std::int64_t i = 0; i < requests; ++i) {
    Request request;
    request.id = i;
    request.prompt_tokens = prompt.draw();
    request.output_tokens = output.draw();
    if (replica.fits(request)) {
      replica.enqueue(std::move(request), 0);
    }
  }
  Ends ends;
  replica.advance_to(kNever / 4, ends);
  // The middle, where the batch is full.
  const std::size_t first = ends.ticks.size() / 5;
  const std::size_t last = ends.ticks.size() * 4 / 5;
  return static_cast<double>(last - first) / to_seconds(ends.ticks[last] - ends.ticks[first]);
}

}  // namespace idlewatt
