// Pods of Kubernetes objects, and the server that one of their containers is.
#pragma once

#include <map>
#include <string>

#include "manifests/found_fleet.hpp"

namespace idlewatt {

/// ConfigMaps by name: what stands under `data`.
using ConfigMaps = std::map<std::string, const YamlNode*>;

/// Runtimes of KServe by name: their `spec`, which holds containers.
using Runtimes = std::map<std::string, const YamlNode*>;

/// Reads a pod's `spec`.
Pod read_pod(const YamlNode& spec, const ConfigMaps& maps);

/// The labels that a pod with this `nodeSelector` and `affinity` asks of its node.
std::map<std::string, Stated> node_labels_of(const YamlNode& spec);

/// The accelerators of `resources:`, as `pool` or `container` has them; throws InputError for a part of one.
void read_accelerators(const YamlNode& resources, std::optional<Stated>& accelerators, std::string& resource);

/// Fills in what the pod's server says: engine, arguments, accelerators, nodes. Returns false where no container serves
/// a model. `engine` where it is known from elsewhere.
bool read_server(const Pod& pod, const ConfigMaps& maps, FoundPool& pool, const ServingEngine* engine = nullptr);

/// Reads arguments that a line of a shell has, such as the variable VLLM_ADDITIONAL_ARGS.
void read_argument_line(const Stated& line, const Variables& variables, const ServingEngine& engine, FoundPool& pool);

}  // namespace idlewatt
