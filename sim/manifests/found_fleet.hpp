// A fleet as its files state it: what serves, on which nodes, scaled by what. Nothing is decided here: what files do not
// say is empty.
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
  Words words;                                 ///< `command`, and `args` behind it
  Variables variables;                         ///< `env`, and maps that `envFrom` names
  std::map<std::string, std::string> mounted;  ///< path in the container -> name of the ConfigMap there
  std::optional<Stated> accelerators;          ///< of its limits
  std::string resource;                        ///< "nvidia.com/gpu"
};

/// A pod, and on which nodes it may stand.
struct Pod {
  Place place;
  std::vector<Container> containers;
  std::map<std::string, Stated> node_labels;  ///< that a node must have: of `nodeSelector` and of required affinities
};

/// What a server does of a request.
enum class ServerPart : std::uint8_t { all, prefill, decode };

/// Equal servers of one model: a Deployment, or a part of another object.
struct FoundPool {
  std::string name;    ///< "chat", "chat-decode"
  std::string object;  ///< "Deployment `chat`"
  std::string target;  ///< the name that autoscalers call it by
  std::string group;   ///< prefill and decode of one group belong together
  Place place;
  int replicas = 1;
  std::optional<Stated> replicas_stated = {};  ///< without it: the kind's default
  int pods = 1;                                ///< that are one server together
  std::optional<Stated> pods_stated = {};
  std::optional<Stated> accelerators = {};  ///< of each pod
  std::string resource = {};
  std::map<std::string, Stated> node_labels = {};
  std::map<std::string, std::string> annotations = {};  ///< `idlewatt/...` of its object
  ServerArguments arguments = {};
  std::string image = {};
  ServerPart part = ServerPart::all;
  std::optional<YamlNode> scaler = {};        ///< what scales it, where the object itself says so, as a manifest
  std::optional<Stated> routing = {};         ///< the policy of a pool's routing, as idlewatt calls it
  std::vector<std::string> unsimulated = {};  ///< sentences, each with its place
};

/// A machine that files name.
struct FoundNode {
  std::string name;
  Place place;
  std::map<std::string, Stated> labels = {};
  std::string resource = {};    ///< "nvidia.com/gpu"; of Slurm "gpu"
  std::string type = {};        ///< the accelerator's name where no label has it: Slurm's
  int accelerators = 0;         ///< that pods may have
  int installed = 0;            ///< that are there
  std::string out_of_use = {};  ///< "not ready", "cordoned"; empty: in use
  bool spot = false;
};

/// An autoscaler beside the objects.
struct FoundScaler {
  YamlNode root;
  std::string file;
  std::string title;   ///< "HorizontalPodAutoscaler `chat`"
  std::string target;  ///< what it scales
};

struct FoundFleet {
  std::string origin = {};  ///< the first file
  std::vector<FoundPool> pools = {};
  std::vector<FoundNode> nodes = {};
  std::vector<FoundScaler> scalers = {};
  std::vector<std::string> unsimulated = {};  ///< objects that matter and cannot be simulated, a sentence each
};

/// Reads all that the documents say of a fleet. Throws InputError where a document cannot be understood, or has none.
FoundFleet find_fleet(const ManifestFiles& files);

}  // namespace idlewatt
