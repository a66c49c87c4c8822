// Random cases for a replica: its physics, its memory, its policy, its arrivals. A case is plain data, so that it can
// be printed, shrunk and replayed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ticks.hpp"
#include "catalog/parallelism.hpp"
#include "physics/memory_plan.hpp"
#include "physics/step_model.hpp"
#include "policy/batch/batch.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "property/step_oracle.hpp"
#include "support/line_model.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

enum class CasePolicy : std::uint8_t {
  continuous,
  none,
  prefill_first,
  only_when_empty,
  as_many_as_wait,
  in_groups,
  whole_prompts_first,
  window,
  together,
};

enum class CaseOrder : std::uint8_t { fcfs, shortest_prompt, shortest_prediction, priority, deadline };

struct CaseRequest {
  Ticks at = 0;
  std::int32_t prompt = 1;
  std::int32_t output = 1;
  std::int16_t priority = 0;
  Ticks deadline = kNever;         ///< kNever: not deferrable
  std::uint64_t family = 0;        ///< requests of one family share the first blocks of their prompts
  std::int64_t shared_blocks = 0;  ///< how many of this one's
  std::uint64_t session = 0;       ///< its prompts begin alike, beyond those blocks
  double labelled = 1.0;           ///< share of the prompt's blocks that the trace has hashes of
  Ticks cancelled = kNever;        ///< when nobody wants it any more, if it is still there
  bool received = false;           ///< comes with one token and the KV cache of its prompt
  Ticks held = 1;                  ///< how long its blocks are held after a hand-over
};

struct ReplicaCase {
  std::uint64_t seed = 0;
  CasePolicy policy = CasePolicy::continuous;
  std::int32_t max_sequences = 1;
  std::int64_t budget = 1;
  std::int64_t blocks = 1;
  Ticks window = 0;
  CaseOrder order = CaseOrder::fcfs;
  Ticks within = 0;  ///< parameters of the order by deadline
  Ticks lead = 0;
  double spare = 0.0;
  bool prefix_cache = false;
  std::int64_t block_tokens = 16;   ///< of a hash
  bool mixed_blocks = false;        ///< of some requests it is 16
  bool sessions_continued = false;  ///< parameters of the prefix cache
  bool answers_kept = true;
  bool hands_over = false;
  OracleScheduler scheduler;
  std::vector<AttendedKind> kinds{AttendedKind{}};  ///< how layers read the context
  KvLayout layout;                                  ///< and what they keep of it
  std::optional<Parallelism> parallel;  ///< of A100s' physics, of experts where they are spread; else `costs`
  LineModelCosts costs;
  std::vector<CaseRequest> requests;  ///< by time
  std::vector<Ticks> paces;           ///< by time: from the first on it is slow, from the second whole again, and so on
  double slowness = 1.0;
  std::int64_t longest = 1;  ///< tokens that any request ever has in the cache

  std::unique_ptr<StepModel> make_physics() const;
  std::unique_ptr<BatchPolicy> make_policy() const;
  std::unique_ptr<QueuePolicy> make_order() const;
  std::unique_ptr<PrefixPolicy> make_prefix() const;
  Request request(std::size_t index) const;
  std::int32_t context_tokens() const;
  std::string print() const;
};

/// The same seed gives the same case on every machine.
ReplicaCase random_case(std::uint64_t seed);

}  // namespace idlewatt
