#include "physics/memory_plan.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

double activation_bytes(const Model& model, const Engine& engine, int tensor_parallel) {
  double intermediate = model.intermediate;
  if (model.mixture) {
    const ExpertMixture& mixture = *model.mixture;
    const int at_once = mixture.experts_per_token + mixture.shared_experts;
    intermediate = std::max(intermediate, static_cast<double>(at_once) * mixture.intermediate);
  }
  const double products = (model.gated_mlp ? 3.0 : 2.0) * intermediate / tensor_parallel;
  constexpr double kLogitBytes = 4.0 + 4.0;  // a logit and its probability
  return engine.profile_tokens.value * (3.0 * model.hidden + products) * kActivationBytes +
         engine.profile_sequences.value * model.vocabulary * kLogitBytes;
}

}  // namespace

MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       const Parallelism& parallel, const Model* draft) {
  MemoryPlan plan;
  plan.usable_bytes = accelerator.memory_bytes.value * engine.memory_utilisation.value;
  plan.weight_bytes = model.weight_bytes(precision) / parallel.tensor / parallel.pipeline;
  plan.activation_bytes = activation_bytes(model, engine, parallel.tensor);
  double token_bytes = model.kv_bytes_per_token(parallel.tensor);
  if (draft != nullptr) {
    plan.weight_bytes += draft->weight_bytes(precision) / parallel.tensor / parallel.pipeline;
    plan.activation_bytes = std::max(plan.activation_bytes, activation_bytes(*draft, engine, parallel.tensor));
    token_bytes += draft->kv_bytes_per_token(parallel.tensor);
  }
  plan.reserve_bytes = engine.reserve_bytes.value;
  plan.kv_bytes = plan.usable_bytes - plan.weight_bytes - plan.activation_bytes - plan.reserve_bytes;
  if (plan.kv_bytes > 0.0) {
    const double block_bytes = kKvBlockTokens * token_bytes / parallel.pipeline;
    plan.kv_blocks = static_cast<std::int64_t>(std::floor(plan.kv_bytes / block_bytes));
  }
  return plan;
}

}  // namespace idlewatt
