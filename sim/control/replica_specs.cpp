#include "control/replica_specs.hpp"

#include "scenario/policy/chosen_policy.hpp"
#include "scenario/pool/pool_physics.hpp"

namespace idlewatt {

ReplicaSpecs::ReplicaSpecs(const Pool& pool, const Catalog& catalog)
    : pool_(&pool),
      idle_power_(Power::from_w(catalog.accelerators.at(pool.accelerator).idle_loaded_w.value)),
      physics_(make_physics(pool, catalog)),
      batching_(chosen_of(BatchFamily::built_in(), pool.batching)),
      queue_order_(chosen_of(QueueFamily::built_in(), pool.queue).make(pool.queue.parameters)),
      prefix_cache_(chosen_of(PrefixFamily::built_in(), pool.prefix_cache).make(pool.prefix_cache.parameters)),
      batch_slots_(make_batch_policy()->max_sequences()) {
  const MemoryPlan memory = memory_of(pool, catalog);
  const std::int32_t context = catalog.models.at(pool.model).context_tokens;
  spec_ = std::make_unique<ReplicaSpec>(*physics_, memory.kv_blocks, context, batch_slots_, memory.layout);
  spec_->most_blocks = memory.rank_blocks;
  spec_->queue = queue_order_.get();
  spec_->prefix = prefix_cache_.get();
  spec_->hands_over = pool.role == PoolRole::prefill;
  const Engine& engine = catalog.engines.at(pool.engine);
  spec_->front_end = {.per_request = to_ticks(pool.request_overhead_s.value_or(engine.request_overhead_s.value)),
                      .per_prompt_token = to_ticks(
                          pool.request_overhead_per_token_s.value_or(engine.request_overhead_per_token_s.value))};
  spec_->asynchronous = pool.steps_in_flight ? *pool.steps_in_flight > 1 : engine.steps_in_flight.value > 1.0;
}

const ReplicaSpec& ReplicaSpecs::at_pace(double slowness) {
  if (slowness <= 1.0) {
    return *spec_;
  }
  const auto [entry, is_new] = slow_paces_.try_emplace(slowness, *physics_, slowness, idle_power_);
  SlowPace& pace = entry->second;
  if (is_new) {
    pace.spec = std::make_unique<ReplicaSpec>(spec_->with_physics(pace.physics));
  }
  return *pace.spec;
}

}  // namespace idlewatt
