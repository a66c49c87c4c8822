// Reads the catalogue: platforms/ and the user's own files. Throws InputError.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Everything in `platforms_dir`: accelerators/, servers/, models/ and engines/, one entry a file, named by its `name`.
Catalog read_platforms(const std::string& platforms_dir);

/// The paths of its files, in the order of their names.
std::vector<std::string> platform_files(const std::string& platforms_dir);

/// A file of the user's: as it is, or, where it is the config.json of a model, an entry for that model, named after the
/// file's folder ("qwen2.5-14b/config.json"), or after the file where it is called otherwise.
YamlNode read_catalogue_file(const std::string& path);

/// Adds the entries of one of the user's files, a map of `accelerators:`, `servers:`, `models:`, `engines:` to maps by
/// name. A name that the catalogue has keeps what the file does not mention; a new one must be complete.
void add_to_catalog(Catalog& catalog, const YamlNode& file);

}  // namespace idlewatt
