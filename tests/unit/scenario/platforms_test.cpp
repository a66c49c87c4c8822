// The catalogue that comes with idlewatt: it loads, and no figure is without a source or out of this world.
#include "scenario/figures.hpp"
#include "scenario/read_catalog.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"

namespace idlewatt {
namespace {

Catalog platforms() {
  return read_platforms(source_dir() + "/platforms");
}

void check(const std::string& owner, const FigureKey& key, const Figure& figure, double least, double most) {
  INFO(owner << "." << key.key << " = " << figure.value << ", " << figure.source);
  CHECK(figure.source.size() > 5);
  CHECK(figure.value >= least);
  CHECK(figure.value <= most);
}

// What no accelerator, server or engine of these years is outside of.
std::pair<double, double> plausible(const std::string& key) {
  if (key == "memory")
    return {8e9, 300e9};
  if (key == "memory_bandwidth")
    return {100e9, 10e12};
  if (key == "peak")
    return {10e12, 5e15};
  if (key == "board_limit")
    return {40, 1500};
  if (key == "idle_empty" || key == "idle_loaded" || key == "loading" || key == "parked" || key == "deep_parked" ||
      key == "busy_static" || key == "least_cap")
    return {5, 300};
  if (key == "link_active")
    return {0, 40};
  if (key == "kv_efficiency" || key == "decode_attention_efficiency" || key == "latent_kv_efficiency" ||
      key == "latent_compute_efficiency" || key == "attention_efficiency")
    return {0.1, 1};
  if (key == "attention_ramp_tokens")
    return {0, 2000};
  if (key == "latent_time_per_token")
    return {0, 2e-6};
  if (key == "latency_factor")
    return {0.3, 3};
  if (key == "clock_max" || key == "clock_min")
    return {100e6, 4e9};
  if (key == "clock_step")
    return {1e6, 200e6};
  if (key == "voltage_slope" || key == "voltage_floor" || key == "bandwidth_slope")
    return {0, 1};
  if (key == "clock_change_time")
    return {0, 1};
  if (key == "nic_latency")
    return {1e-6, 1e-3};
  if (key == "joules_per_byte")
    return {10e-12, 500e-12};
  if (key == "joules_per_flop")
    return {0.05e-12, 10e-12};
  if (key == "link_bandwidth")
    return {1e9, 1e12};
  if (key == "link_latency")
    return {1e-6, 1e-4};
  if (key == "base" || key == "boot_power")
    return {10, 3000};
  if (key == "overhead_per_accelerator")
    return {0, 0.5};
  if (key == "off")
    return {0, 100};
  if (key == "boot_time")
    return {30, 1200};
  if (key == "shutdown_time")
    return {1, 300};
  if (key == "nic")
    return {0.1e9, 1e12};
  if (key == "host_to_accelerator")
    return {4e9, 128e9};
  if (key == "disk")
    return {0.1e9, 50e9};
  if (key == "rent")
    return {0.1, 200};
  if (key == "parameters" || key == "active_parameters")
    return {1e8, 2e12};
  if (key == "compute_efficiency" || key == "bandwidth_efficiency")
    return {0.2, 1};
  if (key.ends_with("_factor"))
    return {0, 2};
  if (key == "layer_overhead" || key == "attention_overhead" || key == "expert_overhead" ||
      key == "collective_overhead" || key == "layer_launch" || key == "prefill_layer_launch")
    return {0, 1e-3};
  if (key == "long_step_tokens" || key == "profile_tokens" || key == "profile_sequences")
    return {0, 100'000};
  if (key == "step_overhead")
    return {0, 20e-3};
  if (key == "sequence_overhead")
    return {0, 1e-3};
  if (key == "memory_utilisation")
    return {0.5, 1};
  if (key == "reserve")
    return {0, 20e9};
  if (key == "provisioning")
    return {30, 1200};
  if (key == "billing_increment" || key == "billing_minimum")
    return {1, 3600};
  if (key == "image")
    return {1e9, 50e9};
  if (key == "load")
    return {0.1e9, 100e9};
  if (key == "start_time")
    return {1, 600};
  if (key == "start_time_per_billion_parameters")
    return {0, 60};
  if (key == "stop_time" || key == "wake_time")
    return {0, 120};
  return {1, 0};  // a figure that nobody thought about fails
}

TEST_CASE("The catalogue holds what the scenarios name") {
  const Catalog catalog = platforms();
  for (const char* name : {"a100-sxm-80", "a100-sxm-40", "h100-sxm", "l4", "t4"}) {
    CHECK(catalog.accelerators.contains(name));
  }
  for (const char* name : {"hgx-a100-80", "hgx-a100-40", "hgx-h100", "l4-8", "l4-1", "t4-4", "t4-1"}) {
    CHECK(catalog.servers.contains(name));
  }
  for (const char* name : {"llama-3-8b", "llama-2-7b", "llama-3-70b", "deepseek-r1-distill-qwen-7b"}) {
    CHECK(catalog.models.contains(name));
  }
  CHECK(catalog.engines.contains("vllm-2025"));
}

TEST_CASE("Every figure of the catalogue has a source and a plausible value") {
  const Catalog catalog = platforms();
  const auto visit = [](const std::string& owner) {
    return [owner](const FigureKey& key, const Figure& figure) {
      check(owner, key, figure, plausible(key.key).first, plausible(key.key).second);
    };
  };
  for (const auto& [name, accelerator] : catalog.accelerators) {
    const std::string owner = name;
    each_accelerator_figure(accelerator, visit(owner));
    each_arithmetic_figure(accelerator, [&](const FigureKey& key, const auto& figures) {
      for (const auto& figure : figures) {
        if (figure) {
          visit(owner)(key, *figure);
        }
      }
    });
  }
  for (const auto& [name, server] : catalog.servers) {
    each_server_figure(server, visit(name));
    CHECK(catalog.accelerators.contains(server.accelerator));
  }
  for (const auto& [name, model] : catalog.models) {
    each_model_figure(model, visit(name));
    CHECK(model.source.size() > 5);
  }
  for (const auto& [name, engine] : catalog.engines) {
    each_engine_figure(engine, visit(name));
  }
}

TEST_CASE("A T4 has no bf16") {
  const Catalog catalog = platforms();
  const Accelerator& t4 = catalog.accelerators.at("t4");
  CHECK(!t4.peak(Arithmetic::bf16).has_value());
  CHECK(t4.peak(Arithmetic::fp16).has_value());
  CHECK(t4.peak(Arithmetic::int8).has_value());
}

// Parameters of a Llama-like transformer, counted from its shape: catches a mistyped layer or width.
TEST_CASE("The parameters of the models agree with their shapes") {
  const Catalog catalog = platforms();
  for (const auto& [name, m] : catalog.models) {
    const double hidden = m.hidden;
    const double attention = hidden * m.head_dim * (2.0 * m.heads + 2.0 * m.kv_heads);
    const double mlp = 3.0 * hidden * m.intermediate;
    const double counted = m.layers * (attention + mlp) + 2.0 * m.vocabulary * hidden;
    INFO(name);
    CHECK(m.parameters.value == Approx(counted).epsilon(0.01));
  }
}

TEST_CASE("The KV cache of a token is as published") {
  const Catalog catalog = platforms();
  CHECK(catalog.models.at("llama-3-8b").kv_bytes_per_token() == 131072.0);
  CHECK(catalog.models.at("llama-2-7b").kv_bytes_per_token() == 524288.0);
  CHECK(catalog.models.at("llama-3-70b").kv_bytes_per_token() == 327680.0);
  CHECK(catalog.models.at("deepseek-r1-distill-qwen-7b").kv_bytes_per_token() == 57344.0);
}

}  // namespace
}  // namespace idlewatt
