// Every mistake that a user can make in a scenario, with the exact line that answers it.
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

std::string on(const std::string& server, const std::string& precision) {
  return with(with(with(kScenario, "1 x hgx-a100-80", "2 x " + server), "servers: hgx-a100-80", "servers: " + server),
              "bf16", precision);
}

TEST_CASE("The scenario that the other tests spoil is valid") {
  CHECK(error_of(kScenario) == "no error");
}

TEST_CASE("Unknown, repeated and missing keys") {
  CHECK(error_with("title:", "titel:") ==
        "s.yaml:1:1: unknown key `titel` in the scenario; expected one of `title`, `seed`, `start`, `horizon`, "
        "`warm_up`, "
        "`sample_every`, `requests`, `traffic`, `site`, `racks`, `faults`, `pools`, `cache`, `routing`, `power`, "
        "`swapping`, `catalog`, `variants`, `search`, `claim`; "
        "did "
        "you mean `title`?");
  CHECK(error_with("carbon:", "karbon:") ==
        "s.yaml:4:45: unknown key `karbon` in `site`; expected one of `pue`, `electricity`, `carbon`, `store`, "
        "`demand_charge`, `market_carbon`, `time_zone`, `accounting_interval`, `rent`, `ownership`, `embodied`, "
        "`certificates`, `carbon_tax`, `plant`, `water`, `currency`; did you "
        "mean "
        "`carbon`?");
  CHECK(error_with("    servers: hgx", "    model: llama-2-7b\n    servers: hgx") ==
        "s.yaml:11:5: key `model` is given twice (first in line 9); expected each key once");
  CHECK(error_with("    model: llama-3-8b\n", "    <<: {model: llama-3-8b}\n") ==
        "s.yaml:9:5: merge keys (`<<`) are not supported; expected the keys themselves (aliases of values work)");
  CHECK(error_with("title: A test\n", "") ==
        "s.yaml:1:1: key `title` is missing in the scenario; expected one line that says what is asked");
  CHECK(error_with("    model: llama-3-8b\n    prec", "    prec")
            .starts_with("s.yaml:9:5: key `model` is missing in pool `chat`; expected the name of a model: "));
  CHECK(error_with("A test", "") == "s.yaml:1:1: `title` is empty; expected one line that says what is asked");
}

TEST_CASE("Missing and wrong units, and impossible values") {
  CHECK(error_with("100 Gbps", "100") ==
        "s.yaml:6:40: `uplink`: `100` has no unit; expected a bandwidth such as `2039 GB/s` or `100 Gbps`");
  CHECK(
      error_with("100 Gbps", "100 gbps") ==
      "s.yaml:6:40: `uplink`: `100 gbps` has an unknown unit `gbps`; expected a bandwidth such as `2039 GB/s` or `100 "
      "Gbps`; did you mean `Gbps`?");
  CHECK(error_with("100 ms", "100 GB") ==
        "s.yaml:3:67: `tpot`: `100 GB` has an unknown unit `GB`; expected a time such as `50 ms`; units are `s`, "
        "`ms`, `us`, `ns`, `min`, `h`, `d`, `week`, `y` (see `idlewatt catalog units`)");
  CHECK(error_with("ttft: 1 s", "ttft: -1 s") ==
        "s.yaml:3:56: `ttft`: `-1 s` is negative; expected a time such as `50 ms`");
  CHECK(error_with("ttft: 1 s", "ttft: 0 s") ==
        "s.yaml:3:56: `ttft`: `0 s` is out of range; expected more than 0, at most 86400000 s");
  CHECK(error_with("ttft: 1 s", "ttft: [1 s]") == "s.yaml:3:56: `ttft` is a list; expected a time such as `50 ms`");
  CHECK(error_with("pue: 1.5", "pue: 0.5") == "s.yaml:4:13: `pue`: `0.5` is out of range; expected 1 to 10");
  CHECK(error_with("400 g/kWh", "400") ==
        "s.yaml:4:53: `carbon`: `400` has no unit; expected a carbon intensity such as `400 g/kWh`");
  CHECK(error_of(kScenario, {"horizon=nan s"}) ==
        "--set horizon=nan s: `horizon`: `nan s` is not a finite number; expected a time such as `50 ms`");
  CHECK(error_of(kScenario, {"horizon=2000 d"}) ==
        "--set horizon=2000 d: `horizon`: `2000 d` is out of range; expected more than 0, at most 86400000 s");
  CHECK(error_of(kScenario, {"warm_up=25 h"}) ==
        "--set warm_up=25 h: `warm_up` lasts to the end of the run; expected less than 86400 s");
  CHECK(error_of(kScenario, {"sample_every=1 ms"}) ==
        "--set sample_every=1 ms: the time series would have 86400000 bins; expected at most 10000000");
  CHECK(error_of(kScenario, {"traffic.scale=0"}) ==
        "--set traffic.scale=0: `scale`: `0` is out of range; expected more than 0, at most 1000000");
  CHECK(error_of(kScenario, {"seed=-1"}) ==
        "--set seed=-1: `seed`: `-1` is no whole number of 64 bits; expected one such as `1`");
  CHECK(error_of(kScenario, {"start=2023-02-29"}) ==
        "--set start=2023-02-29: `start`: `2023-02-29` is no date; expected an ISO date such as `2024-01-01`, or one "
        "with a time such as `2024-01-01T08:00` (of the site's `time_zone`), `2024-01-01T08:00Z` or "
        "`2024-01-01T08:00+02:00`");
  CHECK(error_of(kScenario, {"requests=yes"}) == "--set requests=yes: `requests` is `yes`; expected `true` or `false`");
}

TEST_CASE("Roles of pools that make no sense") {
  const std::string answers =
      "  answers: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, role: decode, replicas: {start: 0}}\n";
  const auto prompts = [&](const std::string& keys, const std::string& others) {
    return error_of(with(with(kScenario, "max: 8", "max: 7"), "    replicas:", "    " + keys + "\n    replicas:") +
                    others);
  };
  CHECK(prompts("role: prefill\n    decode: answers", answers) == "no error");
  CHECK(prompts("role: prefil", "") ==
        "s.yaml:12:11: unknown role `prefil`; expected one of `prefill`, `decode`, `both`; did you mean `prefill`?");
  CHECK(prompts("role: prefill", "") ==
        "s.yaml:12:11: pool `chat` with `role: prefill` has nowhere to send its requests; expected another pool with "
        "`role: decode`");
  CHECK(
      prompts("role: prefill", answers) ==
      "s.yaml:12:11: pool `chat` with `role: prefill` does not say where its requests go on; expected `decode:` out of "
      "`answers`");
  CHECK(prompts("decode: answers", answers) ==
        "s.yaml:12:13: `decode` of pool `chat` says how a prefill pool hands over; expected `role: prefill` beside it");
  CHECK(prompts("role: prefill\n    decode: answers\n    kv_transfer: layerwise", answers) ==
        "s.yaml:14:18: unknown transfer of the KV cache `layerwise`; expected one of `after-prompt`, `layer-wise`; "
        "did you mean `layer-wise`?");
  CHECK(prompts("role: prefill\n    decode: answers\n    kv_cache_dtype: int8", answers) ==
        "s.yaml:13:13: pool `answers` keeps keys and values in `auto`, and `chat` hands over `int8`; expected the same "
        "`kv_cache_dtype`");
  CHECK(prompts("role: prefill\n    decode: answers", with(answers, "llama-3-8b", "llama-2-7b")) ==
        "s.yaml:13:13: pool `answers` serves `llama-2-7b`, and `chat` computes prompts of `llama-3-8b`; expected the "
        "same model");
  CHECK(prompts("idle: {policy: always-on}", answers) ==
        "s.yaml:15:77: nobody hands requests over to pool `answers`; expected a pool with `role: prefill` and `decode: "
        "answers`");
  CHECK(prompts("role: prefill\n    decode: answers",
                with(answers, "role: decode,", "role: decode, prefix_cache: {policy: lru},")) ==
        "s.yaml:16:99: pool `answers` with `role: decode` computes no prompts; expected `prefix_cache` in its prefill "
        "pool");
  CHECK(error_of(with(with(with(kScenario, "max: 8", "max: 7"),
                           "    replicas:", "    role: prefill\n    decode: answers\n    replicas:"),
                      "model: llama-3-8b, slo", "model: llama-3-8b, pool: answers, slo") +
                 answers) ==
        "s.yaml:3:50: pool `answers` goes on with requests whose prompts are computed elsewhere; expected `chat`");
}

TEST_CASE("Unknown names, with the nearest right one") {
  CHECK(error_with("model: llama-3-8b, slo", "model: lama-3-8b, slo") ==
        "s.yaml:3:32: unknown model `lama-3-8b`; expected one of 66 (see `idlewatt catalog models`); did you mean "
        "`llama-3-8b`?");
  CHECK(error_with("    servers: hgx-a100-80", "    servers: hgx-a100-8") ==
        "s.yaml:11:14: unknown server `hgx-a100-8`; expected one of 34 (see `idlewatt catalog servers`); did you mean "
        "`hgx-a100-80`?");
  CHECK(error_with("1 x hgx-a100-80", "1 x hgx-a10-80") ==
        "s.yaml:6:19: unknown server `hgx-a10-80`; expected one of 34 (see `idlewatt catalog servers`)");
  CHECK(error_with("bf16", "bf61") ==
        "s.yaml:10:16: unknown precision `bf61`; expected one of `fp16`, `bf16`, `fp8`, `int8`, `int8-weights`, "
        "`int4`, `int4-int8`, `nvfp4`, `mxfp4`");
  CHECK(error_with("    precision", "    engine: vlm-2025\n    precision")
            .starts_with("s.yaml:10:13: unknown engine `vlm-2025`; expected "));
}

TEST_CASE("A message is one line, whatever the value holds") {
  CHECK(error_with("bf16", "\"b\\nf\"") ==
        "s.yaml:10:16: unknown precision `b f`; expected one of `fp16`, `bf16`, `fp8`, `int8`, `int8-weights`, `int4`, "
        "`int4-int8`, `nvfp4`, `mxfp4`");
}

TEST_CASE("Racks that cannot be read") {
  CHECK(error_with("1 x hgx-a100-80", "hgx-a100-80") ==
        "s.yaml:6:15: `servers`: `hgx-a100-80` is no number of servers; expected a number and a server such as `2 x "
        "hgx-a100-80`");
  CHECK(error_with("1 x hgx-a100-80", "0 x hgx-a100-80") ==
        "s.yaml:6:15: `servers`: `0 x hgx-a100-80` is out of range; expected 1 to 1000000");
  CHECK(error_with("100 Gbps}", "100 Gbps, ownership: leased}") ==
        "s.yaml:6:61: unknown kind of ownership `leased`; expected one of `rented`, `owned`");
  CHECK(error_with("100 Gbps}", "100 Gbps, count: 0}") ==
        "s.yaml:6:57: `count`: `0` is out of range; expected 1 to 100000");
  CHECK(error_with("1 x hgx-a100-80, uplink: 100 Gbps}", "1000 x hgx-a100-80, uplink: 100 Gbps, count: 2000}") ==
        "s.yaml:6:5: the racks hold 2000000 servers up to here; expected at most 1000000");
}

TEST_CASE("Timetables, with the place of each mistake") {
  const auto error = [](const std::string& scaling) {
    return error_with("batching: {policy: continuous, max_sequences: 64}",
                      "autoscaling: {policy: scheduled" + scaling + "}");
  };
  const std::string example =
      "[{at: \"mon-fri 08:00\", replicas: 8}, {at: \"mon-fri 20:00\", replicas: 2}, {at: \"sat,sun 10:00\", replicas: "
      "4}, {at: \"sat,sun 18:00\", replicas: 2}]";
  CHECK(error(", schedule: [{at: \"08:00\", replicas: 2}]") == "no error");
  CHECK(error("") ==
        "s.yaml:13:18: key `schedule` is missing in autoscaling policy `scheduled`; expected a list such as `" +
            example + "`");
  CHECK(error(", schedule: []") == "s.yaml:13:48: `schedule` is empty; expected a list such as `" + example + "`");
  CHECK(error(", schedule: [{at: \"mon 8:00\", replicas: 2}]") ==
        "s.yaml:13:54: `at`: `8:00` is no time of day; expected days and a time such as `mon-fri 08:00`, `sat,sun "
        "10:30` or `22:00`");
  CHECK(error(", schedule: [{at: \"08:00\"}]") ==
        "s.yaml:13:49: key `replicas` is missing in an entry of `schedule`; expected a whole number such as `8`");
  CHECK(error(", schedule: [{at: \"08:00\", replica: 2}]") ==
        "s.yaml:13:63: unknown key `replica` in an entry of `schedule`; expected one of `at`, `replicas`; did you mean "
        "`replicas`?");
  CHECK(error(", schedule: [{at: \"08:00\", replicas: -2}]") ==
        "s.yaml:13:73: `replicas`: `-2` is negative; expected a whole number such as `8`");
  CHECK(error(", schedule: [{at: \"08:00\", replicas: 2}, {at: \"sat 08:00\", replicas: 1}]") ==
        "s.yaml:13:82: `at`: an entry before names `sat 08:00` too; expected each time once");
}

TEST_CASE("Policies and their parameters, by their declarations alone") {
  CHECK(
      error_with("policy: continuous", "policy: continous") ==
      "s.yaml:13:24: unknown batching policy `continous`; expected one of `continuous`, `window`, `none`; did you mean "
      "`continuous`?");
  CHECK(error_with("max_sequences: 64", "max_seqs: 64") ==
        "s.yaml:13:36: unknown key `max_seqs` in batching policy `continuous`; expected one of `policy`, "
        "`max_sequences`, `token_budget`, `prefill`; did you mean `max_sequences`?");
  CHECK(error_with("max_sequences: 64", "max_sequences: 70000") ==
        "s.yaml:13:51: `max_sequences`: `70000` is out of range; expected 1 to 65536");
  CHECK(error_with("max_sequences: 64", "max_sequences: 64 s") ==
        "s.yaml:13:51: `max_sequences`: `64 s` has a unit where none is due; expected a whole number such as `8`");
  CHECK(error_with("max_sequences: 64", "max_sequences: 6.5") ==
        "s.yaml:13:51: `max_sequences`: `6.5` is not whole; expected a whole number such as `8`");
  CHECK(error_with("{policy: continuous, max_sequences: 64}", "continuous") ==
        "s.yaml:13:15: the batching policy is not named; expected a map such as `{policy: continuous}`, with one of "
        "`continuous`, `window`, `none`");
  CHECK(error_with("    batching:", "    idle: {policy: always-on, after: 1 min}\n    batching:") ==
        "s.yaml:13:31: unknown key `after` in idle policy `always-on`; expected `policy`");
}

TEST_CASE("Precisions that the hardware lacks") {
  CHECK(error_of(on("t4-4", "int8")) == "no error");
  CHECK(error_of(on("t4-4", "bf16")) ==
        "s.yaml:10:16: accelerator `t4` cannot compute in `bf16`; expected one of `fp16`, `int8`, `int8-weights`, "
        "`int4`, `int4-int8`, `nvfp4`, `mxfp4`");
}

TEST_CASE("KV caches in formats that the hardware lacks") {
  const auto kept_in = [](const std::string& format) {
    return error_of(
        with(on("t4-4", "int8"), "    precision: int8", "    precision: int8\n    kv_cache_dtype: " + format));
  };
  CHECK(kept_in("auto") == "no error");
  CHECK(kept_in("int8") == "no error");
  CHECK(kept_in("fp8") ==
        "s.yaml:11:21: accelerator `t4` has no arithmetic in `fp8`, so its attention cannot read a KV cache in it; "
        "expected one of `auto`, `fp16`, `int8`");
  CHECK(kept_in("fp9") ==
        "s.yaml:11:21: unknown KV cache format `fp9`; expected one of `auto`, `fp16`, `bf16`, `fp8`, `int8`");
}

TEST_CASE("The share of memory that an engine takes") {
  const auto share = [](const std::string& text) {
    return error_of(
        with(on("t4-4", "int8"), "    precision: int8", "    precision: int8\n    memory_utilisation: " + text));
  };
  CHECK(share("95 %") == "no error");
  CHECK(share("101 %").find("s.yaml:11:25: `memory_utilisation` of pool `chat`: `101 %` is more than the whole") == 0);
  CHECK(share("40 %").find("s.yaml:9:12: model `llama-3-8b` in int8 does not fit") == 0);
}

TEST_CASE("Models that do not fit, and what would") {
  CHECK(error_of(on("t4-4", "fp16")) ==
        "s.yaml:9:12: model `llama-3-8b` in fp16 does not fit: 16 GB of weights and 1.8 GB of activations and reserve "
        "in 14.4 GB usable on "
        "each `t4`; expected `tensor_parallel: 2` or `precision: int8`");
  CHECK(error_of(with(on("t4-1", "fp16"), "max: 8", "max: 2")) ==
        "s.yaml:9:12: model `llama-3-8b` in fp16 does not fit: 16 GB of weights and 1.8 GB of activations and reserve "
        "in 14.4 GB usable on "
        "each `t4`; expected `tensor_parallel: 1` with `pipeline_parallel: 2`, over 2 servers or `precision: int8`");
  CHECK(error_of(with(on("t4-4", "fp16"), "    model: llama-3-8b", "    model: llama-3-70b")) ==
        "s.yaml:9:12: model `llama-3-70b` in fp16 does not fit: 141.1 GB of weights and 2.7 GB of activations and "
        "reserve in 14.4 GB "
        "usable "
        "on each `t4`; expected `tensor_parallel: 4` with `pipeline_parallel: 3`, over 3 servers or `precision: int4` "
        "with `tensor_parallel: 4`");
  // The override is to blame, not the file.
  CHECK(error_of(on("t4-4", "int8"), {"pools.chat.precision=fp16"})
            .starts_with("--set pools.chat.precision=fp16: model"));
}

TEST_CASE("Tensor parallelism that the server or the model cannot have") {
  CHECK(
      error_with("    precision", "    tensor_parallel: 12\n    precision") ==
      "s.yaml:10:22: `tensor_parallel` is 12, and a `hgx-a100-80` has 8 accelerators, of which a rank takes a part of "
      "one or all of several; expected one of `1`, `2`, `4`, `8`, `16`, `32`");
  CHECK(error_with("    precision", "    tensor_parallel: 3\n    precision") ==
        "s.yaml:10:22: `tensor_parallel` is 3, which does not divide the 32 attention heads of `llama-3-8b`; expected "
        "one of `1`, `2`, `4`, `8`, `16`, `32`");
}

TEST_CASE("Replicas that the racks do not hold") {
  CHECK(
      error_with("max: 8", "max: 9") ==
      "s.yaml:12:39: pool `chat` may ask for 9 replicas of 1, and 8 fit on 1 x hgx-a100-80 of 8 accelerators; expected "
      "at most 8, or `pending: allowed`");
  CHECK(error_with("max: 8", "max: 9, pending: allowed") == "no error");
  CHECK(error_of(on("t4-4", "int8"), {"racks.0.servers=1 x t4-1"}) ==
        "s.yaml:11:14: pool `chat` runs on `t4-4`, and no rack holds one; expected `t4-1`; did you mean `t4-1`?");
  const std::string other =
      "  other: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: {start: 1}}\n";
  CHECK(error_with("pools:\n", "pools:\n" + other) ==
        "s.yaml:13:39: pools `other`, `chat` together may ask for 9 accelerators of 1 x hgx-a100-80 of 8 accelerators; "
        "expected at most 8, or `pending: allowed`");
}

TEST_CASE("Replica counts that contradict each other") {
  CHECK(error_with("start: 2", "start: 9") ==
        "s.yaml:12:23: `start` of `replicas` of pool `chat` is 9, more than `max`; expected `min` to `max`, 1 to 8");
  CHECK(error_with("start: 2", "start: 0") ==
        "s.yaml:12:23: `start` of `replicas` of pool `chat` is 0, less than `min`; expected `min` to `max`, 1 to 8");
  CHECK(error_with("min: 1", "min: 9") ==
        "s.yaml:12:31: `min` of `replicas` of pool `chat` is 9, more than `max`; expected at most 8");
  CHECK(error_with("pools:\n  chat:", "pools:\n  unassigned:") ==
        "s.yaml:8:3: `unassigned` cannot name a pool; expected letters, digits, `-` and `_`, and not `unassigned`");
}

TEST_CASE("Traffic that no pool serves, or several") {
  CHECK(error_with("model: llama-3-8b, slo", "model: llama-3-70b, slo") ==
        "s.yaml:3:32: no pool serves model `llama-3-70b`; expected `llama-3-8b`");
  const std::string two = with(with(kScenario, "max: 8", "max: 2"), "pools:\n",
                               "pools:\n  other: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: "
                               "{start: 1}}\n");
  CHECK(error_of(two) == "no error");
  CHECK(error_of(with(two, "slo:", "pool: chat, slo:")) == "no error");
  CHECK(error_of(with(two, "slo:", "pool: chatt, slo:")) ==
        "s.yaml:3:50: unknown pool `chatt`; expected one of `other`, `chat`; did you mean `chat`?");
  CHECK(error_of(with(two, "slo:", "pool: [chat, other], slo:")) == "no error");
  CHECK(error_of(with(two, "slo:", "pool: [chat, chat], slo:")) ==
        "s.yaml:3:57: `chat` is named twice; expected each pool once");
  CHECK(error_of(with(two, "slo:", "pool: [], slo:")) ==
        "s.yaml:3:50: `pool` is an empty list; expected names out of `other`, `chat`");
  CHECK(error_of(with(two, "model: llama-3-8b, slo", "model: [llama-3-8b, llama-3-70b], slo")) ==
        "s.yaml:3:32: no pool serves model `llama-3-70b`; expected `llama-3-8b`");
  CHECK(error_of(two + "routing: {policy: length-spilt}\n") ==
        "s.yaml:15:19: unknown policy of routing across pools `length-spilt`; expected one of `least-outstanding`, "
        "`round-robin`, `length-split`, `cheapest-within-slo`; did you mean `length-split`?");
}

namespace {

std::string trace_names() {
  std::string names;
  for (const std::string& name : trace_format_names()) {
    names += (names.empty() ? "`" : ", `") + name + "`";
  }
  return names;
}

}  // namespace

TEST_CASE("Files that are not there") {
  CHECK(error_with("chat.yaml", "chatt.yaml") ==
        "s.yaml:3:14: there is no file `chatt.yaml`; expected the path of a workload or a trace, relative to the "
        "scenario's "
        "folder");
  CHECK(error_with("chat.yaml", "{format: azure-lm, path: x.csv}") ==
        "s.yaml:3:23: unknown trace format `azure-lm`; expected one of " + trace_names() +
            "; did you mean `azure-llm`?");
  CHECK(error_with("chat.yaml", "{format: azure-llm, path: \"${IDLEWATT_NOT_SET}/x.csv\"}") ==
        "s.yaml:3:40: the environment variable `IDLEWATT_NOT_SET` is not set; expected the folder that "
        "`${IDLEWATT_NOT_SET}/x.csv` is in (workloads/README.md tells where to get the file)");
  CHECK_THROWS_AS(load_scenario("no-such-scenario.yaml", options_with()), InputError);
}

TEST_CASE("What is no scenario at all") {
  const std::string expected_keys = "expected keys such as `title:`, `traffic:`, `racks:`, `pools:`";
  CHECK(error_of("") == "s.yaml:1:1: the scenario is no map; " + expected_keys);
  CHECK(error_of("- a\n") == "s.yaml:1:1: the scenario is no map; " + expected_keys);
  CHECK(error_of(std::string(kScenario) + "---\ntitle: b\n") ==
        "s.yaml:14:1: a second document begins here; expected one document per file");
  CHECK(error_with("100 Gbps}", "100 Gbps") ==
        "s.yaml:7:6: not YAML: end of map flow not found; expected one YAML document");
}

TEST_CASE("Workloads that make no sense") {
  const auto workload_error = [](const std::string& from, const std::string& to) {
    return error_of(kScenario, {}, with(kWorkload, from, to));
  };
  CHECK(workload_error("20 /s", "20") ==
        "chat.yaml:3:12: `mean_rate`: `20` has no unit; expected a rate such as `20 /s`");
  CHECK(workload_error("0.5: 928", "0.5: 1") ==
        "chat.yaml:6:26: the quantiles of `prompt_tokens` descend at `1`; expected each at least the one before");
  CHECK(workload_error("0.5: 928", "0: 928") ==
        "chat.yaml:6:21: key `0` is given twice (first in line 6); expected each key once");
  CHECK(
      workload_error("0.5: 928", "0.0: 928") ==
      "chat.yaml:6:21: the probabilities of `prompt_tokens` do not ascend at `0.0`; expected each larger than the one "
      "before");
  CHECK(workload_error(", 1: 14050", "") ==
        "chat.yaml:6:14: the probabilities of `prompt_tokens` do not run from 0 to 1; expected both ends");
  CHECK(workload_error("  source: a test\n", "") ==
        "chat.yaml:6:3: key `source` is missing in `prompt_tokens`; expected where the distribution comes from");
  CHECK(workload_error("[4, 6]", "[6, 4]") == "chat.yaml:4:35: `height`: `4` is out of range; expected at least 6");
  CHECK(workload_error("spikes:", "hour_profile: [1, 2]\nspikes:") ==
        "chat.yaml:4:15: `hour_profile` has 2 entries; expected a list of 24 numbers");
}

}  // namespace
}  // namespace idlewatt::test
