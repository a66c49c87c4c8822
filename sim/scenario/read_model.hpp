// Reads a model of the catalogue.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Adds the entry, or overrides what is given of one that exists.
void read_model(const std::string& name, const YamlNode& node, Catalog& catalog);

}  // namespace idlewatt
