// The JSON Schemas of files, made from the tables of their keys.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/keys/key_table.hpp"

namespace idlewatt {

using Json = nlohmann::ordered_json;

/// Makes schemas of draft 2020-12. A schema checks every key, word, unit and bound. It cannot check meaning: a pool
/// that does not fit, a model without a pool. Names of catalogue entries are proposed; other names are allowed, since a
/// file may add entries of its own.
class KeySchema {
 public:
  explicit KeySchema(const Catalog& catalog) : catalog_(catalog) {}

  /// The schema of a map with the keys of the table and no others, unless the table leaves other keys to its reader.
  Json map(const KeyTable& table, const std::string& description) const;
  /// The schema of a value, with a description for its reader.
  Json value(const Form& form, const std::string& description) const;

 private:
  Json key(const Key& key) const;
  Json policy(const Form& form, const std::string& description) const;

  const Catalog& catalog_;
};

/// The kinds of files that have a schema: "scenario", "workload", "grid", "catalogue".
std::vector<std::string> schema_kinds();
/// The schema of files of a kind, with its head. Throws Error for an unknown kind.
Json schema_of(const std::string& kind, const Catalog& catalog);

/// The schemas of whole files, with their heads.
Json scenario_schema(const Catalog& catalog);
Json workload_schema(const Catalog& catalog);
Json grid_schema(const Catalog& catalog);
Json catalogue_schema(const Catalog& catalog);

}  // namespace idlewatt
