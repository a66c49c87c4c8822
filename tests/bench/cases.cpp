#include "bench/cases.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
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
constexpr int kChatSequences = 64;
constexpr int kPeersSequences = 256;

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

namespace {

/// Token lengths in a workload file.
std::string quantiles(const QuantileTable& table) {
  std::ostringstream text;
  text << "{quantiles: {";
  for (std::size_t i = 0; i < table.probability.size(); ++i) {
    text << (i > 0 ? ", " : "") << table.probability[i] << ": " << table.value[i];
  }
  text << "}, source: bench}";
  return text.str();
}

/// What `one_pool` makes, as a file for any version of `idlewatt run`.
std::string write_scenario(const std::string& folder, const std::string& model, std::int32_t replicas,
                           int max_sequences, const GeneratedTraffic& traffic) {
  std::ofstream workload(folder + "/workload.yaml");
  workload.precision(17);
  workload << "name: " << traffic.name << "\n"
           << "duration: " << traffic.duration_s << " s\n"
           << "mean_rate: " << traffic.mean_rate_rps << " /s\n"
           << "prompt_tokens: " << quantiles(traffic.prompt_tokens) << "\n"
           << "output_tokens: " << quantiles(traffic.output_tokens) << "\n";
  const std::string path = folder + "/scenario.yaml";
  std::ofstream file(path);
  file << "title: bench\n"
       << "sample_every: 1 min\n"
       << "traffic:\n"
       << "  - {source: workload.yaml, model: " << model << ", slo: {ttft: 1 s, tpot: 100 ms}}\n"
       << "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}\n"
       << "racks:\n"
       << "  - {servers: " << (replicas + kPerServer - 1) / kPerServer << " x " << kServer
       << ", uplink: 100 Gbps, switch: 150 W}\n"
       << "pools:\n"
       << "  pool:\n"
       << "    model: " << model << "\n"
       << "    precision: bf16\n"
       << "    servers: " << kServer << "\n"
       << "    engine: " << kEngine << "\n"
       << "    replicas: {start: " << replicas << ", min: " << replicas << ", max: " << replicas << "}\n"
       << "    batching: {policy: continuous, max_sequences: " << max_sequences << "}\n"
       << "    autoscaling: {policy: static}\n"
       << "    idle: {policy: always-on}\n"
       << "    routing: {policy: least-outstanding}\n";
  if (!workload.flush() || !file.flush()) {
    throw std::runtime_error("cannot write " + path);
  }
  return path;
}

GeneratedTraffic chat_traffic(const Material& material, double rate_rps, std::int64_t requests) {
  GeneratedTraffic traffic = poisson("chat", rate_rps, requests);
  traffic.prompt_tokens = material.chat.prompt_tokens;
  traffic.output_tokens = material.chat.output_tokens;
  return traffic;
}

GeneratedTraffic peers_traffic(std::int32_t replicas, std::int64_t requests) {
  GeneratedTraffic traffic = poisson("peers", 8.0 * replicas, requests);
  traffic.prompt_tokens = {{0, 1}, {512, 512}};
  traffic.output_tokens = {{0, 1}, {128, 128}};
  return traffic;
}

}  // namespace

Scenario chat_scenario(const Material& material, std::int32_t replicas, double rate_rps, std::int64_t requests) {
  return one_pool(material, "llama-3-8b", replicas, kChatSequences, chat_traffic(material, rate_rps, requests));
}

std::string write_chat_scenario(const std::string& folder, const Material& material, std::int32_t replicas,
                                double rate_rps, std::int64_t requests) {
  return write_scenario(folder, "llama-3-8b", replicas, kChatSequences, chat_traffic(material, rate_rps, requests));
}

Scenario peers_scenario(const Material& material, std::int32_t replicas, std::int64_t requests) {
  return one_pool(material, "llama-2-7b", replicas, kPeersSequences, peers_traffic(replicas, requests));
}

std::string write_peers_scenario(const std::string& folder, std::int32_t replicas, std::int64_t requests) {
  return write_scenario(folder, "llama-2-7b", replicas, kPeersSequences, peers_traffic(replicas, requests));
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
