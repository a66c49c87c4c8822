// What clusters and model repositories call things, and what the catalogue calls them: the tables of platforms/names.
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
  std::string server;  ///< of the catalogue, with as many; empty where there is none
};

/// A model by its repository's name.
struct NamedModel {
  std::string entry;      ///< of the catalogue
  std::string precision;  ///< that the weights are stored in, by the name or by the model; empty: 16 bits
  bool by_shape = false;  ///< another model of the same shape, or another spelling
};

class ClusterNames {
 public:
  /// Reads platforms/names. Throws InputError.
  ClusterNames(const std::string& platforms_dir, const Catalog& catalog);

  /// Keys of nodes' labels that name accelerators, the most telling first.
  const std::vector<std::string>& accelerator_labels() const { return labels_; }

  /// The accelerators of the catalogue that the name may mean: none where it is unknown.
  std::vector<std::string> accelerators(const std::string& name) const;

  /// An instance type, letter case aside; nothing where it is unknown.
  std::optional<InstanceType> instance(const std::string& type) const;
  /// Why an instance type cannot be used; empty where nothing is known of it.
  std::string instance_missing(const std::string& type) const;

  std::optional<NamedModel> model(const std::string& repository) const;

  /// A repository of a model's weights; empty where none is known.
  std::string repository_of(const std::string& model) const;

  /// What nodes with this accelerator say it is, the first in the table; empty where the table has none.
  std::string label_of(const std::string& accelerator) const;

 private:
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
