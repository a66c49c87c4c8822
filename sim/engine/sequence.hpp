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

/// The progress of a request, kept when the request leaves the batch by preemption.
struct RequestProgress {
  Ticks admitted = kNever;
  Ticks first_token = kNever;
  Ticks last_emission = kNever;
  Ticks worst_gap = 0;
  std::int32_t generated = 0;
  std::int32_t preemptions = 0;
  std::int32_t prefix_tokens = 0;    ///< prompt tokens found in a prefix cache where other requests had left them
  std::int32_t reached = 0;          ///< largest number of known tokens that it had in the KV cache at a preemption
  std::int32_t received_tokens = 0;  ///< while it waits: tokens of its KV cache that another replica has computed
  Energy energy;
  Energy prefill_energy;  ///< part of `energy` for computing the prompt
};

/// A request whose prompt is computed, on its way to the replica that generates its remaining tokens.
struct HandOver {
  Request request;
  RequestProgress progress;
  Ticks at = 0;
};

/// The report of a request that leaves at `end`.
Finished to_finished(Request&& request, const RequestProgress& progress, Ticks end);

// Running sums of the energy of decode steps. Every decoding sequence takes part in every decode step, so its share of
// their energy is a difference of these sums: of the fixed part / sequences, of the part per context token, and of that
// part times the number of steps.
struct ShareSums {
  int128_t fixed_fj = 0;
  int128_t slope_fj = 0;
  int128_t moment_fj = 0;
};

struct Sequence {
  Request request;
  RequestProgress progress;
  std::int64_t order = 0;     ///< order of admission
  std::int64_t computed = 0;  ///< tokens in the KV cache while the prompt is being computed
  std::int64_t chunk = 0;     ///< prompt tokens in the step under way
  // While decoding: tokens in the cache are kv_base + the count of decode steps.
  std::int64_t kv_base = 0;
  std::int64_t joined_at = 0;  ///< number of decode steps when the sequence began to decode
  ShareSums shares_before;     ///< sums at that time, or when its share was last settled
  // Up to the step in which it passes an attention window, the sequence reads read_base + read_slope x the number of
  // decode steps, and takes page_blocks whenever it begins a page.
  std::int64_t read_base = 0;
  std::int64_t read_slope = 1;
  std::int64_t page_blocks = 1;
  /// The leading KV blocks that are in the prefix cache, and their number.
  std::vector<PrefixTree::Hold> held_blocks;
  std::int64_t kept_blocks = 0;
  static constexpr std::int64_t kKeepsNone = std::numeric_limits<std::int64_t>::max();

  std::int64_t known_tokens() const { return request.prompt_tokens + progress.generated; }
};

}  // namespace idlewatt
