// Determines the accelerators and servers of pools by options, labels, instance types or nodes, never by a guess.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manifests/settled_fleet.hpp"

namespace idlewatt {

/// Finds the option that applies to one of these names, or to all. Sets `value` to its value. Returns null when there
/// is none.
const std::string* answer_for(const std::vector<std::string>& answers, const std::vector<std::string>& names,
                              std::string& value);

/// The type of server that a pool stands on.
struct SettledServer {
  std::string accelerator;
  std::string server;
  std::string comment;
  Place source;
};

/// Finds the servers of pools, and the room for their replicas on the stated nodes.
class HardwareSettler {
 public:
  HardwareSettler(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names,
                  const Catalog& catalog, SettledFleet& fleet);

  /// The server of a pool whose pods have `accelerators` accelerators each. Throws InputError.
  SettledServer server_of(const FoundPool& pool, int accelerators);

  /// The number of replicas of a pool, at most `wanted`, that fit on the free part of the nodes of its server, where
  /// each of its pods has `accelerators`; reserves their places. Returns `wanted` when no nodes are stated.
  int place(const FoundPool& pool, const SettledServer& server, int accelerators, int wanted);

 private:
  struct Node {
    const FoundNode* node = nullptr;
    std::string accelerator;
    std::string server;
    int left = 0;
  };

  void settle_nodes();
  std::string accelerator_of_labels(const std::map<std::string, Stated>& labels, const Stated*& label) const;
  const Stated* instance_label(const std::map<std::string, Stated>& labels) const;
  std::string accelerator_of_node(const FoundNode& node) const;
  bool may_stand(const FoundPool& pool, const Node& node) const;
  /// Whether a node has a label that a pool requires. Names of accelerators and instance types count by their meaning.
  bool satisfies(const FoundNode& node, const std::string& accelerator, const std::string& key,
                 const Stated& required) const;
  std::optional<SettledServer> server_of_nodes(const FoundPool& pool, int accelerators) const;
  std::string exact_server(const std::string& accelerator, int count, const std::string& why);
  /// The server of the node with the most installed accelerators, among the nodes that offer pods at least `count`
  /// accelerators of this kind. Empty if no node offers that many.
  std::string node_server(const std::string& accelerator, int count) const;
  std::string smallest_server(const std::string& accelerator, int count) const;
  [[noreturn]] void refuse_label(const FoundPool& pool, const Stated& label) const;

  const FoundFleet* found_;
  const ImportAnswers* answers_;
  const ClusterNames* names_;
  const Catalog* catalog_;
  SettledFleet* fleet_;
  std::vector<Node> nodes_;
};

}  // namespace idlewatt
