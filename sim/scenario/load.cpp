#include "scenario/load.hpp"

#include "scenario/scenario_source.hpp"

namespace idlewatt {

std::vector<Scenario> load_scenario(const std::string& path, const LoadOptions& options) {
  ScenarioSource source(path, options);
  std::vector<Scenario> scenarios;
  if (source.variants().empty()) {
    scenarios.push_back(source.read("", {}));
  }
  for (const YamlEntry& variant : source.variants()) {
    scenarios.push_back(source.read_variant(variant));
  }
  return scenarios;
}

}  // namespace idlewatt
