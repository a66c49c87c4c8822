// Reads the `faults:` of a scenario.
#pragma once

#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/site/faults.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The keys under `faults:`.
const KeyTable& fault_keys();

/// Reads the faults. Notes each rate and each event in which something is wrong as a problem "file:line:column: what is
/// wrong; expected ...".
Faults read_faults(const YamlNode& node, const Racks& racks, const Catalog& catalog, Problems& problems);

/// The names of a scenario's servers, in their order: "rack0/hgx-a100-80/0".
std::vector<std::string> server_names(const Racks& racks);

}  // namespace idlewatt
