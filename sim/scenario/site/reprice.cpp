#include "scenario/site/reprice.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "scenario/overrides.hpp"
#include "scenario/site/read_site.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

std::string existing(const YamlNode& node) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(node.scalar, error)) {
    fail(node.place,
         "there is no file `" + node.scalar + "`; expected the path of a series, relative to the " + "current folder");
  }
  return node.scalar;
}

/// The servers of the run, and those that its site names without having them.
std::vector<std::string> server_types(const YamlNode& site, const Meter& meter) {
  std::vector<std::string> types;
  for (const MeteredServers& servers : meter.servers) {
    types.push_back(servers.type);
  }
  for (const auto& [key, table] : {std::pair("rent", "prices"), {"ownership", "prices"}, {"embodied", "carbon"}}) {
    const YamlNode* map = site.find(key);
    const YamlNode* by_type = map != nullptr && map->is_map() ? map->find(table) : nullptr;
    if (by_type != nullptr && by_type->is_map()) {
      for (const YamlEntry& entry : by_type->entries) {
        types.push_back(entry.key);
      }
    }
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

}  // namespace

Tariff reprice(const std::string& site, const std::vector<std::shared_ptr<const TimeSeries>>& series,
               const Meter& meter, const std::vector<std::string>& set, const std::string& origin,
               const std::map<std::string, double>& catalogue_usd) {
  YamlNode root{.kind = YamlNode::Kind::map, .place = {.origin = origin}};
  root.entries.push_back({.key = "site", .key_place = root.place, .value = parse_yaml(site, origin, false)});
  const std::vector<std::string> known_types = server_types(root.entries[0].value, meter);
  for (const std::string& text : set) {
    const Override change = parse_set(text);
    if (change.path != "site" && !change.path.starts_with("site.")) {
      fail(change.place, "`" + change.path + "` decides what happens in a run; expected a path that begins with " +
                             "`site.`, which prices it again, or another run");
    }
    apply(root, change);
  }
  KnownSeries known;
  for (const auto& one : series) {
    known[{one->path, one->column}] = one;
  }
  const YamlNode& node = root.entries[0].value;
  Tariff tariff = read_site(node, known_types, existing, known).tariff;
  if (to_ticks(tariff.interval_s) != meter.interval) {
    fail(node.find("accounting_interval") != nullptr ? node.find("accounting_interval")->place : node.place,
         "the meters of the run were read every " + number_text(to_seconds(meter.interval) / 60.0) +
             " min; expected no other `accounting_interval`");
  }
  std::vector<ServersHeld> held;
  for (const MeteredServers& servers : meter.servers) {
    held.push_back({.type = servers.type, .rented = servers.rented});
  }
  add_catalogue_prices(node, held, catalogue_usd, tariff);
  check_servers(node, tariff, held);
  check_covered(node, tariff, meter.start_unix_s, to_seconds(meter.horizon()));
  return tariff;
}

}  // namespace idlewatt
