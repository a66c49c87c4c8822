// Variants and --set: what they change, and whose name their mistakes carry.
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

std::string with_variants(const std::string& variants) {
  return std::string(kScenario) + "variants:\n" + variants;
}

TEST_CASE("One scenario per variant, in the file's order") {
  const auto scenarios =
      load(with_variants("  big: {}\n"
                         "  a little: {pools.chat.replicas: {start: 1}}\n"
                         "  none:\n"));
  REQUIRE(scenarios.size() == 3);
  CHECK(scenarios[0].variant == "big");
  CHECK(scenarios[0].overrides.empty());
  CHECK(scenarios[1].variant == "a little");
  CHECK(scenarios[1].overrides == std::vector<std::string>{"pools.chat.replicas={start: 1}"});
  CHECK(scenarios[2].pools[PoolId(0)].replicas.start == 2);
}

TEST_CASE("A map that is replaced is replaced whole") {
  const auto scenario = load(with_variants("  v: {pools.chat.replicas: {start: 1}}\n"))[0];
  CHECK(scenario.pools[PoolId(0)].replicas.start == 1);
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 1);
  const auto other = load(with_variants("  v: {pools.chat.batching: {policy: continuous}}\n"))[0];
  CHECK(other.pools[PoolId(0)].batching.parameters.get("max_sequences") == 256.0);
}

TEST_CASE("A nested map for the site, the pools or one pool changes only what it names") {
  const auto scenario = load(with_variants("  v: {pools: {chat: {replicas: {start: 1}}}, site: {pue: 1.1}}\n"))[0];
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 1);
  CHECK(scenario.pools[PoolId(0)].model == "llama-3-8b");
  CHECK(scenario.pools[PoolId(0)].batching.parameters.get("max_sequences") == 64.0);
  CHECK(scenario.site.tariff.pue == 1.1);
  CHECK(scenario.site.tariff.carbon_g_per_kwh.flat == 400.0);
}

TEST_CASE("A variant may add a pool, remove a key, and own other racks") {
  const auto scenario = load(
      with_variants("  v:\n"
                    "    racks: [{servers: [1 x l4-8, 2 x l4-1], uplink: 10 Gbps, count: 2, switch: 100 W}]\n"
                    "    pools: {chat: {servers: l4-8, batching: null}, more: {model: llama-2-7b, precision: int8, "
                    "servers: l4-1, replicas: {start: 4}}}\n"))[0];
  REQUIRE(scenario.racks.size() == 2);
  CHECK(scenario.racks[RackId(1)].servers[1].count == 2);
  CHECK(scenario.racks[RackId(1)].switch_w == 100.0);
  REQUIRE(scenario.pools.size() == 2);
  CHECK(scenario.pools[PoolId(0)].accelerator == "l4");
  CHECK(scenario.pools[PoolId(0)].batching.parameters.get("max_sequences") == 256.0);
  CHECK(scenario.pools[PoolId(1)].name == "more");
}

TEST_CASE("What --set gives comes after the variant, and goes into lists") {
  const auto scenarios = load(with_variants("  v: {pools.chat.replicas.start: 3}\n"),
                              {"pools.chat.replicas.start=4", "traffic.scale=2", "racks.0.uplink=10 Gbps",
                               "traffic.0.slo.ttft=2 s", "pools.chat.idle.policy=always-on", "horizon=1 h"});
  const Scenario& scenario = scenarios[0];
  CHECK(scenario.pools[PoolId(0)].replicas.start == 4);
  CHECK(scenario.traffic[StreamId(0)].scale == 2.0);
  CHECK(scenario.traffic[StreamId(0)].slo.ttft_s == 2.0);
  CHECK(scenario.racks[RackId(0)].uplink_bytes_per_s == 1.25e9);
  CHECK(scenario.horizon == 3600 * kTicksPerSecond);
  CHECK(scenario.overrides.front() == "pools.chat.replicas.start=3");
  CHECK(scenario.overrides[1] == "pools.chat.replicas.start=4");
  CHECK(scenario.overrides.back() == "horizon=1 h");
}

TEST_CASE("The seed of the options wins") {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  LoadOptions options = options_with({"seed=5"});
  const std::string path = folder.write("s.yaml", kScenario);
  CHECK(load_scenario(path, options)[0].seed == 5);
  options.seed = 18446744073709551615U;
  CHECK(load_scenario(path, options)[0].seed == 18446744073709551615U);
}

TEST_CASE("An error in a variant names the variant") {
  CHECK(error_of(with_variants("  v: {pools.chat.servers: l4-8}\n")) ==
        "s.yaml:15:27: variant `v`: pool `chat` runs on `l4-8`, and no rack holds one; expected `hgx-a100-80`");
  CHECK(error_of(with_variants("  v: {pools.chta.servers: l4-8}\n")) ==
        "s.yaml:15:7: variant `v`: unknown pool `chta`; expected `chat`; did you mean `chat`?");
  CHECK(error_of(with_variants("  v: {pools.chat.autoscaling: {policy: statick}}\n"))
            .starts_with("s.yaml:15:40: variant `v`: unknown autoscaling policy `statick`; expected "));
  CHECK(error_of(with_variants("  v: {horizn: 1 h}\n")).starts_with("s.yaml:15:7: variant `v`: unknown key `horizn`"));
  CHECK(error_of(with_variants("  v: 3\n")) ==
        "s.yaml:15:6: variant `v`: the overrides are no map; expected paths and values such as `{pools.chat.servers: "
        "l4-8}`");
}

TEST_CASE("An error that the variant causes in the common part names the variant, one of the common part does not") {
  CHECK(error_of(with_variants("  v: {racks: [{servers: 1 x l4-8, uplink: 1 Gbps}]}\n")) ==
        "s.yaml:11:14: variant `v`: pool `chat` runs on `hgx-a100-80`, and no rack holds one; expected `l4-8`");
  CHECK(error_of(with(with_variants("  v: {}\n"), "100 Gbps", "100")) ==
        "s.yaml:6:40: `uplink`: `100` has no unit; expected a bandwidth such as `2039 GB/s` or `100 Gbps`");
}

TEST_CASE("An error in --set names the option") {
  CHECK(error_of(kScenario, {"pools.chat.replicas.start=9"}) ==
        "--set pools.chat.replicas.start=9: `start` of `replicas` of pool `chat` is 9, more than `max`; expected `min` "
        "to "
        "`max`, 1 to 8");
  CHECK(error_of(kScenario, {"pools.chta.servers=l4-8"}) ==
        "--set pools.chta.servers=l4-8: unknown pool `chta`; expected `chat`; did you mean `chat`?");
  CHECK(error_of(kScenario, {"racks.1.uplink=1 Gbps"}) ==
        "--set racks.1.uplink=1 Gbps: `racks` has no entry 1; expected 0");
  CHECK(error_of(kScenario, {"title.x=1"}) ==
        "--set title.x=1: `title` is `A test` and has no part `x`; expected a path to a key of the scenario");
  CHECK(error_of(kScenario, {"horizon"}) ==
        "--set horizon: no path and value; expected one like `--set pools.chat.servers=l4-8`");
  CHECK(error_of(kScenario, {"horizon=24"}) ==
        "--set horizon=24: `horizon`: `24` has no unit; expected a time such as `50 ms`");
  CHECK(error_of(kScenario, {"horizon={"}) ==
        "--set horizon={: not YAML: end of map flow not found; expected one YAML document");
  CHECK(error_of(kScenario, {"variants.x=1"}) ==
        "--set variants.x=1: a variant cannot be overridden; expected a path like `pools.chat.servers`");
  CHECK(error_of(kScenario, {"pools..x=1"}) ==
        "--set pools..x=1: the path `pools..x` has an empty part; expected one like `pools.chat.servers`");
}

TEST_CASE("A list with several entries needs the number of one") {
  const std::string two = with(kScenario, "site:", "  - {source: chat.yaml, model: llama-3-8b}\nsite:");
  CHECK(error_of(two, {"traffic.scale=2"}) ==
        "--set traffic.scale=2: `traffic` has 2 entries; expected the number of one, such as `traffic.0.scale`");
  CHECK(load(two, {"traffic.1.scale=2"})[0].traffic[StreamId(1)].scale == 2.0);
}

}  // namespace
}  // namespace idlewatt::test
