// Reads a model of the catalogue.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Adds the entry, or overrides the given keys of an existing entry, of the entry that `like:` names, or of the
/// config.json that `huggingface:` names (relative to the file of the entry). Throws InputError.
void read_model(const std::string& name, const YamlNode& node, Catalog& catalog);

/// Checks that the shape of the model does not contradict itself. Throws InputError at `place`; `what` names the model
/// in messages.
void check_model(const Model& model, const std::string& what, const Place& place);

}  // namespace idlewatt
