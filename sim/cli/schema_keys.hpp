// The JSON Schema of a file, made from the tables of its keys.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/key_table.hpp"

namespace idlewatt {

using Json = nlohmann::ordered_json;

/// Draft 2020-12, without its head. What a reader refuses for its meaning (a pool that does not fit, a model that nobody
/// serves) a schema cannot know; every key, word, unit and bound it does. Names of the catalogue's entries are proposed;
/// others are allowed, for a file may bring entries of its own.
class KeySchema {
 public:
  explicit KeySchema(const Catalog& catalog) : catalog_(catalog) {}

  /// A map with the keys of the table and, unless the table leaves some to its reader, no others.
  Json map(const KeyTable& table, const std::string& description) const;
  /// A value, and what a reader of the schema is told of it.
  Json value(const Form& form, const std::string& description) const;

 private:
  Json key(const Key& key) const;
  Json policy(const Form& form, const std::string& description) const;

  const Catalog& catalog_;
};

/// The kinds of files that have a schema: "scenario", "workload", "grid", "catalogue".
std::vector<std::string> schema_kinds();
/// The schema of files of a kind, with its head.
Json schema_of(const std::string& kind, const Catalog& catalog);

/// The schema of whole files, with its head.
Json scenario_schema(const Catalog& catalog);
Json workload_schema(const Catalog& catalog);
Json grid_schema(const Catalog& catalog);
Json catalogue_schema(const Catalog& catalog);

}  // namespace idlewatt
