// What a version of an engine does where nobody says otherwise: its defaults, some of them by accelerator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// Limits of a batch step, at least 1 each.
struct BatchLimits {
  std::int32_t token_budget = 1;   ///< most tokens in a step, of prompts and of answers
  std::int32_t max_sequences = 1;  ///< most sequences in it

  constexpr bool operator==(const BatchLimits&) const = default;
};

/// Limits by default on some accelerators.
struct BoardLimits {
  double from_bytes = 0.0;             ///< accelerators with at least so much memory
  std::vector<std::string> only = {};  ///< of these by Accelerator::kin; empty: of all
  std::vector<std::string> but = {};   ///< and of none of these
  BatchLimits limits = {};

  bool holds_on(const Accelerator& accelerator) const;
};

/// The rules of one version. A pool may override each of them.
struct EngineRules {
  std::string version;              ///< "vLLM 0.30"
  std::string source;               ///< where they stand in the engine's own source
  std::vector<BoardLimits> boards;  ///< the last one that holds on an accelerator counts; the first holds on all
  std::string prefix_cache;         ///< policy of a pool's prefix cache
  bool profiles_limits = false;  ///< memory is kept for a step as large as the limits, not for Engine::profile_tokens

  BatchLimits limits_on(const Accelerator& accelerator) const;
};

}  // namespace idlewatt
