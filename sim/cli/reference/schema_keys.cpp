#include "cli/reference/schema_keys.hpp"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/unit_names.hpp"
#include "scenario/catalog/catalogue_keys.hpp"
#include "scenario/policy/policy_keys.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/sweep/read_sweep.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr const char* kNumber = R"(-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)";

std::string pattern_of(Dimension dimension) {
  std::string units;
  for (const UnitName& unit : units_of(dimension)) {
    units += (units.empty() ? "" : "|") + unit.name;
  }
  const std::string unit = "\\s*(" + units + ")" + (unit_due(dimension) ? "" : "?");
  return std::string("^\\s*") + kNumber + unit + "\\s*$";
}

/// A number with its unit as text; where no unit is due also a bare one, which a reader of JSON may know as a text:
/// `1e9` is one.
Json quantity_schema(const Form& form) {
  const Json text{{"type", "string"}, {"pattern", pattern_of(form.dimension)}};
  if (unit_due(form.dimension)) {
    return text;
  }
  Json number{{"type", form.dimension == Dimension::count ? "integer" : "number"}};
  if (form.bounds.above_zero) {
    number["exclusiveMinimum"] = 0;
  } else if (std::isfinite(form.bounds.minimum)) {
    number["minimum"] = form.bounds.minimum;
  } else if (form.dimension != Dimension::number) {
    number["minimum"] = 0;
  }
  if (std::isfinite(form.bounds.maximum)) {
    number["maximum"] = form.bounds.maximum;
  }
  return {{"anyOf", {number, text}}};
}

Json text_schema(const Form& form) {
  if (!form.pattern.empty()) {
    return {{"type", "string"}, {"pattern", form.pattern}};
  }
  return {{"type", {"string", "number", "boolean"}}};  // YAML's texts may look like numbers to a reader of JSON
}

Json default_of(const Key& key) {
  const Form* quantity = key.form.find(Form::Kind::quantity);
  if (quantity != nullptr && !unit_due(quantity->dimension)) {
    std::string problem;
    if (const auto value = parse_quantity(key.otherwise, quantity->dimension, problem)) {
      return quantity->dimension == Dimension::count ? Json(std::llround(*value)) : Json(*value);
    }
  }
  if (key.form.kind == Form::Kind::flag) {
    return key.otherwise == "true";
  }
  return key.form.kind == Form::Kind::whole ? Json(std::stoull(key.otherwise)) : Json(key.otherwise);
}

std::vector<std::string> entries_of(const Catalog& catalog, const std::string& kind) {
  return kind == "accelerator" ? keys_of(catalog.accelerators)
         : kind == "server"    ? keys_of(catalog.servers)
         : kind == "model"     ? keys_of(catalog.models)
                               : keys_of(catalog.engines);
}

std::string description_of(const Key& key) {
  std::string text = key.help;
  if (const Form* quantity = key.form.find(Form::Kind::quantity)) {
    const std::string bounds = bounds_text(quantity->dimension, quantity->bounds);
    text += ": " + expected(quantity->dimension) + (bounds.empty() ? "" : ", " + bounds);
  }
  if (!key.otherwise.empty()) {
    return text + "; default " + key.otherwise;
  }
  return text + (key.without.empty() ? "" : "; without it: " + key.without);
}

/// With the head of a schema.
Json with_head(const std::string& title, const Json& schema) {
  Json whole{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  whole.update(schema);
  return whole;
}

}  // namespace

Json KeySchema::key(const Key& key) const {
  Json schema = value(key.form, description_of(key));
  if (!key.otherwise.empty()) {
    schema["default"] = default_of(key);
  }
  return schema;
}

Json KeySchema::map(const KeyTable& table, const std::string& description) const {
  Json properties = Json::object();
  std::vector<std::string> required;
  for (const Key& one : table.keys()) {
    properties[one.name] = key(one);
    if (one.must) {
      required.push_back(one.name);
    }
  }
  Json schema{{"type", "object"}, {"description", description}, {"properties", std::move(properties)}};
  if (!table.takes_more()) {
    schema["additionalProperties"] = false;
  }
  if (!required.empty()) {
    schema["required"] = required;
  }
  return schema;
}

Json KeySchema::value(const Form& form, const std::string& description) const {
  Json schema = Json::object();
  switch (form.kind) {
    case Form::Kind::quantity:
      schema = quantity_schema(form);
      break;
    case Form::Kind::whole:
      schema = {{"type", "integer"}, {"minimum", 0}};
      break;
    case Form::Kind::flag:
      schema = {{"type", "boolean"}};
      break;
    case Form::Kind::text:
      schema = text_schema(form);
      break;
    case Form::Kind::word:
      schema = {{"enum", form.words}};
      break;
    case Form::Kind::entry:
      schema = {{"anyOf", {{{"enum", entries_of(catalog_, form.name)}}, {{"type", "string"}}}}};
      break;
    case Form::Kind::map:
      return map(form.table(), description.empty() ? form.table().help() : description);
    case Form::Kind::list:
      schema = {{"type", "array"}, {"minItems", form.least}, {"items", value(form.parts.front(), form.name)}};
      if (form.most < std::numeric_limits<std::size_t>::max()) {
        schema["maxItems"] = form.most;
      }
      break;
    case Form::Kind::by_name:
      schema = {{"type", "object"},
                {"minProperties", form.least},
                {"additionalProperties", value(form.parts.front(), form.name)}};
      if (!form.pattern.empty()) {
        schema["propertyNames"] = {{"pattern", form.pattern}};
      }
      break;
    case Form::Kind::policy:
      return policy(form, description);
    case Form::Kind::open:
      break;
    case Form::Kind::either:
      schema["anyOf"] = Json::array();
      for (const Form& part : form.parts) {
        if (part.kind != Form::Kind::open) {
          schema["anyOf"].push_back(value(part, part.expected));
        }
      }
      break;
  }
  schema["description"] = description;
  return schema;
}

Json KeySchema::policy(const Form& form, const std::string& description) const {
  const PolicyFamily& family = policy_family_at(form.name);
  std::vector<std::string> names;
  std::string summaries;
  Json cases = Json::array();
  for (const PolicyInfo& info : family.policies) {
    names.push_back(info.name);
    summaries += "\n" + info.name + ": " + info.summary;
    Json chosen = map(policy_keys(info, form.table), info.summary);
    chosen["properties"]["policy"] = {{"const", info.name}, {"description", info.summary}};
    chosen.erase("required");
    std::vector<std::string> required;
    for (const ParameterSpec& spec : info.parameters) {
      if (spec.is_schedule()) {
        required.push_back(spec.name);
      }
    }
    if (!required.empty()) {
      chosen["required"] = required;
    }
    cases.push_back({{"if", {{"required", {"policy"}}, {"properties", {{"policy", {{"const", info.name}}}}}}},
                     {"then", std::move(chosen)}});
  }
  Json name{{"enum", names}, {"description", family.question + summaries}};
  if (family.from_outside) {
    const Json words = name;
    name = {{"anyOf", {words, map(plugin_keys(), plugin_keys().help()), map(python_keys(), python_keys().help())}},
            {"description", words["description"]}};
  }
  return {{"type", "object"},
          {"description", description + "\n" + family.question},
          {"properties", {{"policy", name}}},
          {"required", {"policy"}},
          {"allOf", cases}};
}

Json scenario_schema(const Catalog& catalog) {
  const KeyTable& table = scenario_keys();
  Json schema = with_head("A scenario of idlewatt", KeySchema(catalog).map(table, table.help()));
  // A claim may rest on arithmetic and physics alone.
  std::vector<std::string> simulated;
  for (const Json& key : schema["required"]) {
    if (key != "title") {
      simulated.push_back(key);
    }
  }
  schema["required"] = {"title"};
  schema["anyOf"] = {{{"required", simulated}}, {{"required", {"claim"}}}};
  // Without traffic somebody must say how long the run lasts.
  schema["if"] = {{"not", {{"required", {"horizon"}}}}};
  schema["then"] = {{"properties", {{"traffic", {{"minItems", 1}}}}}};
  return schema;
}

Json workload_schema(const Catalog& catalog) {
  return with_head("A workload of idlewatt", KeySchema(catalog).map(workload_keys(), workload_keys().help()));
}

Json catalogue_schema(const Catalog& catalog) {
  return with_head("A catalogue file of idlewatt", KeySchema(catalog).map(catalogue_keys(), catalogue_keys().help()));
}

Json grid_schema(const Catalog& catalog) {
  return with_head("A grid of idlewatt", KeySchema(catalog).map(sweep_keys(), sweep_keys().help()));
}

namespace {

struct SchemaKind {
  const char* name;
  Json (*schema)(const Catalog&);
};

constexpr std::array kKinds{SchemaKind{"scenario", scenario_schema}, SchemaKind{"workload", workload_schema},
                            SchemaKind{"grid", grid_schema}, SchemaKind{"catalogue", catalogue_schema}};

}  // namespace

std::vector<std::string> schema_kinds() {
  std::vector<std::string> names;
  for (const SchemaKind& kind : kKinds) {
    names.emplace_back(kind.name);
  }
  return names;
}

Json schema_of(const std::string& kind, const Catalog& catalog) {
  for (const SchemaKind& one : kKinds) {
    if (kind == one.name) {
      return one.schema(catalog);
    }
  }
  throw Error("there is no schema of files of the kind `" + kind + "`");
}

}  // namespace idlewatt
