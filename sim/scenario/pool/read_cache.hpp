// Reads the semantic cache of a scenario.
#pragma once

#include <string>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The key of a cache's embedder, beside the cache's parameters.
const KeyTable& embedder_keys();

/// Reads `cache: {policy: semantic, embedder: l4, ...}`; a null `node` stands for no cache. Adds a warning for traffic
/// without semantic keys, in which no request repeats another. Throws InputError.
CacheChoice read_cache(const YamlNode* node, const Catalog& catalog, const IndexedVector<StreamId, Traffic>& traffic,
                       std::vector<std::string>& warnings);

}  // namespace idlewatt
