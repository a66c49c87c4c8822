#include "scenario/pool/pool_physics.hpp"

#include <utility>

#include "physics/measured_steps.hpp"
#include "physics/speculative.hpp"

namespace idlewatt {

namespace {

const Model* draft_of(const Pool& pool, const Catalog& catalog) {
  return pool.speculation ? &catalog.models.at(pool.speculation->draft) : nullptr;
}

/// The limits of one rank by the pool's, when the engine keeps memory for a step as large as the limits.
std::optional<BatchLimits> largest_step(const Pool& pool, const Catalog& catalog) {
  const std::optional<EngineRules>& rules = catalog.engines.at(pool.engine).rules;
  if (!rules || !rules->profiles_limits) {
    return std::nullopt;
  }
  const Parameters& said = pool.batching.parameters;
  if (said.all().contains("token_budget") && said.all().contains("max_sequences")) {
    const std::int32_t ranks = pool.parallel.data_attention;
    return BatchLimits{(said.get_int("token_budget") + ranks - 1) / ranks,
                       (said.get_int("max_sequences") + ranks - 1) / ranks};
  }
  return rules->limits_on(catalog.accelerators.at(pool.accelerator));
}

}  // namespace

TransformerSpec transformer_spec(const Pool& pool, const Catalog& catalog) {
  const Server& server = catalog.servers.at(pool.server);
  return {.accelerator = &catalog.accelerators.at(pool.accelerator),
          .model = &catalog.models.at(pool.model),
          .engine = &catalog.engines.at(pool.engine),
          .precision = pool.precision,
          .kv = pool.kv_format,
          .parallel = pool.parallel,
          .network_bytes_per_s = server.nic_bytes_per_s.value,
          .network_latency_s = server.nic_latency_s.value,
          .server_accelerators = server.accelerators,
          .power_cap_w = pool.power_cap_w,
          .clock_limit_hz = pool.clock_limit_hz};
}

std::unique_ptr<StepModel> make_physics(const Pool& pool, const Catalog& catalog) {
  std::unique_ptr<StepModel> transformer = make_transformer(transformer_spec(pool, catalog));
  if (pool.step_times) {
    return std::make_unique<MeasuredSteps>(pool.step_times->steps, *transformer);
  }
  if (pool.speculation) {
    TransformerSpec draft = transformer_spec(pool, catalog);
    draft.model = draft_of(pool, catalog);
    return std::make_unique<Speculative>(std::move(transformer), make_transformer(draft), pool.speculation->tokens,
                                         pool.speculation->acceptance);
  }
  return transformer;
}

MemoryPlan memory_of(const Pool& pool, const Catalog& catalog) {
  return memory_plan(catalog.accelerators.at(pool.accelerator), catalog.models.at(pool.model),
                     catalog.engines.at(pool.engine), pool.precision, pool.parallel,
                     {.draft = draft_of(pool, catalog),
                      .windows = pool.prefix_cache.name == "none" ? Windows::dropped : Windows::kept,
                      .kv = pool.kv_format,
                      .largest_step = largest_step(pool, catalog),
                      .utilisation = pool.memory_utilisation});
}

}  // namespace idlewatt
