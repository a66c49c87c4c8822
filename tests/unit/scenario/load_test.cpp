// Valid scenarios: what is written arrives, what is not written has its default.
#include "scenario/load.hpp"

#include <algorithm>
#include <cstdlib>

#include "scenario/catalog/figures.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/provenance.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"

namespace idlewatt::test {
namespace {

TEST_CASE("What the intent makes plain may be left out: racks, uplinks, precision, a map for one number") {
  const Scenario s = load(with(with(with(kScenario, "racks:\n  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}\n", ""),
                                    "    precision: bf16\n", ""),
                               "{start: 2, min: 1, max: 8}", "9"))[0];
  CHECK(s.pools[PoolId(0)].precision == Precision::bf16);
  CHECK(s.pools[PoolId(0)].replicas.start == 9);
  CHECK(s.pools[PoolId(0)].replicas.minimum == 9);
  CHECK(s.pools[PoolId(0)].replicas.maximum == 9);
  CHECK(s.racks_as_needed);
  REQUIRE(s.racks.size() == 1);
  REQUIRE(s.racks[RackId(0)].servers.size() == 1);
  CHECK(s.racks[RackId(0)].servers[0].server == "hgx-a100-80");
  CHECK(s.racks[RackId(0)].servers[0].count == 2);  // nine replicas, eight accelerators in each
  CHECK(s.racks[RackId(0)].uplink_bytes_per_s == 12.5e9);
  CHECK(load(with(kScenario, ", uplink: 100 Gbps", ""))[0].racks[RackId(0)].uplink_bytes_per_s == 12.5e9);
}

TEST_CASE("Without a precision: 16 bits that the accelerator computes in") {
  const std::string on_t4 =
      with(with(kScenario, "    precision: bf16\n", ""), "    servers: hgx-a100-80\n", "    servers: t4-4\n");
  const Scenario s = load(
      with(with(on_t4, "1 x hgx-a100-80", "4 x t4-4"), "    replicas: ", "    tensor_parallel: 2\n    replicas: "))[0];
  CHECK(s.pools[PoolId(0)].precision == Precision::fp16);
}

TEST_CASE("A scenario arrives as written, defaults filled in") {
  const Scenario s = load(kScenario)[0];
  CHECK(s.title == "A test");
  CHECK(s.variant.empty());
  CHECK(s.seed == 1);
  CHECK(s.start_unix_s == 1704067200);
  CHECK(s.horizon == 86400 * kTicksPerSecond);
  CHECK(s.warm_up == 0);
  CHECK(s.sample_every == 60 * kTicksPerSecond);
  CHECK(!s.requests);
  CHECK(s.text == kScenario);
  CHECK(s.site.tariff.pue == 1.5);
  CHECK(s.site.tariff.electricity_usd_per_kwh.flat == 0.1);
  CHECK(s.site.tariff.carbon_g_per_kwh.flat == 400.0);

  REQUIRE(s.traffic.size() == 1);
  CHECK(s.traffic[StreamId(0)].name == "chat.yaml");
  REQUIRE(s.traffic[StreamId(0)].generated.has_value());
  CHECK(!s.traffic[StreamId(0)].file.has_value());
  CHECK(s.traffic[StreamId(0)].scale == 1.0);
  CHECK(s.traffic[StreamId(0)].pools == std::vector<PoolId>{PoolId(0)});
  CHECK(s.traffic[StreamId(0)].slo.ttft_s == 1.0);
  CHECK(s.traffic[StreamId(0)].slo.tpot_s == 0.1);
  const GeneratedTraffic& generated = *s.traffic[StreamId(0)].generated;
  CHECK(generated.name == "chat");
  CHECK(generated.mean_rate_rps == 20.0);
  CHECK(generated.hour_profile.empty());
  CHECK(generated.spikes.per_day == 12.0);
  CHECK(generated.spikes.height_min == 4.0);
  CHECK(generated.spikes.height_max == 6.0);
  CHECK(generated.spikes.decay_s == 120.0);
  CHECK(generated.prompt_tokens.probability == std::vector<double>{0.0, 0.5, 1.0});
  CHECK(generated.prompt_tokens.value == std::vector<double>{2.0, 928.0, 14050.0});

  REQUIRE(s.racks.size() == 1);
  CHECK(s.racks[RackId(0)].servers[0].count == 1);
  CHECK(s.racks[RackId(0)].servers[0].server == "hgx-a100-80");
  CHECK(s.racks[RackId(0)].uplink_bytes_per_s == 12.5e9);
  CHECK(s.racks[RackId(0)].switch_w == 0.0);
  CHECK(s.racks[RackId(0)].ownership == Ownership::rented);

  REQUIRE(s.pools.size() == 1);
  const Pool& pool = s.pools[PoolId(0)];
  CHECK(pool.name == "chat");
  CHECK(pool.accelerator == "a100-sxm-80");
  CHECK(pool.engine == "vllm-2025");
  CHECK(pool.precision == Precision::bf16);
  CHECK(pool.parallel.tensor == 1);
  CHECK(pool.replicas.start == 2);
  CHECK(pool.replicas.minimum == 1);
  CHECK(pool.replicas.maximum == 8);
  CHECK(!pool.replicas.pending_allowed);
  CHECK(pool.batching.name == "continuous");
  CHECK(pool.batching.parameters.get("max_sequences") == 64.0);
  CHECK(pool.batching.parameters.get("token_budget") == 2048.0);
  CHECK(pool.autoscaling.name == "static");
  CHECK(pool.idle.name == "always-on");
  CHECK(pool.routing.name == "least-outstanding");
}

TEST_CASE("Optional keys of the scenario") {
  const Scenario s = load(std::string("seed: 7\nstart: 2023-11-16T18:15:46Z\nhorizon: 2 h\nwarm_up: 10 min\n"
                                      "sample_every: 10 s\nrequests: true\n") +
                          with(kScenario, "100 Gbps}", "100 Gbps, switch: 150 W, ownership: owned, count: 3}"))[0];
  CHECK(s.seed == 7);
  CHECK(s.start_unix_s == 1700158546);
  CHECK(s.horizon == 7200 * kTicksPerSecond);
  CHECK(s.warm_up == 600 * kTicksPerSecond);
  CHECK(s.sample_every == 10 * kTicksPerSecond);
  CHECK(s.requests);
  REQUIRE(s.racks.size() == 3);
  CHECK(s.racks[RackId(2)].switch_w == 150.0);
  CHECK(s.racks[RackId(2)].ownership == Ownership::owned);
}

TEST_CASE("With traces only, the horizon is the end of the bin of the last arrival") {
  const Folder folder;
  folder.write("trace.csv",
               "TIMESTAMP,ContextTokens,GeneratedTokens\n"
               "2023-11-16 18:15:46.0000000,374,44\n"
               "2023-11-16 18:17:16.5000000,396,109\n");
  setenv("IDLEWATT_TEST_TRACES", "trace.csv", 1);
  const std::string source = "{format: azure-llm, path: \"${IDLEWATT_TEST_TRACES}\"}";
  const std::string path = folder.write("s.yaml", with(kScenario, "chat.yaml", source));
  const Scenario s = load_scenario(path, options_with())[0];
  REQUIRE(s.traffic[StreamId(0)].file.has_value());
  CHECK(s.traffic[StreamId(0)].name == "${IDLEWATT_TEST_TRACES}");
  CHECK(folder.relative(s.traffic[StreamId(0)].file->path) == "trace.csv");
  CHECK(s.horizon == 120 * kTicksPerSecond);
  CHECK(load_scenario(path, options_with({"sample_every=7 s"}))[0].horizon == 91 * kTicksPerSecond);
}

TEST_CASE("A scenario's own catalogue files add entries, and change those that are there") {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  folder.write("mine.yaml",
               "accelerators:\n"
               "  a100-sxm-80: {idle_loaded: {value: 70 W, status: measured, source: my own meter}}\n"
               "engines:\n"
               "  mine:\n"
               "    title: My engine\n"
               "    like: vllm-2025\n"
               "    step_overhead: {value: 1 ms, status: measured, source: mine}\n");
  const std::string text = std::string(kScenario) + "    engine: mine\n" + "catalog: [mine.yaml]\n";
  const Scenario s = load_scenario(folder.write("s.yaml", text), options_with())[0];
  CHECK(s.pools[PoolId(0)].engine == "mine");
  CHECK(s.catalog->engines.at("mine").step_overhead_s.value == 1e-3);
  CHECK(s.catalog->engines.at("mine").name == "mine");
  CHECK(s.catalog->engines.at("mine").start_s.value == s.catalog->engines.at("vllm-2025").start_s.value);
  CHECK(s.catalog->accelerators.at("a100-sxm-80").idle_loaded_w.value == 70.0);
  CHECK(s.catalog->accelerators.at("a100-sxm-80").idle_loaded_w.source == "my own meter");
  CHECK(s.catalog->accelerators.at("a100-sxm-80").board_limit_w.value == 400.0);
}

std::string catalogue_error(const std::string& text) {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  folder.write("mine.yaml", text);
  try {
    load_scenario(folder.write("s.yaml", std::string(kScenario) + "catalog: [mine.yaml]\n"), options_with());
  } catch (const InputError& error) {
    return folder.relative(error.what());
  }
  return "no error";
}

TEST_CASE("Mistakes in a catalogue file") {
  CHECK(catalogue_error("accelerators: {l4: {idle_loded: {}}}\n")
            .starts_with("mine.yaml:1:21: unknown key `idle_loded` in accelerator `l4`; expected one of "));
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 40 W, status: measured}}}\n") ==
        "mine.yaml:1:34: key `source` is missing in `idle_loaded` of accelerator `l4`; expected where the number comes "
        "from");
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 40, status: measured, source: x}}}\n") ==
        "mine.yaml:1:42: `value` of `idle_loaded` of accelerator `l4`: `40` has no unit; expected a power such as `400 "
        "W`");
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 40 W, status: guessed, source: x}}}\n") ==
        "mine.yaml:1:56: unknown status `guessed`; expected one of `measured`, `published`, `derived`, `assumed`");
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 40 W, status: assumed, source: x}}}\n") ==
        "mine.yaml:1:56: `idle_loaded` of accelerator `l4` is assumed and has no `range`; expected `range: [least, "
        "greatest]`, between which it may well lie");
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 40 W, range: [30 W, 35 W], status: assumed, "
                        "source: x}}}\n")
            .find("`range` of `idle_loaded` of accelerator `l4` does not hold its value") != std::string::npos);
  CHECK(catalogue_error("accelerators: {l4: {idle_loaded: {value: 400 W, status: measured, source: x}}}\n") ==
        "mine.yaml:1:20: accelerator `l4` draws 17 W empty, 400 W loaded and at most 72 W; expected these in ascending "
        "order");
  CHECK(catalogue_error("servers: {mine: {title: x, accelerator: l5}}\n") ==
        "mine.yaml:1:41: unknown accelerator `l5`; expected one of 16 (see `idlewatt catalog accelerators`)");
  CHECK(catalogue_error("models: {llama-3-8b: {kv_heads: 5}}\n") ==
        "mine.yaml:1:22: model `llama-3-8b` has 32 heads on 5 KV heads; expected a multiple of the KV heads");
  CHECK(
      catalogue_error("engine: {}\n") ==
      "mine.yaml:1:1: unknown key `engine` in the catalogue file; expected one of `accelerators`, `servers`, `models`, "
      "`engines`; did you mean `engines`?");
}

TEST_CASE("An accelerator must compute in 16 bits, since attention does") {
  const auto figure = [](const std::string& key, const std::string& value) {
    return "    " + key + ": {value: " + value + ", status: measured, source: made up}\n";
  };
  const auto accelerator = [&](const std::string& peak, const std::string& joules) {
    std::string text = "accelerators:\n  mine:\n    title: x\n";
    Accelerator any;
    each_accelerator_figure(
        any, [&](const FigureKey& key, const Figure&) { text += figure(key.key, quantity_text(1.0, key.dimension)); });
    return text + "    peak:\n  " + peak + "    joules_per_flop:\n  " + joules;
  };
  CHECK(catalogue_error(accelerator(figure("fp16", "100 TFLOPS"), figure("fp16", "1 pJ/FLOP"))) == "no error");
  CHECK(catalogue_error(accelerator(figure("bf16", "100 TFLOPS"), figure("bf16", "1 pJ/FLOP"))) == "no error");
  CHECK(catalogue_error(accelerator(figure("int8", "100 TOPS"), figure("int8", "1 pJ/OP"))) ==
        "mine.yaml:3:5: accelerator `mine` has no `peak` at fp16 or bf16; expected one, with its `joules_per_flop`: "
        "attention is computed in 16 bits whatever the precision of the weights");
}

TEST_CASE("An entry like another takes what it does not say from that one") {
  CHECK(catalogue_error("accelerators: {mine: {like: l4, title: a small one}}\n") == "no error");
  CHECK(catalogue_error("accelerators: {mine: {like: l5}}\n")
            .starts_with("mine.yaml:1:29: unknown accelerator `l5`; expected one of "));
  CHECK(catalogue_error("accelerators: {mine: {title: x}}\n").find("is missing in accelerator `mine`") !=
        std::string::npos);
}

TEST_CASE("An engine says what differs on an accelerator, and what is like it inherits that") {
  Catalog catalog = read_platforms(source_dir() + "/platforms");
  add_to_catalog(catalog, parse_yaml("engines:\n"
                                     "  mine:\n"
                                     "    like: vllm-2025\n"
                                     "    on_accelerator:\n"
                                     "      l4: {compute_factor: {value: 0.9, status: measured, source: mine}}\n"
                                     "  mine-too:\n"
                                     "    like: mine\n"
                                     "    on_accelerator:\n"
                                     "      l4: {layer_overhead: {value: 7 us, status: measured, source: mine}}\n",
                                     "mine.yaml"));
  const Engine& both = catalog.engines.at("mine-too");
  CHECK(both.on_accelerator("l4").compute_factor.value == 0.9);
  CHECK(both.on_accelerator("l4").layer_overhead_s.value == Approx(7e-6));
  CHECK(both.on_accelerator("t4").compute_factor.value == 1.0);
  CHECK(catalog.engines.at("mine").on_accelerator("l4").layer_overhead_s.value != Approx(7e-6));

  CHECK(catalogue_error("engines: {vllm-2025: {on_accelerator: {l5: {}}}}\n").starts_with("mine.yaml:1:"));
  CHECK(catalogue_error("engines: {vllm-2025: {on_accelerator: {l4: {step_overhead: {}}}}}\n")
            .find("unknown key `step_overhead` in `on_accelerator` of `l4`") != std::string::npos);
}

TEST_CASE("A range holds its value") {
  CHECK(catalogue_error(
            "accelerators: {l4: {idle_empty: {value: 17 W, status: assumed, source: x, range: [20 W, 25 W]}}}\n") ==
        "mine.yaml:1:82: `range` of `idle_empty` of accelerator `l4` does not hold its value; expected least <= value "
        "<= greatest");
  CHECK(catalogue_error("accelerators: {l4: {idle_empty: {value: 17 W, status: assumed, source: x, range: 20 W}}}\n")
            .find("`range` of `idle_empty` of accelerator `l4` is no list; expected the least and the greatest") !=
        std::string::npos);
}

TEST_CASE("A missing platforms folder is the user's error") {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  CHECK_THROWS_AS(load_scenario(folder.write("s.yaml", kScenario), {.platforms_dir = "no-such-folder"}), InputError);
}

TEST_CASE("The scenarios that come with idlewatt load") {
  const std::string root = source_dir();
  const auto scenarios = load_scenario(root + "/scenarios/quickstart.yaml", options_with());
  REQUIRE_FALSE(scenarios.empty());
  for (const Scenario& scenario : scenarios) {
    // Each variant owns nothing but what it runs on.
    for (const Rack& rack : scenario.racks) {
      for (const ServerGroup& group : rack.servers) {
        CHECK(group.server == scenario.pools[PoolId(0)].server);
      }
    }
  }
}

const ProvenanceEntry* find(const std::vector<ProvenanceEntry>& entries, const std::string& path) {
  const ProvenanceEntry* found = nullptr;
  for (const ProvenanceEntry& entry : entries) {
    if (entry.path == path) {
      CHECK(found == nullptr);  // each once
      found = &entry;
    }
  }
  return found;
}

TEST_CASE("The figures of an entry are all that its file gives") {
  const Scenario s = load(kScenario)[0];
  CHECK(figures_of(s.catalog->models.at("llama-3-8b")).size() == 10);
  CHECK(figures_of(s.catalog->servers.at("l4-8")).front().key == "base");
  const auto of_t4 = figures_of(s.catalog->accelerators.at("t4"));
  const auto has = [&](const std::string& key) {
    return std::any_of(of_t4.begin(), of_t4.end(), [&](const EntryFigure& figure) { return figure.key == key; });
  };
  CHECK(has("peak.fp16"));
  CHECK_FALSE(has("peak.bf16"));
}

TEST_CASE("Provenance lists the figures that are used, and no others") {
  const auto entries = figures_used(load(kScenario)[0]);
  for (const char* path :
       {"accelerators.a100-sxm-80.idle_loaded", "accelerators.a100-sxm-80.peak.bf16", "servers.hgx-a100-80.base",
        "models.llama-3-8b.parameters", "models.llama-3-8b.layers", "engines.vllm-2025.step_overhead", "site.pue",
        "site.electricity", "site.carbon", "traffic.0.slo.ttft", "traffic.0.slo.tpot"}) {
    INFO(path);
    CHECK(find(entries, path) != nullptr);
  }
  for (const ProvenanceEntry& entry : entries) {
    INFO(entry.path);
    CHECK(entry.path.find("l4") == std::string::npos);
    CHECK(!entry.source.empty());
    CHECK(!entry.unit.empty());
  }
  CHECK(find(entries, "site.pue")->status == "scenario");
  CHECK(find(entries, "accelerators.a100-sxm-80.memory_bandwidth")->status == "published");
  CHECK(find(entries, "accelerators.a100-sxm-80.memory_bandwidth")->value == 2039e9);
  CHECK(find(entries, "accelerators.a100-sxm-80.memory_bandwidth")->unit == "byte/s");
  CHECK(std::isnan(find(entries, "accelerators.a100-sxm-80.memory_bandwidth")->low));
  CHECK(find(entries, "servers.hgx-a100-80.base")->low == 700.0);
  CHECK(find(entries, "servers.hgx-a100-80.base")->high == 1300.0);
}

}  // namespace
}  // namespace idlewatt::test
