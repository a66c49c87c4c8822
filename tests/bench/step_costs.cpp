#include "bench/step_costs.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "physics/measured_steps.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/pool/pool_physics.hpp"

namespace idlewatt {
namespace {

StepShape mixed(long i) {
  const std::int64_t tokens = 256 + i % 512;
  return {.decode_sequences = static_cast<std::int32_t>(1 + i % 200),
          .prefill_sequences = 1,
          .prefill_tokens = tokens,
          .prefill_context = tokens,
          .prefill_attention = tokens * (tokens + 1) / 2};
}

/// Nanoseconds of processor time for one call of ask(i), the least of some repetitions.
template <class Ask>
double nanoseconds(long times, int repeats, Ask ask) {
  double best = 1e18;
  Ticks sum = 0;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const std::clock_t start = std::clock();
    for (long i = 0; i < times; ++i) {
      sum += ask(i);
    }
    const double spent_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::min(best, spent_s * 1e9 / static_cast<double>(times));
  }
  if (sum <= 0) {  // also keeps the loop from being left out
    throw Error("steps take time");
  }
  return best;
}

void measure(const char* name, const StepModel& model, long times, int repeats) {
  const CostLine line = model.line({.decode_sequences = 64});
  const double lines = nanoseconds(times, repeats, [&](long i) {
    return model.line({.decode_sequences = static_cast<std::int32_t>(1 + i % 200)}).at(1000).duration;
  });
  const double jumps =
      nanoseconds(times, repeats, [&](long i) { return line.sum(64 * 500 + i % 1000, 64, 100).duration; });
  const double prompts = nanoseconds(times, repeats, [&](long i) { return model.cost(mixed(i), 50'000).duration; });
  std::printf("| %s | %.0f | %.0f | %.0f |\n", name, lines, jumps, prompts);
  std::fflush(stdout);
}

/// A table of 9 batches and 10 prompt lengths at 5 contexts each.
std::vector<MeasuredStep> table_of(const StepModel& model) {
  std::vector<MeasuredStep> steps;
  for (std::int64_t size = 1; size <= 512; size *= 2) {
    for (const double context : {0.0, 512.0, 1024.0, 2048.0, 4096.0}) {
      for (MeasuredStep step : {MeasuredStep{.batch = static_cast<std::int32_t>(size), .context = context},
                                MeasuredStep{.tokens = 8 * size, .context = context}}) {
        const StepCost cost = model.cost(shape_of(step), decode_context_of(step));
        step.duration_s = to_seconds(cost.duration);
        step.power_w = cost.energy.j() / step.duration_s;
        steps.push_back(step);
      }
    }
  }
  return steps;
}

}  // namespace

void measure_step_costs(long times, int repeats) {
  const Catalog catalog = read_platforms(IDLEWATT_SOURCE_DIR "/platforms");
  Pool pool;
  pool.model = "llama-3-8b";
  pool.server = "hgx-a100-80";
  pool.accelerator = "a100-sxm-80";
  pool.engine = "vllm-2025";
  std::printf(
      "\nWhat it takes to ask for a step's time and energy, nanoseconds.\n\n"
      "| physics | line of a batch's decode steps | 100 steps on a line, summed | step with a prompt |\n"
      "|---|---:|---:|---:|\n");
  const auto plain = make_physics(pool, catalog);
  measure("Llama-3-8B on an A100", *plain, times, repeats);
  pool.power_cap_w = 250.0;
  measure("the same, capped to 250 W", *make_physics(pool, catalog), std::max(1L, times / 20), repeats);
  measure("a table of 100 measured steps", MeasuredSteps(table_of(*plain), *plain), std::max(1L, times / 10), repeats);
}

}  // namespace idlewatt
