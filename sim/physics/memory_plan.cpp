#include "physics/memory_plan.hpp"

#include <cmath>

namespace idlewatt {

MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       int tensor_parallel) {
  MemoryPlan plan;
  plan.usable_bytes = accelerator.memory_bytes.value * engine.memory_utilisation.value;
  plan.weight_bytes = model.weight_bytes(precision) / tensor_parallel;
  plan.reserve_bytes = engine.reserve_bytes.value;
  plan.kv_bytes = plan.usable_bytes - plan.weight_bytes - plan.reserve_bytes;
  if (plan.kv_bytes > 0.0) {
    const double block_bytes = kKvBlockTokens * model.kv_bytes_per_token() / tensor_parallel;
    plan.kv_blocks = static_cast<std::int64_t>(std::floor(plan.kv_bytes / block_bytes));
  }
  return plan;
}

}  // namespace idlewatt
