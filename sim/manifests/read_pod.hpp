// The pods of Kubernetes objects, and the server in one of their containers.
#pragma once

#include <map>
#include <string>

#include "manifests/found_fleet.hpp"

namespace idlewatt {

/// ConfigMaps by name: the map under `data`.
using ConfigMaps = std::map<std::string, const YamlNode*>;

/// Runtimes of KServe by name: their `spec`, which contains containers.
using Runtimes = std::map<std::string, const YamlNode*>;

/// Reads a pod's `spec`.
Pod read_pod(const YamlNode& spec, const ConfigMaps& maps);

/// The labels that a pod with this `nodeSelector` and `affinity` requires of its node.
std::map<std::string, Stated> node_labels_of(const YamlNode& spec);

/// Reads the accelerators of `resources:` into the members of a pool or a container. Throws InputError for a part of an
/// accelerator.
void read_accelerators(const YamlNode& resources, std::optional<Stated>& accelerators, std::string& resource);

/// Reads the pod's server into `pool`: engine, arguments, accelerators, nodes. Returns false when no container serves a
/// model. `engine` is set when the engine is known from elsewhere.
bool read_server(const Pod& pod, const ConfigMaps& maps, FoundPool& pool, const ServingEngine* engine = nullptr);

/// Reads the arguments in a line of a shell, such as the variable VLLM_ADDITIONAL_ARGS.
void read_argument_line(const Stated& line, const Variables& variables, const ServingEngine& engine, FoundPool& pool);

}  // namespace idlewatt
