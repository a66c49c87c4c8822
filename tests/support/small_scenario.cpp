#include "support/small_scenario.hpp"

namespace idlewatt {

std::shared_ptr<const Catalog> small_catalog() {
  Server node;
  node.name = "node";
  node.title = "Four A100, as tests see them";
  node.accelerator = "a100";
  node.accelerators = 4;
  node.base_w = figure(500);
  node.overhead_per_accelerator_w = figure(0.12);
  node.off_w = figure(10);
  node.boot_s = figure(120);
  node.boot_w = figure(400);
  node.shutdown_s = figure(30);
  node.nic_bytes_per_s = figure(12.5e9);
  node.host_to_accelerator_bytes_per_s = figure(25e9);
  node.disk_bytes_per_s = figure(2e9);
  node.host_memory_bytes = figure(256e9);
  node.rent_usd_per_h = figure(16);
  node.provision_s = figure(180);
  node.billing_increment_s = figure(1);
  node.billing_minimum_s = figure(60);

  auto catalog = std::make_shared<Catalog>();
  catalog->accelerators["a100"] = a100();
  catalog->servers["node"] = node;
  catalog->models["llama-8b"] = llama_8b();
  catalog->engines["plain"] = plain_engine();
  return catalog;
}

PolicyChoice continuous_batching(double max_sequences) {
  PolicyChoice choice = default_choice(BatchFamily::built_in(), "continuous");
  choice.parameters.set("max_sequences", max_sequences);
  return choice;
}

Pool small_pool(const std::string& name, std::int32_t replicas) {
  Pool pool;
  pool.name = name;
  pool.model = "llama-8b";
  pool.server = "node";
  pool.accelerator = "a100";
  pool.engine = "plain";
  pool.replicas = {.start = replicas, .minimum = replicas, .maximum = replicas, .pending_allowed = true};
  pool.batching = continuous_batching(16);
  pool.autoscaling = default_choice(AutoscaleFamily::built_in(), "static");
  pool.idle = default_choice(IdleFamily::built_in(), "always-on");
  pool.admission = default_choice(AdmissionFamily::built_in(), "always");
  pool.routing = default_choice(RouteFamily::built_in(), "least-outstanding");
  return pool;
}

Traffic poisson(const std::string& name, double rate_rps, std::int32_t pool) {
  Traffic traffic;
  traffic.name = name;
  traffic.models = {"llama-8b"};
  traffic.pools = {PoolId(pool)};
  traffic.slo = {.ttft_s = 1.0, .tpot_s = 0.1};
  GeneratedTraffic generated;
  generated.name = name;
  generated.duration_s = 1e6;
  generated.mean_rate_rps = rate_rps;
  generated.prompt_tokens = {{0, 0.9, 1}, {50, 900, 1500}};
  generated.output_tokens = {{0, 0.5, 1}, {5, 100, 400}};
  traffic.generated = generated;
  return traffic;
}

Scenario small_scenario(double rate_rps, std::int32_t replicas) {
  Scenario scenario;
  scenario.title = "small";
  scenario.seed = 7;
  scenario.horizon = 600 * kTicksPerSecond;
  scenario.requests = true;
  scenario.traffic = {poisson("chat", rate_rps)};
  scenario.site.tariff = {.pue = 1.5, .electricity_usd_per_kwh = {.flat = 0.1}, .carbon_g_per_kwh = {.flat = 400}};
  scenario.racks = {
      {.servers = {{.count = 2, .server = "node"}}, .uplink_bytes_per_s = 12.5e9, .switch_w = 150, .ownership = {}}};
  scenario.pools = {small_pool("chat", replicas)};
  scenario.routing = default_choice(PoolRouteFamily::built_in(), "least-outstanding");
  scenario.catalog = small_catalog();
  return scenario;
}

}  // namespace idlewatt
