// A request while a replica works on it.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/energy.hpp"
#include "base/int128.hpp"
#include "base/ticks.hpp"
#include "engine/prefix_tree.hpp"
#include "engine/report.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// What a request has behind it, also when it left the batch by preemption.
struct RequestProgress {
  Ticks admitted = kNever;
  Ticks first_token = kNever;
  Ticks last_emission = kNever;
  Ticks worst_gap = 0;
  std::int32_t generated = 0;
  std::int32_t preemptions = 0;
  std::int32_t prefix_tokens = 0;    ///< of its prompt, found in a prefix cache where others had left them
  std::int32_t reached = 0;          ///< the most known tokens that it ever had in the KV cache, at a preemption
  std::int32_t received_tokens = 0;  ///< while it waits: of its KV cache, which another replica has computed
  Energy energy;
  Energy prefill_energy;  ///< of it, for computing its prompt
};

/// A request whose prompt is computed, on its way to a replica that generates the rest of its tokens.
struct HandOver {
  Request request;
  RequestProgress progress;
  Ticks at = 0;
};

/// What is reported of a request that leaves at `end`.
Finished to_finished(Request&& request, const RequestProgress& progress, Ticks end);

// Every decoding sequence takes part in every decode step, so each one's share of their energy is a difference of
// running sums: of the fixed part / sequences, of the part per context token, and of that times the count of steps.
struct ShareSums {
  int128_t fixed_fj = 0;
  int128_t slope_fj = 0;
  int128_t moment_fj = 0;
};

struct Sequence {
  Request request;
  RequestProgress progress;
  std::int64_t order = 0;     ///< of admission
  std::int64_t computed = 0;  ///< tokens in the KV cache, while its prompt is being computed
  std::int64_t chunk = 0;     ///< tokens of its prompt in the step under way
  // While decoding: tokens in the cache are kv_base + the count of decode steps.
  std::int64_t kv_base = 0;
  std::int64_t joined_at = 0;  ///< that count when it began to decode
  ShareSums shares_before;     ///< the sums then, or when its share was added up last
  // Up to the step in which it passes a window: it reads read_base + read_slope x the count of decode steps, and takes
  // page_blocks where it begins a page.
  std::int64_t read_base = 0;
  std::int64_t read_slope = 1;
  std::int64_t page_blocks = 1;
  /// Its leading KV blocks that are in the prefix cache, and how many they are.
  std::vector<PrefixTree::Hold> held_blocks;
  std::int64_t kept_blocks = 0;
  static constexpr std::int64_t kKeepsNone = std::numeric_limits<std::int64_t>::max();

  std::int64_t known_tokens() const { return request.prompt_tokens + progress.generated; }
};

}  // namespace idlewatt
