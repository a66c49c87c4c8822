// Reads one scenario from its tree, to which overrides have been applied.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "python/python_policy.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// An addition of a scenario to the catalogue: a file, or entries in the scenario itself.
struct CatalogAddition {
  std::string path;  ///< empty where the entries stand in the scenario
  YamlNode entries;
};

/// The files of a scenario, each read once for all of its variants.
class ScenarioFiles {
 public:
  /// Makes the cache of files. Paths in the scenario are relative to `folder`.
  ScenarioFiles(std::string folder, std::string platforms_dir, Hdf5TraceOpener open_hdf5 = {})
      : folder_(std::move(folder)), platforms_dir_(std::move(platforms_dir)), open_hdf5_(std::move(open_hdf5)) {}

  /// The path that `node` states: `${VARIABLE}` comes from the environment; relative paths start at the scenario's
  /// folder. Throws InputError when there is no such file; `kind` names the file in the message.
  std::string path(const YamlNode& node, const std::string& kind) const;

  /// The catalogue of platforms/ and then `additions`, in their order. Each combination is read once.
  std::shared_ptr<const Catalog> catalog(const std::vector<CatalogAddition>& additions);
  const GeneratedTraffic& workload(const std::string& path);
  /// The end of the entry's requests, after its transforms. Each trace is read once, for any number of variants.
  Ticks traffic_end(const Traffic& traffic);
  /// The plug-in at the path that `node` states. Each plug-in is loaded once. Throws InputError.
  std::shared_ptr<const Plugin> plugin(const YamlNode& node);
  /// The Python class in the file at the path that `node` states. `choice` has the other settings of the choice. Each
  /// class is inspected once. Throws InputError.
  std::shared_ptr<const Plugin> python_policy(const YamlNode& node, PythonChoice choice);
  const Hdf5TraceOpener& open_hdf5() const { return open_hdf5_; }

  /// Starts a new record of the files that path() gives.
  void forget_used() { used_.clear(); }
  /// Adds a file that the scenario depends on although path() did not give it.
  void uses(const std::string& path) { used_.push_back(path); }
  /// The fingerprint of the contents of the used files and of the catalogue. Each file is read once. Throws InputError.
  std::string fingerprint_of_used();

 private:
  std::string folder_;
  std::string platforms_dir_;
  std::map<std::vector<std::string>, std::shared_ptr<const Catalog>> catalogs_;
  std::map<std::string, GeneratedTraffic> workloads_;
  std::map<std::string, std::shared_ptr<const Plugin>> plugins_;
  std::map<std::vector<std::string>, std::shared_ptr<const Plugin>> python_policies_;
  Hdf5TraceOpener open_hdf5_;
  /// The ends of traces that were read, by the trace and its transforms.
  std::vector<std::pair<Traffic, Ticks>> ends_;
  mutable std::vector<std::string> used_;
  std::vector<std::string> platform_files_;
  std::map<std::string, std::string> fingerprints_;  ///< fingerprints of files by path
};

/// The keys of a scenario.
const KeyTable& scenario_keys();

/// The catalogue with the additions of the scenario's `catalog:`. Throws InputError, also on unknown keys of the
/// scenario.
std::shared_ptr<const Catalog> read_catalog_of(const YamlNode& root, ScenarioFiles& files);

/// The scenario in `root`, checked and complete except for `variant`, `text` and `overrides`. Throws InputError with
/// all independent problems: SeveralErrors where there are several.
Scenario read_scenario(const YamlNode& root, ScenarioFiles& files);

}  // namespace idlewatt
