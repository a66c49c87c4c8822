// Reads `racks:`.
#pragma once

#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The keys of a rack.
const KeyTable& rack_keys();

/// The racks of the list, each repeated as its `count` says. Notes racks that cannot be read as problems.
Racks read_racks(const YamlNode& node, const Catalog& catalog, Problems& problems);

}  // namespace idlewatt
