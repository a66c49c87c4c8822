// One change in a table of keys changes reader, schema, completion and reference.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/reference/reference_page.hpp"
#include "cli/reference/schema_keys.hpp"
#include "policy/table.hpp"
#include "scenario/keys/key_paths.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/site/read_racks.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/section.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

KeyTable racks_with_a_colour() {
  return rack_keys().with(
      {{.name = "colour",
        .form = word_form("colour", {"grey", "black"}),
        .otherwise = "grey",
        .help = "what it looks like"},
       {.name = "height", .form = count_form(1, 60), .must = true, .help = "units that it is high"}});
}

TEST_CASE("A field that is added to a copy of a table is in the reader, the schema, the completion and the reference") {
  const KeyTable table = racks_with_a_colour();
  const YamlNode node = parse_yaml("{servers: 1 x l4-8, uplink: 1 Gbps, height: 42, colour: black}", "t");
  CHECK(Section(node, "a rack", table).word("colour") == "black");
  CHECK(Section(node, "a rack", table).count("height") == 42);

  const Catalog catalog;
  const Json schema = KeySchema(catalog).map(table, "a rack");
  CHECK(schema["properties"]["colour"] ==
        Json({{"enum", {"grey", "black"}}, {"description", "what it looks like; default grey"}, {"default", "grey"}}));
  CHECK(schema["properties"]["height"]["anyOf"][0] == Json({{"type", "integer"}, {"minimum", 1.0}, {"maximum", 60.0}}));
  CHECK(schema["required"] == Json({"servers", "height"}));

  const std::vector<std::string> paths = key_paths(table, &node, "racks.");
  CHECK(std::find(paths.begin(), paths.end(), "racks.colour") != paths.end());

  const std::string reference = reference_of(table, 2);
  CHECK(reference.find("| `colour` | `grey`, `black` | `grey` | what it looks like |\n") != std::string::npos);
  CHECK(reference.find(
            "| `height` * | a whole number such as `8`, 1 to 60 | must be given | units that it is high |\n") !=
        std::string::npos);
  CHECK(reference_of(rack_keys(), 2).find("colour") == std::string::npos);
}

TEST_CASE("Completion knows the paths of a scenario: its pools, its lists, the parameters of its policies") {
  const YamlNode root = parse_yaml(
      "traffic: [{source: a.yaml}]\nracks: [{servers: 1 x l4-8}, {servers: 1 x l4-8}]\n"
      "pools: {chat: {batching: {policy: continuous}}}\n",
      "t");
  const std::vector<std::string> paths = key_paths(scenario_keys(), &root);
  for (const char* path : {"horizon", "site.rent.plan", "traffic.scale", "racks.1.uplink", "pools.chat.replicas.start",
                           "pools.chat.batching.max_sequences", "pools.chat.idle.policy"}) {
    INFO(path);
    CHECK(std::count(paths.begin(), paths.end(), path) == 1);
  }
}

/// The keys of every map of a schema that is made from a table.
void collect_keys(const Json& schema, std::vector<std::string>& keys) {
  if (schema.is_array()) {
    for (const Json& one : schema) {
      collect_keys(one, keys);
    }
  } else if (schema.is_object()) {
    if (schema.contains("properties") && schema["properties"].is_object()) {
      for (const auto& [key, value] : schema["properties"].items()) {
        keys.push_back(key);
      }
    }
    for (const auto& [key, value] : schema.items()) {
      collect_keys(value, keys);
    }
  }
}

TEST_CASE("The reference page has a row for every key of every schema") {
  const Catalog catalog;
  std::vector<std::string> keys;
  for (const Json& schema :
       {scenario_schema(catalog), workload_schema(catalog), grid_schema(catalog), catalogue_schema(catalog)}) {
    collect_keys(schema, keys);
  }
  CHECK(keys.size() > 400);
  std::vector<std::string> parameters;  // of policies, which platforms/README.md lists
  for (const PolicyFamily& family : policy_families()) {
    for (const PolicyInfo& info : family.policies) {
      for (const ParameterSpec& spec : info.parameters) {
        parameters.push_back(spec.name);
      }
    }
  }
  const std::string page = reference_page();
  for (const std::string& key : keys) {
    INFO(key);
    const bool of_policy = key == "policy" ||
                           std::find(parameters.begin(), parameters.end(), key) != parameters.end() || key == "at" ||
                           key == "replicas";
    CHECK((of_policy || page.find("| `" + key + "`") != std::string::npos));
  }
}

}  // namespace
}  // namespace idlewatt::test
