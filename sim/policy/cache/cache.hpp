// Semantic cache: decides which answers are kept, and which later requests get a kept answer. The cache stands before
// admission and routing. control/request_cache.hpp has its place on the request's path, the time of lookups and the
// account of their energy.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ticks.hpp"
#include "catalog/accelerator.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A request as a cache sees it: its meaning, and the properties that must be equal for an answer to be of use.
struct CacheRequest {
  std::uint32_t space = 0;  ///< number of the set of models that may answer; requests of different spaces never share
                            ///< answers
  std::int32_t tenant = 0;
  std::uint64_t key = 0;    ///< Request.semantic_key, the meaning; 0 = unknown
  float similarity = 0.0F;  ///< cosine of the request's text to the centre of its intent
  double wrong_draw = 0.0;  ///< draw from [0, 1) of this request alone; an answer is wrong when the draw is below the
                            ///< probability of a wrong answer
};

/// An answer that a lookup found.
struct CacheHit {
  double cosine = 1.0;  ///< cosine of the two requests' texts; 1 when the texts are equal
  bool wrong = false;   ///< true: the answer is to another question
};

/// The cost of a lookup: `power_w` for `time_s`, on top of `standby_w`, which is drawn all the time.
struct LookupCost {
  double time_s = 0.0;
  double power_w = 0.0;
  double standby_w = 0.0;
};

class CachePolicy {
 public:
  virtual ~CachePolicy() = default;
  /// False when there is no cache; the other functions are then not called.
  virtual bool caches() const = 0;
  /// The cost of one lookup. `embedder` is the accelerator that the scenario names for the embedding model; null = the
  /// CPU.
  virtual LookupCost lookup_cost(const Accelerator* embedder) const = 0;
  /// Looks for an answer. A hit counts as a use of the entry. Calls must come in order of time.
  virtual std::optional<CacheHit> look_up(const CacheRequest& request, Ticks now) = 0;
  /// Adds the complete answer to `request`. Calls must come in order of time.
  virtual void insert(const CacheRequest& request, std::int32_t prompt_tokens, std::int32_t output_tokens,
                      Ticks now) = 0;
  virtual std::int64_t entries() const = 0;
  virtual std::int64_t bytes() const = 0;
};

using CacheDeclaration = Declaration<CachePolicy>;

}  // namespace idlewatt
