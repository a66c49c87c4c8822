// Reads a model of the catalogue.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Adds the entry, or overrides what is given of one that exists, of the one that `like:` names, or of the
/// config.json that `huggingface:` names, relative to the file of the entry.
void read_model(const std::string& name, const YamlNode& node, Catalog& catalog);

/// Throws InputError at `place` when the shape of the model, `what` in messages, contradicts itself.
void check_model(const Model& model, const std::string& what, const Place& place);

}  // namespace idlewatt
