// Reads the scenario's semantic cache.
#pragma once

#include <string>
#include <vector>

#include "scenario/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// What stands beside the parameters of a cache: its embedder.
const KeyTable& embedder_keys();

/// `cache: {policy: semantic, embedder: l4, ...}`; `node` null: none. Adds a warning for traffic without semantic keys,
/// in which nothing ever repeats. Throws InputError.
CacheChoice read_cache(const YamlNode* node, const Catalog& catalog, const IndexedVector<StreamId, Traffic>& traffic,
                       std::vector<std::string>& warnings);

}  // namespace idlewatt
