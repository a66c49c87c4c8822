// A fleet as its files state it: its servers, their nodes, their autoscalers. Nothing is decided here: facts that no
// file states are empty.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifests/manifest_files.hpp"
#include "manifests/server_flags.hpp"
#include "manifests/tree.hpp"

namespace idlewatt {

/// A container of a pod.
struct Container {
  std::string name;
  std::string image;
  Place place;
  Words words;                                 ///< `command`, followed by `args`
  Variables variables;                         ///< `env`, and the maps that `envFrom` names
  std::map<std::string, std::string> mounted;  ///< path in the container -> name of the ConfigMap there
  std::optional<Stated> accelerators;          ///< accelerators in the container's limits
  std::string resource;                        ///< "nvidia.com/gpu"
};

/// A pod, with the nodes on which it may stand.
struct Pod {
  Place place;
  std::vector<Container> containers;
  std::map<std::string, Stated> node_labels;  ///< labels that a node must have, from `nodeSelector` and from required
                                              ///< affinities
};

/// The part of a request that a server works on.
enum class ServerPart : std::uint8_t { all, prefill, decode };

/// Equal servers of one model: those of a Deployment, or of a part of another object.
struct FoundPool {
  std::string name;        ///< "chat", "chat-decode"
  std::string object;      ///< "Deployment `chat`"
  std::string space = {};  ///< its namespace, as ManifestDocument::space
  std::string target;      ///< name by which autoscalers refer to it
  std::string group;       ///< prefill and decode of one group belong together
  Place place;
  int replicas = 1;
  std::optional<Stated> replicas_stated = {};  ///< empty: the default of the kind
  int pods = 1;                                ///< number of pods that form one server together
  std::optional<Stated> pods_stated = {};
  std::optional<Stated> accelerators = {};  ///< accelerators of each pod
  std::string resource = {};
  std::map<std::string, Stated> node_labels = {};
  std::map<std::string, std::string> annotations = {};  ///< annotations `idlewatt/...` of its object
  ServerArguments arguments = {};
  std::string image = {};
  ServerPart part = ServerPart::all;
  std::optional<YamlNode> scaler = {};        ///< autoscaler in the object itself, as a manifest
  std::optional<Stated> routing = {};         ///< policy of the pool's routing, by its name in idlewatt
  std::vector<std::string> unsimulated = {};  ///< settings that are not simulated: sentences, each with its place
};

/// A machine that files name.
struct FoundNode {
  std::string name;
  Place place;
  std::map<std::string, Stated> labels = {};
  std::string resource = {};    ///< "nvidia.com/gpu"; of Slurm "gpu"
  std::string type = {};        ///< name of the accelerator where no label has it: Slurm's
  int accelerators = 0;         ///< accelerators that pods may have
  int installed = 0;            ///< accelerators that are installed
  std::string out_of_use = {};  ///< "not ready", "cordoned"; empty: in use
  bool spot = false;
};

/// An autoscaler in a document of its own.
struct FoundScaler {
  YamlNode root;
  std::string file;
  std::string title;       ///< "HorizontalPodAutoscaler `chat`"
  std::string space = {};  ///< namespace of both
  std::string target;      ///< name of the object that it scales
};

/// A fleet as its files state it.
struct FoundFleet {
  std::string origin = {};  ///< the first file
  std::vector<FoundPool> pools = {};
  std::vector<FoundNode> nodes = {};
  std::vector<FoundScaler> scalers = {};
  std::vector<std::string> unsimulated = {};  ///< objects that matter but cannot be simulated, a sentence each
};

/// Reads everything that the documents state about a fleet. Throws InputError for a document that cannot be understood,
/// and when no document contains a fleet.
FoundFleet find_fleet(const ManifestFiles& files);

}  // namespace idlewatt
