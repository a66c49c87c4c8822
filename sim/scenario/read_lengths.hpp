// Reads a distribution of token lengths. Throws InputError.
#pragma once

#include <string>

#include "scenario/yaml_tree.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// Quantiles, a lognormal distribution or a CDF file, and their source. `label` names it in messages.
QuantileTable read_lengths(const YamlNode& node, const std::string& label);

}  // namespace idlewatt
