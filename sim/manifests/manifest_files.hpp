// The files that a fleet is read from, as documents: manifests of Kubernetes, values of Helm charts, Slurm's node lines.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// A document of a file; of a `List`, each of its items.
struct ManifestDocument {
  YamlNode root;
  std::string file;     ///< as the user named it, or the folder that holds it
  std::string kind;     ///< empty where it has none
  std::string version;  ///< `apiVersion`
  std::string name;     ///< `metadata.name`

  /// "Deployment `chat`".
  std::string title() const;
};

/// A file that is not YAML.
struct PlainFile {
  std::string file;
  std::string text;
};

struct ManifestFiles {
  std::vector<ManifestDocument> documents;
  std::vector<PlainFile> slurm;         ///< slurm.conf and the like
  std::vector<std::string> left_aside;  ///< files of a folder that hold neither
};

/// Reads files, and folders with all that is in them, in the order of their names. Throws InputError: a file cannot be
/// read, is a template of Helm, a kustomization, or holds no document.
ManifestFiles read_manifest_files(const std::vector<std::string>& paths);

}  // namespace idlewatt
