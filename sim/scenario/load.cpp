#include "scenario/load.hpp"

#include "scenario/scenario_source.hpp"

namespace idlewatt {

std::vector<Scenario> load_scenario(const std::string& path, const LoadOptions& options) {
  return ScenarioSource(path, options).read_all();
}

}  // namespace idlewatt
