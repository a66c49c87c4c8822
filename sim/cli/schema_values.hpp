// JSON Schema of single values of a scenario, and of policies from their declarations.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/policy_families.hpp"

namespace idlewatt {

using Json = nlohmann::ordered_json;

/// A number with its unit as text, or a bare one where no unit is due.
Json quantity_schema(Dimension dimension, const std::string& description);
Json count_schema(const std::string& description);
Json text_schema(const std::string& description);
Json words_schema(const std::vector<std::string>& words, const std::string& description);
/// One of the names, or another one that the scenario's own `catalog:` may bring.
Json names_schema(const std::vector<std::string>& names, const std::string& description);
/// Either of them.
Json either(const Json& one, const Json& other);
Json list_of(const Json& items, const std::string& description);
/// A map with these keys and no other.
Json map_schema(const Json& properties, const std::vector<std::string>& required, const std::string& description);

/// The choice of one policy of the family, with its parameters and keys that stand beside them. One of a plug-in may be
/// named where `plugins` says so.
Json policy_schema(const PolicyFamily& family, bool plugins, const Json& beside = Json::object());

}  // namespace idlewatt
