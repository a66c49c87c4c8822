// A Kubernetes manifest while it is read: records which values were understood and warns about all others.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A manifest of which the understood values are recorded.
class Manifest {
 public:
  /// Makes a manifest. `root` must outlive the manifest.
  explicit Manifest(const YamlNode& root) : root_(&root) {}

  const YamlNode& root() const { return *root_; }

  /// Takes the value under `key` of a map: the value counts as understood, the values inside it must be taken too.
  /// Returns null when `map` is null or lacks the key. Throws InputError when `map` is no map.
  const YamlNode* take(const YamlNode* map, const std::string& key);
  /// Takes the list under `key` of a map with all its items. Returns an empty list when there is none. Throws
  /// InputError when the value is no list.
  std::vector<const YamlNode*> take_list(const YamlNode* map, const std::string& key);
  /// Takes an item of a list that take() took.
  void take_item(const YamlNode& item) { taken_.insert(&item); }
  /// Takes the values under `keys` with everything inside, such as names and labels, which need no reading.
  void take_whole(const YamlNode* map, const std::vector<std::string>& keys);

  /// A warning for each value that was not taken, outermost first, in the file's order: "file:line:column: warning:
  /// `spec.paused` has no meaning here".
  std::vector<std::string> warnings() const;

 private:
  void look(const YamlNode& node, const std::string& path, std::vector<std::string>& warnings) const;

  const YamlNode* root_;
  std::set<const YamlNode*> taken_;  ///< looked up, never iterated
  std::set<const YamlNode*> whole_;  ///< taken values whose contents are ignored
};

/// A Kubernetes quantity: "16", "500m", "1k", "2Gi". `label` names it in messages. Throws InputError.
double read_kubernetes_quantity(const YamlNode& node, const std::string& label);

/// A duration in seconds, written as Go writes durations: "60s", "1m30s", "500ms". Throws InputError.
double read_go_duration_s(const YamlNode& node, const std::string& label);

}  // namespace idlewatt
