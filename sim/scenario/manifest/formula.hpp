// Formulas of KEDA's scalingModifiers: arithmetic, comparisons, `&&`, `||`, `!`, `c ? a : b`, and the functions abs,
// ceil, floor, round, int, float, max, min, mean and sum, over the triggers by their names. Source: keda.sh, "Scaling
// modifiers", whose formulas are of expr-lang.
#pragma once

#include <string>
#include <vector>

#include "policy/autoscale/signal.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Parses a formula. `triggers` are the names of the triggers, empty for a trigger without one; the index of a variable
/// is that of its trigger. Throws InputError.
Signal parse_keda_formula(const YamlNode& formula, const std::vector<std::string>& triggers);

}  // namespace idlewatt
