// The cost of batch steps of one model on one kind of accelerator: the tables of `idlewatt physics`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A batch step, in tokens, seconds and joules.
struct StepRow {
  std::int64_t batch = 0;    ///< decoding sequences
  std::int64_t context = 0;  ///< tokens that each sequence reads; for a prompt: tokens computed before
  std::int64_t prompt = 0;   ///< tokens of each prompt that are computed in the step
  bool in_memory = true;     ///< true: the KV blocks suffice for it
  double step_s = 0.0;
  double tokens_per_s = 0.0;         ///< decoded tokens, or tokens of the prompt
  double accelerator_power_w = 0.0;  ///< power of each accelerator
  double energy_per_token_j = 0.0;   ///< energy of all accelerators of the replica
  std::optional<StepParts> parts;    ///< empty where steps are measured
};

/// The answer of `idlewatt physics`.
struct PhysicsAnswer {
  Pool pool;  ///< pool that the question describes
  const Accelerator* accelerator = nullptr;
  const Server* server = nullptr;
  const Model* model = nullptr;
  const Engine* engine = nullptr;
  MemoryPlan memory;
  std::vector<StepRow> decode;
  std::vector<StepRow> prefill;
  std::int64_t together = 1;  ///< prompts of each step of `prefill`

  int accelerators() const { return pool.parallel.accelerators(); }
  /// Tokens that the KV blocks hold, for sequences that no window has cut.
  std::int64_t kv_tokens() const { return memory.kv_blocks / memory.layout.blocks_per_page() * kKvBlockTokens; }
};

/// The rows of each table. Numbers of tokens are per sequence.
struct PhysicsQuestion {
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> contexts;
  std::vector<std::int64_t> prompts;
  std::vector<std::int64_t> computed;  ///< tokens of a prompt that were computed before
  std::int64_t together = 1;           ///< number of prompts that a step computes
};

/// Computes decode steps for each batch and context, and steps that compute a chunk of a prompt, or of several equal
/// prompts, after the tokens that were computed before. Chunks end within the model's context. The answer points into
/// the catalogue.
PhysicsAnswer answer_physics(const Pool& pool, const Catalog& catalog, const PhysicsQuestion& question);

}  // namespace idlewatt
