#include "app/physics_answer.hpp"

#include "scenario/pool_physics.hpp"

namespace idlewatt {

namespace {

StepShape decode_shape(std::int64_t batch) {
  StepShape shape;
  shape.decode_sequences = static_cast<std::int32_t>(batch);
  return shape;
}

StepShape prefill_shape(std::int64_t prompt) {
  StepShape shape;
  shape.prefill_sequences = 1;
  shape.prefill_tokens = prompt;
  shape.prefill_context = prompt;
  shape.prefill_attention = prompt * (prompt + 1) / 2;
  return shape;
}

/// The step's costs, `tokens` of which are what it is for.
void fill(StepRow& row, const StepCost& cost, std::int64_t tokens, int accelerators) {
  row.step_s = to_seconds(cost.duration);
  row.tokens_per_s = static_cast<double>(tokens) / row.step_s;
  row.accelerator_power_w = cost.energy.j() / row.step_s;
  row.energy_per_token_j = cost.energy.j() * accelerators / static_cast<double>(tokens);
}

/// Tokens that whole KV blocks take for one sequence.
std::int64_t in_blocks(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens * kKvBlockTokens;
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
  const Transformer physics(transformer_spec(pool, catalog));
  for (const std::int64_t batch : question.batches) {
    for (const std::int64_t context : question.contexts) {
      StepRow row{.batch = batch, .context = context, .parts = {}};
      row.in_memory = batch * in_blocks(context) <= answer.kv_tokens();
      fill(row, physics.cost(decode_shape(batch), batch * context), batch, answer.accelerators());
      row.parts = physics.parts(decode_shape(batch), batch * context);
      answer.decode.push_back(row);
    }
  }
  for (const std::int64_t prompt : question.prompts) {
    StepRow row{.prompt = prompt, .parts = {}};
    row.in_memory = in_blocks(prompt) <= answer.kv_tokens();
    fill(row, physics.cost(prefill_shape(prompt), 0), prompt, answer.accelerators());
    row.parts = physics.parts(prefill_shape(prompt), 0);
    answer.prefill.push_back(row);
  }
  return answer;
}

}  // namespace idlewatt
