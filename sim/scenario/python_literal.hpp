// Values of a scenario as Python writes them.
#pragma once

#include <string>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// What YAML says as a literal of Python: an int, a float, True or False, None, a text, a list, a dict of texts. What
/// has a unit is a text, as to YAML. Throws InputError on .inf and .nan, which no parameter should be.
std::string python_literal(const YamlNode& node);

}  // namespace idlewatt
