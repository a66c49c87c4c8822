#include "physics/memory_plan.hpp"

#include <algorithm>
#include <cmath>

#include "catalog/model_weights.hpp"

namespace idlewatt {
namespace {

/// Bytes of one token by what layers keep of it, on one accelerator of a stage.
struct KeptBytes {
  std::int64_t window = 0;
  double bytes = 0.0;
};

std::vector<KeptBytes> kept_bytes(const Model& model, const Parallelism& parallel, const MemoryChoices& choices) {
  const double element_bytes = kv_element_bytes(choices.kv);
  std::vector<KeptBytes> result;
  for (const KvKind& kind : model.kv_kinds(parallel.tensor)) {
    const bool windowed = choices.windows == Windows::dropped && kind.kept > 0 && kind.kept < model.context_tokens;
    const std::int64_t window = windowed ? kind.kept : 0;
    auto found = std::find_if(result.begin(), result.end(), [&](const KeptBytes& k) { return k.window == window; });
    if (found == result.end()) {
      found = result.insert(found, {window, 0.0});
    }
    found->bytes += kind.borrowed ? 0.0 : kind.layers * kind.elements * element_bytes / parallel.pipeline;
  }
  std::erase_if(result, [](const KeptBytes& kept) { return kept.bytes <= 0.0; });
  return result;
}

/// The layout of the model's blocks; sets the bytes of one.
KvLayout layout_of(const Model& model, const Parallelism& parallel, const MemoryChoices& choices, double& block_bytes) {
  const std::vector<KeptBytes> kept = kept_bytes(model, parallel, choices);
  const double state_bytes = model.state_bytes(parallel.tensor) / parallel.pipeline;
  if (kept.empty()) {
    block_bytes = std::max(1.0, state_bytes);
    return {.groups = {}, .state_blocks = 1};
  }
  double token_bytes = std::numeric_limits<double>::infinity();
  for (const KeptBytes& kind : kept) {
    token_bytes = std::min(token_bytes, kind.bytes);
  }
  block_bytes = kKvBlockTokens * token_bytes;
  KvLayout layout{.groups = {}, .state_blocks = static_cast<std::int64_t>(std::ceil(state_bytes / block_bytes))};
  for (const KeptBytes& kind : kept) {
    // A window that does not begin with a page needs one more.
    const std::int64_t pages =
        kind.window > 0 ? (kind.window + kKvBlockTokens - 2) / kKvBlockTokens + 1 : std::int64_t{0};
    layout.groups.push_back(
        {.blocks = static_cast<std::int64_t>(std::ceil(kind.bytes / token_bytes - 1e-9)), .pages = pages});
  }
  return layout;
}

struct LargestStep {
  double tokens = 0.0;
  double sequences = 0.0;
};

double activation_bytes(const Model& model, const LargestStep& step, int tensor_parallel) {
  double intermediate = model.intermediate;
  if (model.mixture) {
    const ExpertMixture& mixture = *model.mixture;
    intermediate = std::max(
        intermediate, static_cast<double>(mixture.experts_per_token) * mixture.intermediate + mixture.shared_width());
  }
  const double products = (model.gated_mlp ? 3.0 : 2.0) * intermediate / tensor_parallel;
  constexpr double kLogitBytes = 4.0 + 4.0;  // a logit and its probability
  return step.tokens * (3.0 * model.hidden + products) * kActivationBytes +
         step.sequences * model.vocabulary * kLogitBytes;
}

}  // namespace

std::int64_t KvLayout::blocks_per_page() const {
  std::int64_t blocks = 0;
  for (const Group& group : groups) {
    blocks += group.blocks;
  }
  return std::max<std::int64_t>(1, blocks);
}

KvLayout::Law KvLayout::law(std::int64_t tokens) const {
  Law law{.blocks = 0};
  for (const Group& group : groups) {
    const std::int64_t last = group.pages * kKvBlockTokens;
    if (group.pages == 0 || tokens < last) {
      law.blocks += group.blocks;
      law.until = group.pages == 0 ? law.until : std::min(law.until, last);
    }
  }
  return law;
}

double rank_weight_bytes(const Model& model, Precision precision, const Parallelism& parallel) {
  const double all = model.weight_bytes(precision);
  if (!model.mixture) {
    return all;
  }
  const double routed = model_weights(model).routed() * model.formats(precision).experts.bytes;
  const double copies = 1.0 + static_cast<double>(parallel.redundant_experts) / model.mixture->experts;
  return all + routed * (copies / parallel.ranks() - 1.0);
}

MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       const Parallelism& parallel, const MemoryChoices& choices) {
  const Model* draft = choices.draft;
  const LargestStep step = choices.largest_step
                               ? LargestStep{static_cast<double>(choices.largest_step->token_budget),
                                             static_cast<double>(choices.largest_step->max_sequences)}
                               : LargestStep{engine.profile_tokens.value, engine.profile_sequences.value};
  MemoryPlan plan;
  plan.usable_bytes = accelerator.memory_bytes.value * choices.utilisation.value_or(engine.memory_utilisation.value);
  plan.weight_bytes = rank_weight_bytes(model, precision, parallel) / parallel.tensor / parallel.pipeline;
  plan.activation_bytes = activation_bytes(model, step, parallel.tensor);
  double block_bytes = 0.0;
  plan.layout = layout_of(model, parallel, choices, block_bytes);
  if (draft != nullptr) {
    plan.weight_bytes += rank_weight_bytes(*draft, precision, parallel) / parallel.tensor / parallel.pipeline;
    plan.activation_bytes = std::max(plan.activation_bytes, activation_bytes(*draft, step, parallel.tensor));
    block_bytes += kKvBlockTokens * draft->kv_bytes_per_token(parallel.tensor, choices.kv) / parallel.pipeline;
  }
  plan.reserve_bytes = engine.reserve_bytes.value;
  plan.kv_bytes = plan.usable_bytes - plan.weight_bytes - plan.activation_bytes - plan.reserve_bytes;
  if (plan.kv_bytes > 0.0) {
    plan.rank_blocks = static_cast<std::int64_t>(std::floor(plan.kv_bytes / (block_bytes / parallel.token_parts())));
    plan.kv_blocks = parallel.data_attention * plan.rank_blocks;
  }
  return plan;
}

}  // namespace idlewatt
