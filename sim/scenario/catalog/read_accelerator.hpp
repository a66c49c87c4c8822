// Reads an accelerator of the catalogue.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Adds the entry, or overrides the given keys of an entry that exists. Throws InputError.
void read_accelerator(const std::string& name, const YamlNode& node, Catalog& catalog);

}  // namespace idlewatt
