// Nodes: of `kubectl get nodes -o json`, and of a slurm.conf.
#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <sstream>
#include <string_view>

#include "manifests/found_kinds.hpp"

namespace idlewatt {
namespace {

int number_or_zero(const YamlNode* map, const std::string& key) {
  const YamlNode* node = map == nullptr ? nullptr : map->find(key);
  return node == nullptr ? 0 : count_of({node->scalar, node->place, key}, 0);
}

bool is_spot(const std::map<std::string, Stated>& labels) {
  static constexpr std::array<std::pair<const char*, const char*>, 4> kSpot{
      {{"karpenter.sh/capacity-type", "spot"},
       {"eks.amazonaws.com/capacityType", "SPOT"},
       {"cloud.google.com/gke-spot", "true"},
       {"kubernetes.azure.com/scalesetpriority", "spot"}}};
  return std::any_of(kSpot.begin(), kSpot.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second.text == label.second;
  });
}

}  // namespace

void find_node(const ManifestDocument& document, KindContext& context) {
  const YamlNode* allocatable = below(document.root, {"status", "allocatable"});
  const YamlNode* capacity = below(document.root, {"status", "capacity"});
  FoundNode node{.name = document.name, .place = document.root.place};
  node.labels = map_below(document.root, {"metadata", "labels"});
  for (const std::string_view resource : kAcceleratorResources) {
    const std::string key(resource);
    const int usable = number_or_zero(allocatable, key);
    const int installed = capacity == nullptr ? usable : number_or_zero(capacity, key);
    if (usable > 0 || installed > 0) {
      node.resource = key;
      node.accelerators = usable;
      node.installed = std::max(usable, installed);
      break;
    }
  }
  if (node.resource.empty()) {
    return;  // without accelerators
  }
  if (const auto shares = node.labels.find("nvidia.com/gpu.replicas");
      shares != node.labels.end() && count_of(shares->second, 0) > 1) {
    fail(shares->second.place,
         fmt::format(
             "node `{}` offers each accelerator to {} pods by turns, which is not simulated; expected whole ones",
             node.name, shares->second.text));
  }
  if (const auto count = node.labels.find("nvidia.com/gpu.count"); count != node.labels.end()) {
    node.installed = std::max(node.installed, count_of(count->second, 0));
  }
  for (const YamlNode* condition : list_below(document.root, {"status", "conditions"})) {
    if (text_below(*condition, {"type"}) == "Ready" && text_below(*condition, {"status"}) != "True") {
      node.out_of_use = "not ready";
    }
  }
  if (text_below(document.root, {"spec", "unschedulable"}) == "true") {
    node.out_of_use = "cordoned";
  }
  node.spot = is_spot(node.labels);
  context.fleet.nodes.push_back(std::move(node));
}

namespace {

/// "n[01-03,7]" as n01, n02, n03, n7; also several with commas between.
std::vector<std::string> host_names(const std::string& list, const Place& place) {
  constexpr std::size_t kMost = 100'000;
  std::vector<std::string> names;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t bracket = list.find('[', at);
    const std::size_t comma = std::min(list.find(',', at), list.size());
    if (bracket == std::string::npos || comma < bracket) {
      names.push_back(list.substr(at, comma - at));
      at = comma + 1;
      continue;
    }
    const std::size_t close = list.find(']', bracket);
    if (close == std::string::npos) {
      fail(place, fmt::format("`{}` has a `[` without its `]`", list));
    }
    const std::string prefix = list.substr(at, bracket - at);
    std::istringstream ranges(list.substr(bracket + 1, close - bracket - 1));
    const std::size_t next = std::min(list.find(',', close), list.size());
    const std::string suffix = list.substr(close + 1, next - close - 1);
    for (std::string range; std::getline(ranges, range, ',');) {
      const std::size_t dash = range.find('-');
      const std::string first = range.substr(0, dash);
      const int from = count_of({first, place, list}, 0);
      const int to = dash == std::string::npos ? from : count_of({range.substr(dash + 1), place, list}, from);
      for (int i = from; i <= to && names.size() <= kMost; ++i) {
        std::string digits = std::to_string(i);
        digits.insert(0, digits.size() < first.size() ? first.size() - digits.size() : 0, '0');
        names.push_back(prefix + digits + suffix);
      }
    }
    if (names.size() > kMost) {
      fail(place, fmt::format("`{}` names more than {} nodes; expected fewer", list, kMost));
    }
    at = next + 1;
  }
  return names;
}

struct Gres {
  std::string type;
  int count = 0;
};

/// "gpu:a100_80gb:4(S:0-1),shard:16": shards and mps are shares of the same accelerators.
std::vector<Gres> accelerators_of(const std::string& gres, const Place& place) {
  std::vector<Gres> all;
  std::string plain;
  int depth = 0;
  for (const char c : gres) {
    depth += c == '(' ? 1 : 0;
    if (depth == 0) {
      plain += c;
    }
    depth -= c == ')' ? 1 : 0;
  }
  std::istringstream entries(plain);
  for (std::string entry; std::getline(entries, entry, ',');) {
    std::vector<std::string> parts;
    std::istringstream words(entry);
    for (std::string part; std::getline(words, part, ':');) {
      parts.push_back(part);
    }
    if (parts.empty() || plain_name(parts[0]) != "gpu") {
      continue;
    }
    const bool counted = parts.size() > 1 && parts.back().find_first_not_of("0123456789") == std::string::npos;
    const std::string type = parts.size() > 2 || (parts.size() == 2 && !counted) ? parts[1] : "";
    all.push_back({type, counted ? count_of({parts.back(), place, gres}, 0) : 1});
  }
  return all;
}

struct SlurmLine {
  std::map<std::string, std::string> values;  ///< by key without capitals
  int number = 0;
};

std::vector<SlurmLine> slurm_lines(const std::string& text) {
  std::vector<SlurmLine> lines;
  std::istringstream stream(text);
  std::string whole;
  int number = 0;
  int first = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
      line.pop_back();
    }
    first = whole.empty() ? number : first;
    if (line.ends_with('\\')) {
      whole += line.substr(0, line.size() - 1) + " ";
      continue;
    }
    whole += line;
    std::istringstream words(whole);
    SlurmLine one{.values = {}, .number = first};
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos) {
        one.values[plain_name(word.substr(0, equals))] = word.substr(equals + 1);
      }
    }
    if (!one.values.empty()) {
      lines.push_back(std::move(one));
    }
    whole.clear();
  }
  return lines;
}

}  // namespace

void find_slurm_nodes(const PlainFile& file, FoundFleet& fleet) {
  std::map<std::string, std::string> defaults;
  for (const SlurmLine& line : slurm_lines(file.text)) {
    if (!line.values.contains("nodename") || line.values.contains("name")) {
      continue;  // of another kind, or of a gres.conf
    }
    std::map<std::string, std::string> values = defaults;
    for (const auto& [key, value] : line.values) {
      values[key] = value;
    }
    const Place place{.origin = file.file, .line = line.number, .column = 1};
    if (plain_name(values["nodename"]) == "default") {
      defaults = values;
      continue;
    }
    const std::string state = plain_name(values["state"]);
    for (const std::string& name : host_names(values["nodename"], place)) {
      for (const Gres& gres : accelerators_of(values["gres"], place)) {
        FoundNode node{.name = name, .place = place};
        node.resource = "gpu";
        node.type = gres.type;
        node.accelerators = gres.count;
        node.installed = gres.count;
        node.out_of_use = state.starts_with("down") || state.starts_with("drain") || state.starts_with("fail") ||
                                  state.starts_with("future")
                              ? state
                              : "";
        fleet.nodes.push_back(std::move(node));
      }
    }
  }
}

}  // namespace idlewatt
