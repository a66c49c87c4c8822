// A Kubernetes manifest as it is read: what of it was understood, and warnings about all the rest.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

class Manifest {
 public:
  /// `root` outlives it.
  explicit Manifest(const YamlNode& root) : root_(&root) {}

  const YamlNode& root() const { return *root_; }

  /// The value under `key` of a map, from now on understood; what it holds is to be taken too. Null where `map` is null
  /// or has no such key. Throws InputError when `map` is none.
  const YamlNode* take(const YamlNode* map, const std::string& key);
  /// The same for a list, with all its items: empty where there is none. Throws InputError when it is no list.
  std::vector<const YamlNode*> take_list(const YamlNode* map, const std::string& key);
  /// An item of a list that was taken by take().
  void take_item(const YamlNode& item) { taken_.insert(&item); }
  /// Takes what may be left unsaid, with everything in it: names and labels.
  void take_whole(const YamlNode* map, std::initializer_list<const char*> keys);

  /// "file:line:column: warning: `spec.paused` has no meaning here": one for each value that was not taken, outermost
  /// first, in the file's order.
  std::vector<std::string> warnings() const;

 private:
  void look(const YamlNode& node, const std::string& path, std::vector<std::string>& warnings) const;

  const YamlNode* root_;
  std::set<const YamlNode*> taken_;  ///< looked up, never iterated
  std::set<const YamlNode*> whole_;  ///< of these, the ones that are not looked into
};

/// A Kubernetes quantity: "16", "500m", "1k", "2Gi". Throws InputError; `label` names it.
double read_kubernetes_quantity(const YamlNode& node, const std::string& label);

/// A duration as Go writes it, in seconds: "60s", "1m30s", "500ms". Throws InputError.
double read_go_duration_s(const YamlNode& node, const std::string& label);

}  // namespace idlewatt
