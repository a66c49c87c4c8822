#include "manifests/settle_hardware.hpp"

#include <algorithm>
#include <fmt/core.h>
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
    fail(label.place, fmt::format("`{}` is a part of an accelerator, or one that several pods share, which is not "
                                  "simulated; expected whole ones",
                                  label.text));
  }
}

std::string quoted(double value, Dimension dimension) {
  return quantity_text(value, dimension);
}

/// A server of `count` accelerators, like another one of which it is a part.
std::string part_of(const Server& whole, int count) {
  const double share = static_cast<double>(count) / whole.accelerators;
  const std::string source =
      fmt::format("source: \"{} of the {} accelerators of {}, in proportion\"", count, whole.accelerators, whole.name);
  const auto figure = [&](const char* key, const Figure& of_whole, Dimension dimension) {
    return fmt::format(", {}: {{value: {}, status: derived, {}}}", key, quoted(of_whole.value * share, dimension),
                       source);
  };
  return fmt::format("{{like: {}, accelerators: {}{}{}{}{}{}{}}}", whole.name, count,
                     figure("base", whole.base_w, Dimension::power), figure("off", whole.off_w, Dimension::power),
                     figure("boot_power", whole.boot_w, Dimension::power),
                     figure("nic", whole.nic_bytes_per_s, Dimension::bandwidth),
                     figure("host_memory", whole.host_memory_bytes, Dimension::bytes),
                     figure("rent", whole.rent_usd_per_h, Dimension::price_per_time));
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
    const std::string where = sentence_at(node.place, fmt::format("node `{}`", node.name));
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
      fail(node.place,
           fmt::format("node `{}` does not say which accelerators it has{}; --accelerator {}=NAME says it", node.name,
                       node.type.empty() ? "" : fmt::format(", or `{}` may be several", node.type), node.name));
    }
    if (!catalog_->accelerators.contains(accelerator)) {
      throw InputError(fmt::format("--accelerator: `{}` is not in the catalogue{}", accelerator,
                                   expected_names(accelerator, keys_of(catalog_->accelerators))));
    }
    const std::string server = exact_server(accelerator, node.installed, where);
    nodes_.push_back({&node, accelerator, server, node.accelerators});
    ++fleet_->racks[server];
    if (node.accelerators < node.installed) {
      fleet_->nodes.push_back(
          fmt::format("{} offers {} of its {} accelerators", where, node.accelerators, node.installed));
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
    throw InputError(
        fmt::format("{}: the catalogue has no server of `{}`; expected one in a catalogue file, and --server NAME", why,
                    accelerator));
  }
  const std::string name = fmt::format("{}-{}", whole, count);
  const bool known = std::any_of(fleet_->entries.begin(), fleet_->entries.end(),
                                 [&](const SettledEntry& entry) { return entry.name == name; });
  if (!known) {
    fleet_->entries.push_back({"servers", name, part_of(catalog_->servers.at(whole), count),
                               fmt::format("assumed: the catalogue has no server of {} `{}`", count, accelerator)});
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
    fail(label.place, fmt::format("{}: `{}` may be {}; --accelerator {}=NAME says which", pool.object, label.text,
                                  list_text(meant), pool.name));
  }
  fail(label.place,
       fmt::format(
           "{}: `{}`{} is no accelerator of the catalogue; --accelerator {}=NAME names one that stands in for it{}",
           pool.object, label.text, missing.empty() ? "" : fmt::format(" ({})", missing), pool.name,
           expected_names(plain_name(label.text), keys_of(catalog_->accelerators))));
}

SettledServer HardwareSettler::server_of(const FoundPool& pool, int accelerators) {
  std::string given;
  const auto annotated = pool.annotations.find("servers");
  const bool said = answer_for(answers_->servers, {pool.name}, given) != nullptr;
  if (said || annotated != pool.annotations.end()) {
    const std::string server = said ? given : annotated->second;
    if (!catalog_->servers.contains(server)) {
      throw InputError(fmt::format("{}: `{}` is no server of the catalogue{}", said ? "--server" : pool.object, server,
                                   expected_names(server, keys_of(catalog_->servers))));
    }
    return {catalog_->servers.at(server).accelerator, server, said ? "--server" : "its annotation idlewatt/servers",
            said ? Place{} : pool.place};
  }
  if (answer_for(answers_->accelerators, {pool.name}, given) != nullptr) {
    if (!catalog_->accelerators.contains(given)) {
      throw InputError(fmt::format("--accelerator: `{}` is not in the catalogue{}", given,
                                   expected_names(given, keys_of(catalog_->accelerators))));
    }
    const std::string of_node = node_server(given, accelerators);
    const std::string server = of_node.empty() ? smallest_server(given, accelerators) : of_node;
    if (server.empty()) {
      throw InputError(
          fmt::format("--accelerator: no server of the catalogue has enough of `{}`; expected --server NAME", given));
    }
    return {given, server, fmt::format("--accelerator {}; the smallest server that holds a pod is assumed", given),
            pool.place};
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
    fail(pool.place,
         fmt::format("{} does not say which accelerators it runs on; --accelerator {}=NAME or --server {}=NAME says it "
                     "(`idlewatt catalog accelerators` and `idlewatt catalog servers` list them)",
                     pool.object, pool.name, pool.name));
  }
  if (const Stated* type = instance_label(pool.node_labels)) {
    if (const auto instance = names_->instance(type->text)) {
      return {accelerator, exact_server(accelerator, instance->accelerators, sentence_at(type->place, type->text)),
              fmt::format("{} ({})", short_place(type->place), type->text), type->place};
    }
  }
  const std::string of_node = node_server(accelerator, accelerators);
  const std::string server = of_node.empty() ? smallest_server(accelerator, accelerators) : of_node;
  if (server.empty()) {
    fail(label->place, fmt::format("the catalogue has no server of `{}`; --server NAME names one", accelerator));
  }
  return {
      accelerator, server,
      fmt::format("{} ({}); the smallest server that holds a pod is assumed", short_place(label->place), label->text),
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
