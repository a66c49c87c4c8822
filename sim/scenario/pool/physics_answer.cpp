#include "scenario/pool/physics_answer.hpp"

#include "scenario/pool/pool_physics.hpp"

namespace idlewatt {

namespace {

StepShape decode_shape(std::int64_t batch) {
  StepShape shape;
  shape.decode_sequences = static_cast<std::int32_t>(batch);
  return shape;
}

StepShape prefill_shape(const AttendedContext& attended, std::int64_t prompt, std::int64_t computed,
                        std::int64_t together) {
  StepShape shape;
  for (std::int64_t i = 0; i < together; ++i) {
    shape.add_chunk(attended, computed, prompt);
  }
  return shape;
}

/// The step's costs, `tokens` of which are what it is for.
void fill(StepRow& row, const StepCost& cost, std::int64_t tokens, int accelerators) {
  row.step_s = to_seconds(cost.duration);
  row.tokens_per_s = static_cast<double>(tokens) / row.step_s;
  row.accelerator_power_w = cost.energy.j() / row.step_s;
  row.energy_per_token_j = cost.energy.j() * accelerators / static_cast<double>(tokens);
}

/// True when so many sequences of so many tokens have their KV blocks, each on one rank.
bool fit(const MemoryPlan& memory, std::int64_t sequences, std::int64_t tokens) {
  const std::int64_t blocks = memory.layout.blocks(tokens);
  return blocks <= memory.rank_blocks && sequences * blocks <= memory.kv_blocks;
}

}  // namespace

PhysicsAnswer answer_physics(const Pool& pool, const Catalog& catalog, const PhysicsQuestion& question) {
  PhysicsAnswer answer;
  answer.pool = pool;
  answer.accelerator = &catalog.accelerators.at(pool.accelerator);
  answer.server = &catalog.servers.at(pool.server);
  answer.model = &catalog.models.at(pool.model);
  answer.engine = &catalog.engines.at(pool.engine);
  answer.memory = memory_of(pool, catalog);
  answer.together = question.together;
  const std::unique_ptr<StepModel> physics = make_physics(pool, catalog);
  const auto* transformer = dynamic_cast<const Transformer*>(physics.get());
  const auto row_of = [&](StepRow row, const StepShape& shape, std::int64_t context, std::int64_t tokens) {
    fill(row, physics->cost(shape, context), tokens, answer.accelerators());
    if (transformer != nullptr) {
      row.parts = transformer->parts(shape, context);
    }
    return row;
  };
  for (const std::int64_t batch : question.batches) {
    for (const std::int64_t context : question.contexts) {
      const bool fits = fit(answer.memory, batch, context);
      answer.decode.push_back(row_of({.batch = batch, .context = context, .in_memory = fits, .parts = {}},
                                     decode_shape(batch), batch * physics->attended().of(context), batch));
    }
  }
  for (const std::int64_t prompt : question.prompts) {
    for (const std::int64_t computed : question.computed) {
      if (computed + prompt <= answer.model->context_tokens) {
        const bool fits = fit(answer.memory, question.together, computed + prompt);
        answer.prefill.push_back(row_of({.context = computed, .prompt = prompt, .in_memory = fits, .parts = {}},
                                        prefill_shape(physics->attended(), prompt, computed, question.together), 0,
                                        question.together * prompt));
      }
    }
  }
  return answer;
}

}  // namespace idlewatt
