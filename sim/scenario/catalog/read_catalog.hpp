// Reads the catalogue: platforms/ and the user's own files. All functions throw InputError.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Reads all entries in `platforms_dir`: accelerators/, servers/, models/ and engines/, one entry per file, named by
/// the key `name`.
Catalog read_platforms(const std::string& platforms_dir);

/// The paths of the files in `platforms_dir`, in the order of their names.
std::vector<std::string> platform_files(const std::string& platforms_dir);

/// Reads one of the user's files. If it is the config.json of a model, returns an entry for that model, named after the
/// file's folder ("qwen2.5-14b/config.json"), or after the file if it has another name. Returns any other file
/// unchanged.
YamlNode read_catalogue_file(const std::string& path);

/// Adds the entries of one of the user's files: a map of `accelerators:`, `servers:`, `models:`, `engines:` to maps by
/// name. An entry whose name is in the catalogue changes only the keys that it gives; a new entry must be complete.
void add_to_catalog(Catalog& catalog, const YamlNode& file);

}  // namespace idlewatt
