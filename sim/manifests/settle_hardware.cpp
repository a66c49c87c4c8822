#include "manifests/settle_hardware.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "manifests/found_kinds.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// Labels under which nodes have their instance type.
constexpr const char* kInstanceLabels[]{"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
                                        "cloud.google.com/machine-type"};

void refuse_shares(const Stated& label) {
  const std::string name = plain_name(label.text);
  if (name.find("-mig-") != std::string::npos || name.ends_with("-shared")) {
    fail(label.place, "`" + label.text +
                          "` is a part of an accelerator, or one that several pods share, which is not "
                          "simulated; expected whole ones");
  }
}

std::string quoted(double value, Dimension dimension) {
  return quantity_text(value, dimension);
}

/// A server of `count` accelerators, like another one of which it is a part.
std::string part_of(const Server& whole, int count) {
  const double share = static_cast<double>(count) / whole.accelerators;
  const std::string source = "source: \"" + std::to_string(count) + " of the " + std::to_string(whole.accelerators) +
                             " accelerators of " + whole.name + ", in proportion\"";
  const auto figure = [&](const char* key, const Figure& of_whole, Dimension dimension) {
    return std::string(", ") + key + ": {value: " + quoted(of_whole.value * share, dimension) + ", status: derived, " +
           source + "}";
  };
  return "{like: " + whole.name + ", accelerators: " + std::to_string(count) +
         figure("base", whole.base_w, Dimension::power) + figure("off", whole.off_w, Dimension::power) +
         figure("boot_power", whole.boot_w, Dimension::power) +
         figure("nic", whole.nic_bytes_per_s, Dimension::bandwidth) +
         figure("host_memory", whole.host_memory_bytes, Dimension::bytes) +
         figure("rent", whole.rent_usd_per_h, Dimension::price_per_time) + "}";
}

}  // namespace

const std::string* answer_for(const std::vector<std::string>& answers, const std::vector<std::string>& names,
                              std::string& value) {
  const std::string* found = nullptr;
  for (const std::string& answer : answers) {
    const std::size_t equals = answer.find('=');
    if (equals == std::string::npos) {
      if (found == nullptr) {
        value = answer;
        found = &answer;
      }
    } else if (std::find(names.begin(), names.end(), answer.substr(0, equals)) != names.end()) {
      value = answer.substr(equals + 1);
      return &answer;
    }
  }
  return found;
}

HardwareSettler::HardwareSettler(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names,
                                 const Catalog& catalog, SettledFleet& fleet)
    : found_(&found), answers_(&answers), names_(&names), catalog_(&catalog), fleet_(&fleet) {
  settle_nodes();
}

const Stated* HardwareSettler::instance_label(const std::map<std::string, Stated>& labels) const {
  for (const char* key : kInstanceLabels) {
    if (const auto found = labels.find(key); found != labels.end()) {
      return &found->second;
    }
  }
  return nullptr;
}

std::string HardwareSettler::accelerator_of_labels(const std::map<std::string, Stated>& labels,
                                                   const Stated*& label) const {
  label = nullptr;
  for (const std::string& key : names_->accelerator_labels()) {
    const auto found = labels.find(key);
    if (found == labels.end()) {
      continue;
    }
    refuse_shares(found->second);
    label = &found->second;
    const std::vector<std::string> meant = names_->accelerators(found->second.text);
    if (meant.size() == 1) {
      return meant.front();
    }
  }
  if (const Stated* type = instance_label(labels)) {
    label = label == nullptr ? type : label;
    if (const auto instance = names_->instance(type->text)) {
      return instance->accelerator;
    }
  }
  return "";
}

std::string HardwareSettler::accelerator_of_node(const FoundNode& node) const {
  const Stated* label = nullptr;
  const std::string of_labels = accelerator_of_labels(node.labels, label);
  if (!of_labels.empty() || node.type.empty()) {
    return of_labels;
  }
  const std::vector<std::string> meant = names_->accelerators(node.type);
  return meant.size() == 1 ? meant.front() : "";
}

void HardwareSettler::settle_nodes() {
  for (const FoundNode& node : found_->nodes) {
    const std::string where = sentence_at(node.place, "node `" + node.name + "`");
    if (!node.out_of_use.empty()) {
      fleet_->nodes.push_back(where + " is left out: " + node.out_of_use);
      continue;
    }
    std::string accelerator = accelerator_of_node(node);
    std::string given;
    if (accelerator.empty() && answer_for(answers_->accelerators, {node.name, node.type}, given) != nullptr) {
      accelerator = given;
    }
    if (accelerator.empty()) {
      fail(node.place, "node `" + node.name + "` does not say which accelerators it has" +
                           (node.type.empty() ? "" : ", or `" + node.type + "` may be several") + "; --accelerator " +
                           node.name + "=NAME says it");
    }
    if (!catalog_->accelerators.contains(accelerator)) {
      throw InputError("--accelerator: `" + accelerator + "` is not in the catalogue" +
                       expected_names(accelerator, keys_of(catalog_->accelerators)));
    }
    const std::string server = exact_server(accelerator, node.installed, where);
    nodes_.push_back({&node, accelerator, server, node.accelerators});
    ++fleet_->racks[server];
    if (node.accelerators < node.installed) {
      fleet_->nodes.push_back(where + " offers " + std::to_string(node.accelerators) + " of its " +
                              std::to_string(node.installed) + " accelerators");
    }
    if (node.spot) {
      fleet_->unsimulated.push_back(where +
                                    " is a spot instance; how often those are interrupted no file says "
                                    "(`faults:` has it)");
    }
  }
}

std::string HardwareSettler::exact_server(const std::string& accelerator, int count, const std::string& why) {
  for (const auto& [name, server] : catalog_->servers) {
    if (server.accelerator == accelerator && server.accelerators == count) {
      return name;
    }
  }
  const std::string whole = smallest_server(accelerator, count);
  if (whole.empty()) {
    throw InputError(why + ": the catalogue has no server of `" + accelerator +
                     "`; expected one in a catalogue file, and --server NAME");
  }
  const std::string name = whole + "-" + std::to_string(count);
  const bool known = std::any_of(fleet_->entries.begin(), fleet_->entries.end(),
                                 [&](const SettledEntry& entry) { return entry.name == name; });
  if (!known) {
    fleet_->entries.push_back(
        {"servers", name, part_of(catalog_->servers.at(whole), count),
         "assumed: the catalogue has no server of " + std::to_string(count) + " `" + accelerator + "`"});
  }
  return name;
}

std::string HardwareSettler::smallest_server(const std::string& accelerator, int count) const {
  std::string best;
  for (const auto& [name, server] : catalog_->servers) {
    if (server.accelerator != accelerator) {
      continue;
    }
    const auto worse = [&](const Server& a, const Server& b) {
      const bool a_fits = a.accelerators >= count;
      const bool b_fits = b.accelerators >= count;
      return a_fits != b_fits ? b_fits : a_fits ? a.accelerators > b.accelerators : a.accelerators < b.accelerators;
    };
    if (best.empty() || worse(catalog_->servers.at(best), server)) {
      best = name;
    }
  }
  return best;
}

std::string HardwareSettler::node_server(const std::string& accelerator, int count) const {
  const Node* most = nullptr;
  for (const Node& node : nodes_) {
    if (node.accelerator == accelerator && node.node->accelerators >= count &&
        (most == nullptr || node.node->installed > most->node->installed)) {
      most = &node;
    }
  }
  return most == nullptr ? "" : most->server;
}

bool HardwareSettler::satisfies(const FoundNode& node, const std::string& accelerator, const std::string& key,
                                const Stated& required) const {
  const auto same = node.labels.find(key);
  if (same != node.labels.end() && same->second.text == required.text) {
    return true;
  }
  if (key == "kubernetes.io/hostname") {
    return node.name == required.text;
  }
  const std::vector<std::string>& of_accelerators = names_->accelerator_labels();
  if (std::find(of_accelerators.begin(), of_accelerators.end(), key) != of_accelerators.end()) {
    const std::vector<std::string> meant = names_->accelerators(required.text);
    return std::find(meant.begin(), meant.end(), accelerator) != meant.end();
  }
  if (std::find(std::begin(kInstanceLabels), std::end(kInstanceLabels), key) != std::end(kInstanceLabels)) {
    if (const Stated* type = instance_label(node.labels)) {
      return plain_name(type->text) == plain_name(required.text);
    }
    const auto instance = names_->instance(required.text);
    return instance && instance->accelerator == accelerator && instance->accelerators == node.installed;
  }
  return node.labels.empty();  // of Slurm, or left out of the file
}

bool HardwareSettler::may_stand(const FoundPool& pool, const Node& node) const {
  return std::all_of(pool.node_labels.begin(), pool.node_labels.end(), [&](const auto& label) {
    return satisfies(*node.node, node.accelerator, label.first, label.second);
  });
}

std::optional<SettledServer> HardwareSettler::server_of_nodes(const FoundPool& pool, int accelerators) const {
  std::set<std::string> possible;
  const Node* most = nullptr;
  for (const Node& node : nodes_) {
    if (!may_stand(pool, node) || node.node->accelerators < accelerators) {
      continue;
    }
    possible.insert(node.accelerator);
    most = most == nullptr || node.node->installed > most->node->installed ? &node : most;
  }
  if (possible.size() != 1) {
    return std::nullopt;
  }
  return SettledServer{most->accelerator, most->server, "the nodes, as " + short_place(most->node->place),
                       most->node->place};
}

void HardwareSettler::refuse_label(const FoundPool& pool, const Stated& label) const {
  const std::vector<std::string> meant = names_->accelerators(label.text);
  const std::string missing = names_->instance_missing(label.text);
  if (!meant.empty()) {
    fail(label.place, pool.object + ": `" + label.text + "` may be " + list_text(meant) + "; --accelerator " +
                          pool.name + "=NAME says which");
  }
  fail(label.place, pool.object + ": `" + label.text + "`" + (missing.empty() ? "" : " (" + missing + ")") +
                        " is no accelerator of the catalogue; --accelerator " + pool.name +
                        "=NAME names one that stands in for it" +
                        expected_names(plain_name(label.text), keys_of(catalog_->accelerators)));
}

SettledServer HardwareSettler::server_of(const FoundPool& pool, int accelerators) {
  std::string given;
  const auto annotated = pool.annotations.find("servers");
  const bool said = answer_for(answers_->servers, {pool.name}, given) != nullptr;
  if (said || annotated != pool.annotations.end()) {
    const std::string server = said ? given : annotated->second;
    if (!catalog_->servers.contains(server)) {
      throw InputError((said ? "--server" : pool.object) + ": `" + server + "` is no server of the catalogue" +
                       expected_names(server, keys_of(catalog_->servers)));
    }
    return {catalog_->servers.at(server).accelerator, server, said ? "--server" : "its annotation idlewatt/servers",
            said ? Place{} : pool.place};
  }
  if (answer_for(answers_->accelerators, {pool.name}, given) != nullptr) {
    if (!catalog_->accelerators.contains(given)) {
      throw InputError("--accelerator: `" + given + "` is not in the catalogue" +
                       expected_names(given, keys_of(catalog_->accelerators)));
    }
    const std::string of_node = node_server(given, accelerators);
    const std::string server = of_node.empty() ? smallest_server(given, accelerators) : of_node;
    if (server.empty()) {
      throw InputError("--accelerator: the catalogue has no server of `" + given + "`");
    }
    return {given, server, "--accelerator " + given + "; the smallest server that holds a pod is assumed", pool.place};
  }
  if (const auto of_nodes = server_of_nodes(pool, accelerators)) {
    return *of_nodes;
  }
  const Stated* label = nullptr;
  const std::string accelerator = accelerator_of_labels(pool.node_labels, label);
  if (accelerator.empty() && label != nullptr) {
    refuse_label(pool, *label);
  }
  if (accelerator.empty()) {
    fail(pool.place, pool.object + " does not say which accelerators it runs on; --accelerator " + pool.name +
                         "=NAME or --server " + pool.name +
                         "=NAME says it (`idlewatt catalog accelerators` and `idlewatt catalog servers` list them)");
  }
  if (const Stated* type = instance_label(pool.node_labels)) {
    if (const auto instance = names_->instance(type->text)) {
      return {accelerator, exact_server(accelerator, instance->accelerators, sentence_at(type->place, type->text)),
              short_place(type->place) + " (" + type->text + ")", type->place};
    }
  }
  const std::string of_node = node_server(accelerator, accelerators);
  const std::string server = of_node.empty() ? smallest_server(accelerator, accelerators) : of_node;
  if (server.empty()) {
    fail(label->place, "the catalogue has no server of `" + accelerator + "`; --server NAME names one");
  }
  return {accelerator, server,
          short_place(label->place) + " (" + label->text + "); the smallest server that holds a pod is assumed",
          label->place};
}

int HardwareSettler::place(const FoundPool& pool, const SettledServer& server, int accelerators, int wanted) {
  if (nodes_.empty()) {
    return wanted;
  }
  int placed = 0;
  while (placed < wanted) {
    int left = pool.pods;
    for (Node& node : nodes_) {
      const bool fitting = node.server == server.server && may_stand(pool, node);
      while (left > 0 && fitting && node.left >= accelerators) {
        node.left -= accelerators;
        --left;
      }
    }
    if (left > 0) {
      return placed;
    }
    ++placed;
  }
  return placed;
}

}  // namespace idlewatt
