#include "catalog/engine_rules.hpp"

#include <algorithm>

namespace idlewatt {

bool BoardLimits::holds_on(const Accelerator& accelerator) const {
  const auto names = [&](const std::vector<std::string>& kins) {
    return std::find(kins.begin(), kins.end(), accelerator.kin) != kins.end();
  };
  return accelerator.memory_bytes.value >= from_bytes && (only.empty() || names(only)) && !names(but);
}

BatchLimits EngineRules::limits_on(const Accelerator& accelerator) const {
  BatchLimits limits;
  for (const BoardLimits& board : boards) {
    limits = board.holds_on(accelerator) ? board.limits : limits;
  }
  return limits;
}

}  // namespace idlewatt
