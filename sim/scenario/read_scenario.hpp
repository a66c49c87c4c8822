// Reads one scenario from its tree, overrides already carried out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "python/python_policy.hpp"
#include "scenario/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// What the variants of a scenario share: files are read once.
/// What a scenario adds to the catalogue: a file, or entries of its own.
struct CatalogAddition {
  std::string path;  ///< empty where the entries stand in the scenario
  YamlNode entries;
};

class ScenarioFiles {
 public:
  /// Paths in the scenario resolve against `folder`.
  ScenarioFiles(std::string folder, std::string platforms_dir, Hdf5TraceOpener open_hdf5 = {})
      : folder_(std::move(folder)), platforms_dir_(std::move(platforms_dir)), open_hdf5_(std::move(open_hdf5)) {}

  /// The path that `node` means: `${VARIABLE}` from the environment, relative to the scenario's folder. Throws
  /// InputError when there is no such file; `kind` names it.
  std::string path(const YamlNode& node, const std::string& kind) const;

  /// platforms/ and then `additions`, in their order. Reads each combination once.
  std::shared_ptr<const Catalog> catalog(const std::vector<CatalogAddition>& additions);
  const GeneratedTraffic& workload(const std::string& path);
  /// Where the entry's requests end, its transforms included. Reads a trace once, however many variants ask.
  Ticks traffic_end(const Traffic& traffic);
  /// The plug-in at the path that `node` means; each is loaded once. Throws InputError.
  std::shared_ptr<const Plugin> plugin(const YamlNode& node);
  /// The class in the file of Python that `node` means; `choice` has all but the path. Each is looked at once. Throws
  /// InputError.
  std::shared_ptr<const Plugin> python_policy(const YamlNode& node, PythonChoice choice);
  const Hdf5TraceOpener& open_hdf5() const { return open_hdf5_; }

  /// From here on, path() notes anew which files are used.
  void forget_used() { used_.clear(); }
  /// The scenario depends on this file, too, which no path() gave.
  void uses(const std::string& path) { used_.push_back(path); }
  /// Of the contents of the files used and of the catalogue; each file is read once. Throws InputError.
  std::string fingerprint_of_used();

 private:
  std::string folder_;
  std::string platforms_dir_;
  std::map<std::vector<std::string>, std::shared_ptr<const Catalog>> catalogs_;
  std::map<std::string, GeneratedTraffic> workloads_;
  std::map<std::string, std::shared_ptr<const Plugin>> plugins_;
  std::map<std::vector<std::string>, std::shared_ptr<const Plugin>> python_policies_;
  Hdf5TraceOpener open_hdf5_;
  /// Of traces that were read to their end: what was asked, and the answer.
  std::vector<std::pair<Traffic, Ticks>> ends_;
  mutable std::vector<std::string> used_;
  std::vector<std::string> platform_files_;
  std::map<std::string, std::string> fingerprints_;  ///< by path
};

/// The keys of a scenario.
const KeyTable& scenario_keys();

/// The catalogue with what the scenario's `catalog:` adds. Throws InputError, also on keys that no scenario has.
std::shared_ptr<const Catalog> read_catalog_of(const YamlNode& root, ScenarioFiles& files);

/// The scenario in `root`, checked and complete but for `variant`, `text` and `overrides`. Throws InputError, with all
/// problems that can be told apart from each other's consequences: SeveralErrors where there are several.
Scenario read_scenario(const YamlNode& root, ScenarioFiles& files);

}  // namespace idlewatt
