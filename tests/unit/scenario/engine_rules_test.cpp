// The rules of an engine's version: what a pool gets of them, and what is wrong in a catalogue's.
#include "scenario/pool/pool_physics.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

/// The pool of the scenario on that server, with these lines instead of its batching.
Pool pool_of(const std::string& server, const std::string& lines, const std::string& model = "llama-3-8b") {
  std::string text =
      with(with(kScenario, "1 x hgx-a100-80", "8 x " + server), "servers: hgx-a100-80", "servers: " + server);
  text = with(text, "    batching: {policy: continuous, max_sequences: 64}\n", lines);
  text = with(with(text, "model: llama-3-8b, slo", "model: " + model + ", slo"), "    model: llama-3-8b",
              "    model: " + model);
  return load(text)[0].pools[PoolId(0)];
}

BatchLimits limits(const Pool& pool) {
  return {pool.batching.parameters.get_int("token_budget"), pool.batching.parameters.get_int("max_sequences")};
}

const std::string kNew = "    engine: vllm-2026\n";

TEST_CASE("A pool that says nothing has the rules of its engine's version on its accelerator") {
  CHECK(limits(pool_of("hgx-h100", kNew)) == BatchLimits{8192, 1024});
  CHECK(limits(pool_of("mi300x-8", kNew)) == BatchLimits{8192, 1024});
  CHECK(limits(pool_of("l40s-1", kNew)) == BatchLimits{2048, 256});
  // As large as an H100, and yet: long steps cost an A100 throughput.
  CHECK(limits(pool_of("hgx-a100-80", kNew)) == BatchLimits{2048, 256});
  CHECK(pool_of("hgx-h100", kNew).prefix_cache.name == "lru");
}

TEST_CASE("The engine of 2025 has no version's rules: its pools are as they were") {
  const Pool pool = pool_of("hgx-h100", "    engine: vllm-2025\n");
  CHECK(limits(pool) == BatchLimits{2048, 256});
  CHECK(pool.prefix_cache.name == "none");
}

TEST_CASE("A pool overrides each rule") {
  const Pool tokens = pool_of("hgx-h100", kNew + "    batching: {policy: continuous, token_budget: 4096}\n");
  CHECK(limits(tokens) == BatchLimits{4096, 1024});
  CHECK(tokens.prefix_cache.name == "lru");
  const Pool both =
      pool_of("hgx-h100", kNew +
                              "    batching: {policy: continuous, token_budget: 2048, max_sequences: 64}\n"
                              "    prefix_cache: {policy: none}\n");
  CHECK(limits(both) == BatchLimits{2048, 64});
  CHECK(both.prefix_cache.name == "none");
  CHECK(pool_of("hgx-h100", kNew + "    batching: {policy: none}\n").batching.name == "none");
}

TEST_CASE("No rule gives a prefix cache to a model whose layers keep a window") {
  CHECK(pool_of("hgx-h100", kNew, "gemma-2-9b").prefix_cache.name == "none");
  CHECK(pool_of("hgx-h100", kNew + "    prefix_cache: {policy: lru}\n", "gemma-2-9b").prefix_cache.name == "lru");
}

TEST_CASE("Memory is kept for a step as large as the limits, and the share of it is the pool's or the engine's") {
  const auto plan = [](const std::string& lines) {
    const std::string text =
        with(with(with(kScenario, "1 x hgx-a100-80", "1 x hgx-h100"), "servers: hgx-a100-80", "servers: hgx-h100"),
             "    batching: {policy: continuous, max_sequences: 64}\n", kNew + lines);
    const Scenario scenario = load(text)[0];
    return memory_of(scenario.pools[PoolId(0)], *scenario.catalog);
  };
  const MemoryPlan given = plan("");
  const MemoryPlan small = plan("    batching: {policy: continuous, token_budget: 2048, max_sequences: 256}\n");
  CHECK(given.activation_bytes == Approx(4.0 * small.activation_bytes));
  CHECK(plan("    memory_utilisation: 50 %\n").usable_bytes == Approx(given.usable_bytes * 0.5 / 0.92));
}

TEST_CASE("A pool with `role: decode` computes no prompts, and has no prefix cache by rule") {
  const std::string apart =
      with(with(with(kScenario, "1 x hgx-a100-80", "2 x hgx-h100"), "servers: hgx-a100-80", "servers: hgx-h100"),
           "    batching: {policy: continuous, max_sequences: 64}\n",
           kNew +
               "    role: prefill\n    decode: answers\n"
               "  answers: {model: llama-3-8b, servers: hgx-h100, engine: vllm-2026, role: decode, "
               "replicas: 4}\n");
  const Scenario scenario = load(apart)[0];
  CHECK(scenario.pools[PoolId(0)].prefix_cache.name == "lru");
  CHECK(scenario.pools[PoolId(1)].prefix_cache.name == "none");
}

TEST_CASE("Mistakes in the rules of a catalogue's engine") {
  const auto error = [](const std::string& rules) {
    const Folder folder;
    folder.write("chat.yaml", kWorkload);
    folder.write("mine.yaml", "engines:\n  mine:\n    like: vllm-2025\n    rules: " + rules + "\n");
    try {
      load_scenario(folder.write("s.yaml", std::string(kScenario) + "catalog: [mine.yaml]\n"), options_with());
    } catch (const InputError& problem) {
      return folder.relative(problem.what());
    }
    return std::string("no error");
  };
  const std::string all = "{token_budget: 4096, max_sequences: 128}";
  const auto of = [&](const std::string& batch) {
    return error("{version: mine 1, source: mine, prefix_cache: lru, batch: [" + batch + "]}");
  };
  CHECK(of(all) == "no error");
  CHECK(of(all + ", {only: [l4], token_budget: 512, max_sequences: 8}") == "no error");
  CHECK(of(all + ", {only: [l5], token_budget: 512, max_sequences: 8}").find("unknown accelerator `l5`") !=
        std::string::npos);
  CHECK(of("{from: 70 GiB, token_budget: 512, max_sequences: 8}").find("the first limits of") != std::string::npos);
  CHECK(error("{version: mine 1, source: mine, prefix_cache: lru}").find("key `batch` is missing") !=
        std::string::npos);
  CHECK(error("{version: mine 1, source: mine, prefix_cache: mru, batch: [" + all + "]}").find("unknown policy") !=
        std::string::npos);
}

}  // namespace
}  // namespace idlewatt::test
