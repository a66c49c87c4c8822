// What `export` writes of a fleet, `import` reads as the same fleet.

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "manifests/export_fleet.hpp"
#include "manifests/import_fleet.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/load.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt::test {
namespace {

void check_same(const Pool& was, const Pool& is) {
  INFO("pool " << was.name);
  CHECK(is.name == was.name);
  CHECK(is.model == was.model);
  CHECK(is.precision == was.precision);
  CHECK(is.kv_format == was.kv_format);
  CHECK(is.memory_utilisation == was.memory_utilisation);
  CHECK(is.server == was.server);
  CHECK(is.engine == was.engine);
  CHECK(is.parallel == was.parallel);
  CHECK(is.role == was.role);
  CHECK(is.replicas.start == was.replicas.start);
  for (const char* parameter : {"max_sequences", "token_budget", "prefill"}) {
    CHECK(is.batching.parameters.get(parameter) == was.batching.parameters.get(parameter));
  }
  CHECK(is.prefix_cache.name == was.prefix_cache.name);
  REQUIRE(is.autoscaling.name == was.autoscaling.name);
  CHECK(is.replicas.minimum == was.replicas.minimum);
  CHECK(is.replicas.maximum == was.replicas.maximum);
  CHECK(is.request_overhead_s == was.request_overhead_s);
  CHECK(is.request_overhead_per_token_s == was.request_overhead_per_token_s);
  CHECK(is.steps_in_flight == was.steps_in_flight);
  for (const auto& [parameter, value] : was.autoscaling.parameters.all()) {
    if (parameter.ends_with("_pods") || parameter.ends_with("_percent") || parameter.ends_with("_stabilization") ||
        parameter == "polling_interval" || parameter == "cooldown") {
      INFO(parameter);
      CHECK(is.autoscaling.parameters.get(parameter) == value);
    }
  }
}

ImportAnswers traffic_of(const Scenario& scenario) {
  ImportAnswers answers;
  for (const Pool& pool : scenario.pools) {
    answers.traffic.push_back(pool.model + "=" + source_dir() + "/workloads/chat-hour.yaml");
  }
  return answers;
}

TEST_CASE(
    "import of what export wrote gives the same fleet: every variant of the shipped scenarios that can be exported") {
  const std::string platforms = source_dir() + "/platforms";
  int exported = 0;
  for (const char* file : {"quickstart", "autoscaling", "routing", "disaggregated", "batching", "faults"}) {
    for (const Scenario& was :
         load_scenario(source_dir() + "/scenarios/" + file + ".yaml", {.platforms_dir = platforms})) {
      INFO(file << ", variant " << was.variant);
      const TemporaryFolder folder;
      const std::string place = folder.path();
      const ClusterNames names(platforms, *was.catalog);
      ExportedFleet fleet;
      try {
        fleet = export_fleet(was, {}, names, place);
      } catch (const InputError&) {
        continue;  // an autoscaler or a batching that Kubernetes or no engine has
      }
      std::vector<std::string> paths;
      for (const FileBeside& one : fleet.files) {
        write_whole_file(one.path, one.text);
        paths.push_back(one.path);
      }
      const std::string output = place + "/fleet.yaml";
      const ImportedFleet imported = import_fleet(paths, traffic_of(was), output, platforms);
      write_fleet(imported, output, {.platforms_dir = platforms});
      const Scenario is = load_scenario(output, {.platforms_dir = platforms}).at(0);
      REQUIRE(is.pools.size() == was.pools.size());
      for (auto before = was.pools.begin(), after = is.pools.begin(); before != was.pools.end(); ++before, ++after) {
        check_same(*before, *after);
      }
      CHECK(imported.warnings.empty());
      ++exported;
    }
  }
  CHECK(exported >= 10);
}

/// Exports a pool of one replica with these keys, imports the manifest and compares the two pools.
void check_there_and_back(const std::string& model, const std::string& keys) {
  const std::string platforms = source_dir() + "/platforms";
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "was.yaml", "title: x\ntraffic: [{source: " + source_dir() + "/workloads/chat-hour.yaml, model: " + model +
                      "}]\nsite: {pue: 1, electricity: 0.1 USD/kWh, carbon: 1 g/kWh}\npools:\n" +
                      "  chat: {model: " + model + ", replicas: 1, " + keys + "}\n");
  const Scenario was = load_scenario(file, {.platforms_dir = platforms}).at(0);
  const ExportedFleet fleet = export_fleet(was, {}, ClusterNames(platforms, *was.catalog), folder.path());
  write_whole_file(fleet.files.at(0).path, fleet.files.at(0).text);
  const std::string output = folder("is.yaml");
  write_fleet(import_fleet({fleet.files.at(0).path}, traffic_of(was), output, platforms), output,
              {.platforms_dir = platforms});
  check_same(*was.pools.begin(), *load_scenario(output, {.platforms_dir = platforms}).at(0).pools.begin());
}

TEST_CASE("Experts over accelerators and attention by data go there and back") {
  for (const auto& [engine, layout] : {std::pair{"vllm-2026", "{tensor: 1, data_attention: 8, expert: 8}"},
                                       std::pair{"sglang-2026", "{tensor: 2, data_attention: 4, expert: 8}"},
                                       std::pair{"sglang-2026", "{tensor: 8, expert: 4}"}}) {
    INFO(engine << " " << layout);
    check_there_and_back("deepseek-v3", "precision: fp8, servers: hgx-h200, engine: " + std::string(engine) +
                                            ", parallelism: " + layout);
  }
}

TEST_CASE("The format of KV caches and the share of memory go there and back") {
  for (const char* format : {"fp8", "bf16"}) {
    INFO(format);
    check_there_and_back("qwen3-8b",
                         "precision: bf16, servers: h100-1, engine: vllm-2026, memory_utilisation: 80 %, "
                         "kv_cache_dtype: " +
                             std::string(format));
  }
}

TEST_CASE("Names, ranges of replicas and times that engines have no argument for go there and back") {
  const std::string platforms = source_dir() + "/platforms";
  for (const char* scaling : {"{policy: static}", "{policy: hpa, metric: ongoing, target: 16}"}) {
    INFO(scaling);
    const TemporaryFolder folder;
    const std::string file = folder.write(
        "was.yaml",
        "title: x\ntraffic: [{source: " + source_dir() +
            "/workloads/chat-hour.yaml, model: qwen3-8b}]\nsite: {pue: 1, electricity: 0.1 USD/kWh, carbon: 1 "
            "g/kWh}\npools:\n  Chat_A100: {model: qwen3-8b, precision: bf16, servers: a100-80-1, engine: vllm-2026, "
            "replicas: {start: 2, min: 1, max: 5}, request_overhead: 12.345678 ms, request_overhead_per_token: 3.3 us, "
            "steps_in_flight: 1, autoscaling: " +
            scaling + "}\n");
    const Scenario was = load_scenario(file, {.platforms_dir = platforms}).at(0);
    const ExportedFleet fleet = export_fleet(was, {}, ClusterNames(platforms, *was.catalog), folder.path());
    CHECK_THAT(fleet.files.at(0).text, Catch::Contains("name: chat-a100") && !Catch::Contains("name: Chat_A100"));
    write_whole_file(fleet.files.at(0).path, fleet.files.at(0).text);
    const std::string output = folder("is.yaml");
    write_fleet(import_fleet({fleet.files.at(0).path}, traffic_of(was), output, platforms), output,
                {.platforms_dir = platforms});
    check_same(*was.pools.begin(), *load_scenario(output, {.platforms_dir = platforms}).at(0).pools.begin());
  }
}

TEST_CASE("An autoscaler that is no controller of Kubernetes is refused with those that are") {
  const std::string platforms = source_dir() + "/platforms";
  const Scenario scenario =
      load_scenario(source_dir() + "/scenarios/quickstart.yaml",
                    {.set = {"pools.chat.autoscaling={policy: ray-serve}"}, .platforms_dir = platforms})
          .at(0);
  const ClusterNames names(platforms, *scenario.catalog);
  CHECK_THROWS_WITH(export_fleet(scenario, {}, names, "x"),
                    Catch::Contains("the autoscaler `ray-serve` cannot be exported; expected static, hpa or keda"));
}

TEST_CASE("Names of accelerators, instance types and repositories") {
  const std::string platforms = source_dir() + "/platforms";
  const Catalog catalog = read_platforms(platforms);
  const ClusterNames names(platforms, catalog);
  CHECK(names.accelerators("nvidia_a100 sxm4-80gb") == std::vector<std::string>{"a100-sxm-80"});
  CHECK(names.accelerators("A100").size() == 3);
  CHECK(names.accelerators("H800").empty());
  CHECK(names.instance("STANDARD_ND96asr_v4")->accelerators == 8);
  CHECK_FALSE(names.instance("m5.large"));
  CHECK(names.model("meta-llama/Meta-Llama-3.1-8B-Instruct")->entry == "llama-3.1-8b");
  CHECK(names.model("deepseek-ai/DeepSeek-V3-0324")->entry == "deepseek-v3");
  CHECK(names.model("/models/Qwen3-32B/")->entry == "qwen3-32b");
  CHECK(names.model("Qwen/Qwen3-30B-A3B-Instruct-2507")->entry == "qwen3-30b-a3b");
  CHECK(names.model("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8")->precision == "int8");
  CHECK_FALSE(names.model("mistralai/Mistral-7B-Instruct-v0.3"));
  CHECK_FALSE(names.model("Qwen/Qwen3-8B-Base-Embedding"));
  CHECK(names.format_of("nobody/Unheard-of-7B-Instruct-AWQ") == "int4");
  CHECK(names.format_of("nobody/Unheard-of-7B") == "");
  for (const auto& [model, entry] : catalog.models) {
    if (const std::string repository = names.repository_of(model); !repository.empty()) {
      INFO(model);
      REQUIRE(names.model(repository));
      CHECK(names.model(repository)->entry == model);
    }
  }
}

}  // namespace
}  // namespace idlewatt::test
