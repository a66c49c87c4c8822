// Reads the rules of an engine's entry, and applies them to the pools that do not override them.
#pragma once

#include "catalog/catalog.hpp"
#include "catalog/engine_rules.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The keys under `rules:` of an engine.
const KeyTable& engine_rules_keys();

/// Throws InputError. `what` names the map in messages.
EngineRules read_engine_rules(const YamlNode& node, const std::string& what, const Catalog& catalog);

/// Batch limits and prefix cache of the pool's engine, where `fields`, the pool's map, says nothing of them. Of the
/// prefix cache only where a replica computes prompts and all its layers keep all tokens: the cache here keeps what
/// windows have passed, which engines do not.
void take_engine_rules(const Section& fields, const Catalog& catalog, Pool& pool);

}  // namespace idlewatt
