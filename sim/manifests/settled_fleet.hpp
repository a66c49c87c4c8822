// A fleet in the terms of a scenario, with facts from files, from options, and from assumptions. Every value keeps its
// source.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifests/cluster_names.hpp"
#include "manifests/found_fleet.hpp"

namespace idlewatt {

/// Facts that the files do not state. Each is "VALUE", or "NAME=VALUE" for one pool or one model.
struct ImportAnswers {
  std::vector<std::string> traffic;       ///< workloads or traces
  std::vector<std::string> models;        ///< entries of the catalogue, or paths of a config.json
  std::vector<std::string> accelerators;  ///< accelerators of the catalogue
  std::vector<std::string> servers;       ///< servers of the catalogue
};

/// A key of the scenario with its value as YAML writes it.
struct SettledKey {
  std::string key;
  std::string value;
  std::string comment;  ///< source of the value
  Place source = {};
};

/// An entry of `catalog:` that the fleet needs.
struct SettledEntry {
  std::string kind;  ///< "servers", "models"
  std::string name;
  std::string value;
  std::string comment;
};

/// An autoscaler for a file beside the scenario.
struct SettledScaler {
  std::string title;
  YamlNode root;
};

struct SettledPool {
  std::string name;
  std::string object;
  Place place;
  std::string model = {};  ///< entry of the catalogue, or model of a config.json
  std::string server = {};
  std::vector<SettledKey> keys = {};  ///< without `autoscaling`
  std::optional<SettledScaler> scaler = {};
};

struct SettledTraffic {
  std::string model;
  std::string path;  ///< path as on the command line
};

struct SettledFleet {
  std::vector<SettledPool> pools;
  std::vector<SettledTraffic> traffic;
  std::vector<std::string> configs;  ///< paths of config.json files
  std::vector<SettledEntry> entries;
  std::map<std::string, int> racks;      ///< servers by type; empty when no nodes are stated
  std::vector<std::string> nodes;        ///< notes about the nodes, a sentence each
  std::vector<std::string> unsimulated;  ///< settings that are not simulated, a sentence each
  std::vector<std::string> warnings;     ///< those of them that change the fleet, for the terminal
};

/// Makes a fleet from the facts in files and answers. Throws InputError that names a missing fact with the option that
/// states it, or an impossible one.
SettledFleet settle_fleet(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names,
                          const Catalog& catalog);

}  // namespace idlewatt
