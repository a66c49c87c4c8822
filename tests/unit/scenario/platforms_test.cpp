// The catalogue that comes with idlewatt: it loads, and no figure is without a source or out of this world.
#include <algorithm>

#include "catalog/model_weights.hpp"
#include "scenario/catalog/figures.hpp"
#include "scenario/catalog/read_catalog.hpp"
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
  if (figure.range) {
    CHECK(figure.range->low >= least);
    CHECK(figure.range->high <= most);
  }
  CHECK((figure.range || figure.status != Status::assumed));
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
  if (key == "idle_empty" || key == "idle_loaded" || key == "loading" || key == "parked" || key == "deep_parked")
    return {5, 300};
  if (key == "busy_static")
    return {5, 400};
  if (key == "least_cap")
    return {20, 600};
  if (key == "link_active")
    return {0, 60};
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
  if (key.starts_with("link_bandwidth"))
    return {1e9, 1e12};
  if (key.starts_with("link_latency"))
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
  if (key == "host_memory")
    return {8e9, 8e12};
  if (key == "rent")
    return {0.1, 200};
  if (key == "parameters" || key == "active_parameters")
    return {1e8, 2e12};
  if (key == "compute_efficiency" || key == "bandwidth_efficiency")
    return {0.2, 1};
  if (key == "expert_elementwise_factor")
    return {0, 5};
  if (key == "eight_bit_latent_compute_factor")
    return {0.05, 4};
  if (key.ends_with("_factor"))
    return {0, 3};
  if (key == "layer_overhead" || key == "eight_bit_layer_overhead" || key == "attention_overhead" ||
      key == "expert_overhead" || key == "collective_overhead" || key == "layer_launch" ||
      key == "prefill_layer_launch")
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
  if (key == "image_unpack_time")
    return {0, 1200};
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

TEST_CASE("The catalogue holds what is asked of it") {
  const Catalog catalog = platforms();
  const char* const accelerators[] = {"a100-sxm-40", "a100-sxm-80", "a100-pcie-80", "l4",       "t4",   "a10g",
                                      "l40s",        "h100-sxm",    "h100-pcie",    "h200",     "b200", "mi300x",
                                      "tpu-v5e",     "inferentia2", "trainium1",    "trainium2"};
  for (const char* name : accelerators) {
    INFO(name);
    CHECK(catalog.accelerators.contains(name));
    const auto holds = [&](bool alone) {
      return std::any_of(catalog.servers.begin(), catalog.servers.end(), [&](const auto& entry) {
        return entry.second.accelerator == name && (entry.second.accelerators == 1) == alone;
      });
    };
    CHECK(holds(false));
    // Nobody rents a single SXM H200 or B200.
    CHECK(holds(true) != (std::string(name) == "h200" || std::string(name) == "b200"));
  }
  for (const char* name :
       {"deepseek-v3", "deepseek-r1", "deepseek-v2", "deepseek-llm-7b", "deepseek-llm-67b", "llama-2-7b", "llama-2-70b",
        "llama-3-8b", "llama-3-70b", "gemma-7b", "gpt-4-class", "deepseek-r1-distill-qwen-7b",
        "deepseek-r1-distill-qwen-32b", "mistral-7b", "mixtral-8x7b", "qwen2-7b", "bloom-176b", "llama-30b"}) {
    INFO(name);
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
    each_link_group_figure(accelerator, [&](const FigureKey& key, const std::optional<Figure>& figure) {
      if (figure) {
        visit(owner)(key, *figure);
      }
    });
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
    for (const auto& [accelerator, figures] : engine.on) {
      INFO(accelerator);
      CHECK(catalog.accelerators.contains(accelerator));
      const Engine there = engine.on_accelerator(accelerator);
      each_engine_figure(there, visit(name));
    }
  }
}

TEST_CASE("Accelerators compute in what their hardware has") {
  const Catalog catalog = platforms();
  const auto formats = [&](const std::string& name) {
    std::string list;
    for (const Arithmetic arithmetic : kArithmetics) {
      if (catalog.accelerators.at(name).peak(arithmetic)) {
        list += (list.empty() ? "" : " ") + std::string(to_string(arithmetic));
      }
    }
    return list;
  };
  CHECK(formats("t4") == "fp16 int8");
  for (const char* name : {"a100-sxm-40", "a100-sxm-80", "a100-pcie-80", "a10g", "inferentia2", "trainium1"}) {
    CHECK(formats(name) == "fp16 bf16 int8");
  }
  for (const char* name : {"h100-sxm", "h100-pcie", "h200", "l4", "l40s", "mi300x"}) {
    CHECK(formats(name) == "fp16 bf16 fp8 int8");
  }
  CHECK(formats("tpu-v5e") == "bf16 int8");
  CHECK(formats("trainium2") == "fp16 bf16 fp8");
}

TEST_CASE("Powers of an accelerator are in their natural order") {
  const Catalog catalog = platforms();
  for (const auto& [name, a] : catalog.accelerators) {
    INFO(name);
    CHECK(a.idle_empty_w.value <= a.deep_parked_w.value);
    CHECK(a.deep_parked_w.value <= a.parked_w.value);
    CHECK(a.parked_w.value <= a.idle_loaded_w.value);
    CHECK(a.least_cap_w.value <= a.board_limit_w.value);
    CHECK(a.busy_static_w.value < a.board_limit_w.value);
    // A short decode step, reading at full speed, stays within the limit by and large.
    const double reading =
        a.joules_per_byte.value * a.memory_bandwidth_bytes_per_s.value * a.bandwidth_efficiency.value;
    CHECK(a.busy_static_w.value + reading < 1.1 * a.board_limit_w.value);
  }
}

// What is left out of the shape (biases, norms) is some hundredths of a percent; makers round to whole billions, and
// count the embedding table among the active parameters, though a token uses one row of it.
TEST_CASE("The parameters of the models agree with their shapes") {
  const Catalog catalog = platforms();
  for (const auto& [name, model] : catalog.models) {
    const ModelWeights weights = model_weights(model);
    INFO(name);
    CHECK(model.parameters.value == Approx(weights.total()).epsilon(0.03));
    CHECK(model.active_parameters.value == Approx(weights.active() + weights.embedding).epsilon(0.03));
  }
}

TEST_CASE("Training energies stand where the article gives them, with their ranges") {
  const Catalog catalog = platforms();
  const auto range = [&](const char* name) {
    const Figure& training = catalog.models.at(name).training_mwh.value();
    CHECK(training.status == Status::assumed);
    return std::pair(training.range.value().low, training.range.value().high);
  };
  CHECK(range("deepseek-v3") == std::pair(1200.0, 2500.0));
  CHECK(range("deepseek-r1") == std::pair(1200.0, 2500.0));
  CHECK(range("gpt-4-class") == std::pair(5000.0, 10000.0));
  CHECK(range("llama-3-70b") == std::pair(700.0, 1200.0));
  CHECK(range("gemma-7b") == std::pair(200.0, 400.0));
}

TEST_CASE("The KV cache of a token is as published") {
  const Catalog catalog = platforms();
  CHECK(catalog.models.at("llama-3-8b").kv_bytes_per_token() == 131072.0);
  CHECK(catalog.models.at("llama-2-7b").kv_bytes_per_token() == 524288.0);
  CHECK(catalog.models.at("llama-3-70b").kv_bytes_per_token() == 327680.0);
  CHECK(catalog.models.at("deepseek-r1-distill-qwen-7b").kv_bytes_per_token() == 57344.0);
  CHECK(catalog.models.at("deepseek-v3").kv_bytes_per_token() == 70272.0);
  CHECK(catalog.models.at("deepseek-v2").kv_bytes_per_token() == 69120.0);
  CHECK(catalog.models.at("deepseek-llm-67b").kv_bytes_per_token() == 389120.0);
  CHECK(catalog.models.at("gemma-7b").kv_bytes_per_token() == 458752.0);
}

}  // namespace
}  // namespace idlewatt
