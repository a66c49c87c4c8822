// Values of a scenario as Python literals.
#pragma once

#include <string>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The Python literal of a YAML value: an int, a float, True or False, None, a str, a list, a dict with str keys. A
/// value with a unit is a str, as in YAML. Throws InputError on .inf and .nan, which no parameter should be.
std::string python_literal(const YamlNode& node);

}  // namespace idlewatt
