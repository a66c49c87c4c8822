// A scenario of a fleet's manifests: what `idlewatt import` writes.
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
  std::map<int, std::string> objects;  ///< by the scenario's line at which their pool begins
  std::vector<FileBeside> beside;      ///< manifests of autoscalers
  std::vector<std::string> warnings;   ///< what changes the fleet and cannot be simulated
  std::size_t pools = 0;
  std::size_t unsimulated = 0;  ///< how much is in the list at the scenario's end
};

/// Reads the files and folders and makes a scenario that is to stand at `output`. Throws InputError that names what is
/// missing or cannot be read.
ImportedFleet import_fleet(const std::vector<std::string>& paths, const ImportAnswers& answers,
                           const std::string& output, const std::string& platforms_dir);

/// Writes the files and checks that the scenario can be run. Throws InputError, with the place in the manifests, and
/// leaves no file behind; OutputError.
void write_fleet(const ImportedFleet& fleet, const std::string& output, const LoadOptions& options);

}  // namespace idlewatt
