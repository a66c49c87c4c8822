// The defaults of one version of an engine, some of them by accelerator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// Limits of a batch step, at least 1 each.
struct BatchLimits {
  std::int32_t token_budget = 1;   ///< most tokens in a step, of prompts and of answers
  std::int32_t max_sequences = 1;  ///< most sequences in a step

  constexpr bool operator==(const BatchLimits&) const = default;
};

/// The default limits on some accelerators.
struct BoardLimits {
  double from_bytes = 0.0;             ///< holds for accelerators with at least this much memory
  std::vector<std::string> only = {};  ///< kinds of accelerators (Accelerator::kin) for which it holds; empty: all
  std::vector<std::string> but = {};   ///< kinds of accelerators for which it does not hold
  BatchLimits limits = {};

  bool holds_on(const Accelerator& accelerator) const;
};

/// The rules of one version. A pool may override each rule.
struct EngineRules {
  std::string version;              ///< "vLLM 0.30"
  std::string source;               ///< place of the rules in the engine's own source
  std::vector<BoardLimits> boards;  ///< the last that holds on an accelerator counts; the first holds on all
  std::string prefix_cache;         ///< policy of a pool's prefix cache
  bool profiles_limits = false;     ///< true: memory is kept for a step of the limits, not of Engine::profile_tokens

  BatchLimits limits_on(const Accelerator& accelerator) const;
};

}  // namespace idlewatt
