#include "cli/catalog/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json json_of(const CatalogEntry& entry) {
  Json json;
  json["name"] = entry.name;
  json["title"] = entry.title;
  if (entry.accelerators > 0) {
    json["accelerator"] = entry.accelerator;
    json["accelerators"] = entry.accelerators;
  }
  Json figures = Json::object();
  for (const EntryFigure& figure : entry.figures) {
    Json one;
    one["value"] = number(figure.value);
    if (figure.range) {
      one["range"] = {number(figure.range->low), number(figure.range->high)};
    }
    one["unit"] = unit_of(figure.dimension);
    one["status"] = to_string(figure.status);
    one["source"] = figure.source;
    figures[figure.key] = std::move(one);
  }
  json["figures"] = std::move(figures);
  return json;
}

Json json_of(const ParameterSpec& spec) {
  Json json;
  json["name"] = spec.name;
  if (spec.is_schedule()) {
    json["required"] = true;
    json["example"] = default_text(spec);
  } else if (spec.choices.empty()) {
    json["unit"] = unit_of(spec.dimension);
    json["default"] = number(spec.default_value);
    json["minimum"] = number(spec.minimum);
    json["maximum"] = number(spec.maximum);
  } else {
    json["default"] = parameter_text(spec, spec.default_value);
    json["choices"] = spec.choices;
  }
  json["help"] = spec.help;
  return json;
}

Json json_of(const PolicyInfo& policy) {
  Json json;
  json["name"] = policy.name;
  json["summary"] = policy.summary;
  json["parameters"] = Json::array();
  for (const ParameterSpec& spec : policy.parameters) {
    json["parameters"].push_back(json_of(spec));
  }
  json["example"] = policy_example(policy);
  return json;
}

Json json_of(const PolicyFamily& family) {
  Json json;
  json["path"] = family.path;
  json["question"] = family.question;
  json["policies"] = Json::array();
  for (const PolicyInfo& policy : family.policies) {
    json["policies"].push_back(json_of(policy));
  }
  return json;
}

}  // namespace

std::string catalog_json(const CatalogContents& contents) {
  Json json = Json::object();
  for (const CatalogKind& kind : contents.kinds) {
    Json entries = Json::array();
    for (const CatalogEntry& entry : kind.entries) {
      entries.push_back(json_of(entry));
    }
    json[kind.name] = std::move(entries);
  }
  for (const PolicyFamily& family : contents.families) {
    json[kPolicies][family.name] = json_of(family);
  }
  // Titles and sources come from users' files: bytes that are no UTF-8 are replaced, not thrown at them.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
