// A fleet as a scenario has it: what files state, what options answer, what is assumed. Every value knows where it comes
// from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifests/cluster_names.hpp"
#include "manifests/found_fleet.hpp"

namespace idlewatt {

/// What files do not say. Each is "VALUE", or "NAME=VALUE" for one pool or one model.
struct ImportAnswers {
  std::vector<std::string> traffic;       ///< workloads or traces
  std::vector<std::string> models;        ///< entries of the catalogue, or paths of a config.json
  std::vector<std::string> accelerators;  ///< of the catalogue
  std::vector<std::string> servers;       ///< of the catalogue
};

/// A key of the scenario with its value, as YAML writes it.
struct SettledKey {
  std::string key;
  std::string value;
  std::string comment;  ///< where it comes from
  Place source = {};
};

/// An entry of `catalog:` that the fleet needs.
struct SettledEntry {
  std::string kind;  ///< "servers", "models"
  std::string name;
  std::string value;
  std::string comment;
};

/// An autoscaler that goes into a file beside the scenario.
struct SettledScaler {
  std::string title;
  YamlNode root;
};

struct SettledPool {
  std::string name;
  std::string object;
  Place place;
  std::string model = {};  ///< of the catalogue, or of a config.json
  std::string server = {};
  std::vector<SettledKey> keys = {};  ///< without `autoscaling`
  std::optional<SettledScaler> scaler = {};
};

struct SettledTraffic {
  std::string model;
  std::string path;  ///< as the command line has it
};

struct SettledFleet {
  std::vector<SettledPool> pools;
  std::vector<SettledTraffic> traffic;
  std::vector<std::string> configs;  ///< paths of config.json files
  std::vector<SettledEntry> entries;
  std::map<std::string, int> racks;      ///< servers by type; empty: no nodes are stated
  std::vector<std::string> nodes;        ///< what is said of them, a sentence each
  std::vector<std::string> unsimulated;  ///< a sentence each
  std::vector<std::string> warnings;     ///< of those, what changes the fleet: for the terminal
};

/// Makes a fleet of what files state. Throws InputError that names what is missing and the option that gives it, or what
/// cannot be.
SettledFleet settle_fleet(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names,
                          const Catalog& catalog);

}  // namespace idlewatt
