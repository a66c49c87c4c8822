// Semantic cache: which answers are kept, and which request an answer is given to again. It stands before admission and
// routing. Where it stands, how long its lookups take and who counts their energy is datacenter/request_cache.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ticks.hpp"
#include "catalog/accelerator.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A request as a cache sees it: its meaning, and what else must be equal for an answer to be of use.
struct CacheRequest {
  std::uint32_t space = 0;  ///< requests of different spaces are for different models and never share answers
  std::int32_t tenant = 0;
  std::uint64_t key = 0;    ///< Request.semantic_key: what it asks for; 0 = unknown
  float similarity = 0.0F;  ///< of its text to the middle of its intent, a cosine
  double wrong_draw = 0.0;  ///< in [0, 1), of the request alone: an answer is wrong when this is below its probability
};

/// An answer that was found.
struct CacheHit {
  double cosine = 1.0;  ///< of the two requests' texts; 1 when they are the same text
  bool wrong = false;   ///< it is the answer to another question
};

/// What a lookup costs: `power_w` for `time_s`, on top of `standby_w`, which is drawn all the time.
struct LookupCost {
  double time_s = 0.0;
  double power_w = 0.0;
  double standby_w = 0.0;
};

class CachePolicy {
 public:
  virtual ~CachePolicy() = default;
  /// False: there is no cache, and the others are not asked.
  virtual bool caches() const = 0;
  /// `embedder`: the accelerator that a scenario names for the embedding model; null for the CPU.
  virtual LookupCost lookup_cost(const Accelerator* embedder) const = 0;
  /// Called in order of time. A hit counts as a use of the entry.
  virtual std::optional<CacheHit> look_up(const CacheRequest& request, Ticks now) = 0;
  /// The answer to `request` is complete. Called in order of time.
  virtual void insert(const CacheRequest& request, std::int32_t prompt_tokens, std::int32_t output_tokens,
                      Ticks now) = 0;
  virtual std::int64_t entries() const = 0;
  virtual std::int64_t bytes() const = 0;
};

using CacheDeclaration = Declaration<CachePolicy>;

}  // namespace idlewatt
