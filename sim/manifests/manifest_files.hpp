// The files from which a fleet is read, as documents: manifests of Kubernetes, values of Helm charts, Slurm's node
// lines.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A document of a file. Each item of a `List` is a document of its own.
struct ManifestDocument {
  YamlNode root;
  std::string file;     ///< path as the user named it, or as found in a folder
  std::string kind;     ///< empty where the document has none
  std::string version;  ///< `apiVersion`
  std::string name;     ///< `metadata.name`
  std::string space;    ///< `metadata.namespace`; empty: none, or `default`

  /// The title of the document: "Deployment `chat`".
  std::string title() const;
};

/// A file that is not YAML.
struct PlainFile {
  std::string file;
  std::string text;
};

/// The documents and other files that were read.
struct ManifestFiles {
  std::vector<ManifestDocument> documents;
  std::vector<PlainFile> slurm;         ///< slurm.conf and similar files
  std::vector<std::string> left_aside;  ///< files of a folder that contain neither
};

/// Reads files, and all files in folders, in the order of their names, each once. Throws InputError when a file cannot be read, is
/// a template of Helm or a kustomization, or contains no document.
ManifestFiles read_manifest_files(const std::vector<std::string>& paths);

}  // namespace idlewatt
