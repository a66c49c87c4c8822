// Names in clusters and model repositories, and the names of the same things in the catalogue: the tables of
// platforms/names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"

namespace idlewatt {

/// An instance type of a cloud.
struct InstanceType {
  std::string accelerator;
  int accelerators = 0;
  std::string server;  ///< catalogue entry with as many accelerators; empty where there is none
};

/// A model, as found by the name of its repository.
struct NamedModel {
  std::string entry;      ///< entry of the catalogue
  std::string precision;  ///< precision of the stored weights, from the name or the model; empty: 16 bits
  bool by_shape = false;  ///< true: the entry is another model of the same shape, or has another spelling
};

/// The tables of platforms/names, for look-ups.
class ClusterNames {
 public:
  /// Reads platforms/names. Throws InputError.
  ClusterNames(const std::string& platforms_dir, const Catalog& catalog);

  /// Keys of nodes' labels that name accelerators, the most precise first.
  const std::vector<std::string>& accelerator_labels() const { return labels_; }

  /// The accelerators of the catalogue that the name may mean; none for an unknown name.
  std::vector<std::string> accelerators(const std::string& name) const;

  /// The instance type of a name, letter case aside; nothing for an unknown name.
  std::optional<InstanceType> instance(const std::string& type) const;
  /// The reason why an instance type cannot be used; empty if no reason is known.
  std::string instance_missing(const std::string& type) const;

  std::optional<NamedModel> model(const std::string& repository) const;

  /// The precision in the name of a repository, whether its model is known or not: "int4" of "-AWQ"; empty: none.
  std::string format_of(const std::string& repository) const;

  /// A repository with a model's weights; empty when none is known.
  std::string repository_of(const std::string& model) const;

  /// The label of nodes with this accelerator, the first in the table; empty when the table has none.
  std::string label_of(const std::string& accelerator) const;

 private:
  /// The model of a name, with the precision in that name; its entry is empty when it is unknown.
  NamedModel search(const std::string& repository) const;

  std::vector<std::string> labels_;
  std::map<std::string, std::vector<std::string>> accelerators_;
  std::map<std::string, std::string> label_of_;
  std::map<std::string, InstanceType> instances_;
  std::map<std::string, std::string> missing_;
  std::map<std::string, std::string> models_;
  std::map<std::string, std::string> repositories_;  ///< by model
  std::map<std::string, std::string> stored_;        ///< precision by model
  std::map<std::string, std::string> quantised_;
  std::vector<std::string> tuned_;
};

}  // namespace idlewatt
