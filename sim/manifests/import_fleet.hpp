// The scenario that `idlewatt import` writes from a fleet's manifests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "manifests/settled_fleet.hpp"
#include "manifests/yaml_writer.hpp"
#include "scenario/load.hpp"

namespace idlewatt {

/// A file beside the scenario.
struct FileBeside {
  std::string path;
  std::string text;
};

struct ImportedFleet {
  YamlWriter scenario;
  std::map<int, std::string> objects;  ///< by the scenario's line at which the object's pool begins
  std::vector<FileBeside> beside;      ///< manifests of autoscalers
  std::vector<std::string> warnings;   ///< settings that change the fleet and cannot be simulated
  std::size_t pools = 0;
  std::size_t unsimulated = 0;  ///< number of entries in the list at the scenario's end
};

/// Reads the files and folders, and makes a scenario for the path `output`. Throws InputError that names a missing
/// fact, or a file that cannot be read.
ImportedFleet import_fleet(const std::vector<std::string>& paths, const ImportAnswers& answers,
                           const std::string& output, const std::string& platforms_dir);

/// Writes the files and checks that the scenario can be run. Throws InputError with the place in the manifests, and
/// then leaves no file behind; throws OutputError.
void write_fleet(const ImportedFleet& fleet, const std::string& output, const LoadOptions& options);

}  // namespace idlewatt
