#include "cli/schema_values.hpp"

#include <cmath>

#include "base/unit_names.hpp"

namespace idlewatt {
namespace {

constexpr const char* kNumber = R"(-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)";

/// Numbers of YAML may be texts to a reader of JSON: `1e9` is one.
std::string number_pattern(Dimension dimension) {
  std::string units;
  for (const UnitName& unit : units_of(dimension)) {
    units += (units.empty() ? "" : "|") + unit.name;
  }
  const std::string unit = "\\s*(" + units + ")" + (unit_due(dimension) ? "" : "?");
  return std::string("^\\s*") + kNumber + unit + "\\s*$";
}

Json number_schema(Dimension dimension, double minimum, double maximum) {
  Json number{{"type", dimension == Dimension::count ? "integer" : "number"}};
  if (std::isfinite(minimum)) {
    number["minimum"] = minimum;
  }
  if (std::isfinite(maximum)) {
    number["maximum"] = maximum;
  }
  return {{"anyOf", {number, {{"type", "string"}, {"pattern", number_pattern(dimension)}}}}};
}

std::string parameter_description(const ParameterSpec& spec) {
  std::string text = spec.help;
  if (spec.is_schedule()) {
    return text + "; must be given, such as " + default_text(spec);
  }
  text += "; default " + default_text(spec);
  if (spec.choices.empty() && (std::isfinite(spec.minimum) || std::isfinite(spec.maximum))) {
    text += std::isfinite(spec.minimum) ? ", from " + parameter_text(spec, spec.minimum) : "";
    text += std::isfinite(spec.maximum) ? ", to " + parameter_text(spec, spec.maximum) : "";
  }
  return text;
}

Json parameter_schema(const ParameterSpec& spec) {
  const std::string description = parameter_description(spec);
  if (spec.is_schedule()) {
    const Json moment = map_schema(
        {{"at", text_schema("days and a time such as `mon-fri 08:00`")}, {"replicas", count_schema("replicas then")}},
        {"at", "replicas"}, "from then on");
    return list_of(moment, description);
  }
  Json schema;
  if (!spec.choices.empty()) {
    schema = words_schema(spec.choices, description);
    schema["default"] = default_text(spec);
    return schema;
  }
  const bool bare = !unit_due(spec.dimension);
  schema = bare ? number_schema(spec.dimension, spec.minimum, spec.maximum) : quantity_schema(spec.dimension, "");
  schema["description"] = description;
  if (bare) {
    schema["default"] = spec.default_value;
  } else {
    schema["default"] = default_text(spec);
  }
  return schema;
}

}  // namespace

Json quantity_schema(Dimension dimension, const std::string& description) {
  const bool bare = !unit_due(dimension);
  Json schema = bare ? number_schema(dimension, -INFINITY, INFINITY)
                     : Json{{"type", "string"}, {"pattern", number_pattern(dimension)}};
  schema["description"] = description + (description.empty() ? "" : ": ") + expected(dimension);
  return schema;
}

Json count_schema(const std::string& description) {
  return {{"type", "integer"}, {"minimum", 0}, {"description", description}};
}

Json text_schema(const std::string& description) {
  return {{"type", "string"}, {"description", description}};
}

Json words_schema(const std::vector<std::string>& words, const std::string& description) {
  return {{"enum", words}, {"description", description}};
}

Json names_schema(const std::vector<std::string>& names, const std::string& description) {
  return {{"anyOf", {{{"enum", names}}, {{"type", "string"}}}}, {"description", description}};
}

Json either(const Json& one, const Json& other) {
  Json schema{{"anyOf", {one, other}}};
  if (one.contains("description")) {
    schema["description"] = one["description"];
  }
  return schema;
}

Json list_of(const Json& items, const std::string& description) {
  return {{"type", "array"}, {"minItems", 1}, {"items", items}, {"description", description}};
}

Json map_schema(const Json& properties, const std::vector<std::string>& required, const std::string& description) {
  Json schema{{"type", "object"}, {"description", description}, {"properties", properties}};
  schema["additionalProperties"] = false;
  if (!required.empty()) {
    schema["required"] = required;
  }
  return schema;
}

Json policy_schema(const PolicyFamily& family, bool plugins, const Json& beside) {
  std::vector<std::string> names;
  std::string summaries;
  Json cases = Json::array();
  for (const PolicyInfo& info : family.policies) {
    names.push_back(info.name);
    summaries += "\n" + info.name + ": " + info.summary;
    Json properties{{"policy", {{"const", info.name}, {"description", info.summary}}}};
    std::vector<std::string> required;
    for (const ParameterSpec& spec : info.parameters) {
      properties[spec.name] = parameter_schema(spec);
      if (spec.is_schedule()) {
        required.push_back(spec.name);
      }
    }
    properties.update(beside);
    cases.push_back({{"if", {{"required", {"policy"}}, {"properties", {{"policy", {{"const", info.name}}}}}}},
                     {"then", map_schema(properties, required, info.summary)}});
  }
  Json name = words_schema(names, family.question + summaries);
  if (plugins) {
    const Json plugin{{"type", "object"},
                      {"description", "a policy of a plug-in: a shared library, its policy, and that one's parameters"},
                      {"properties",
                       {{"plugin", text_schema("path of the shared library, relative to this file")},
                        {"name", text_schema("which of its policies")}}},
                      {"required", {"plugin", "name"}}};
    const Json python{{"type", "object"},
                      {"description", "a class of Python; what else stands there goes to its constructor"},
                      {"properties",
                       {{"python", text_schema("path of the file, relative to this file")},
                        {"class", text_schema("which of its classes")}}},
                      {"required", {"python", "class"}}};
    const Json words = name;
    name = {{"anyOf", {words, plugin, python}}, {"description", words["description"]}};
  }
  return {{"type", "object"},
          {"description", family.question},
          {"properties", {{"policy", name}}},
          {"required", {"policy"}},
          {"allOf", cases}};
}

}  // namespace idlewatt
