// Reads the scenario's semantic cache.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// `cache: {policy: semantic, embedder: l4, ...}`; `node` null: none. Adds a warning for traffic without semantic keys,
/// in which nothing ever repeats. Throws InputError.
CacheChoice read_cache(const YamlNode* node, const Catalog& catalog, const std::vector<Traffic>& traffic,
                       std::vector<std::string>& warnings);

}  // namespace idlewatt
