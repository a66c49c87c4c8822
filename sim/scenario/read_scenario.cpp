#include "scenario/read_scenario.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/date_time.hpp"
#include "policy/table.hpp"
#include "scenario/check_power.hpp"
#include "scenario/fields.hpp"
#include "scenario/read_cache.hpp"
#include "scenario/read_duration.hpp"
#include "scenario/read_faults.hpp"
#include "scenario/read_policy.hpp"
#include "scenario/read_pool.hpp"
#include "scenario/read_roles.hpp"
#include "scenario/read_site.hpp"
#include "scenario/read_source.hpp"
#include "scenario/read_workload.hpp"
#include "scenario/servers_held.hpp"
#include "scenario/swapping.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 1000.0 * 86400.0;
constexpr std::int64_t kMostBins = 10'000'000;
constexpr std::int32_t kMostServers = 1'000'000;

std::uint64_t read_seed(const YamlNode& node) {
  const std::string text = read_text(node, "`seed`", "a whole number such as `1`");
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail(node.place, "`seed`: `" + text + "` is no whole number of 64 bits; expected one such as `1`");
  }
  return seed;
}

// Of the site's clocks unless it says its zone; as seconds since 1970.
std::int64_t read_start(const YamlNode& node, const TimeZone& zone) {
  const std::string expected_date =
      "an ISO date such as `2024-01-01`, or one with a time such as `2024-01-01T08:00` (of the site's `time_zone`), "
      "`2024-01-01T08:00Z` or `2024-01-01T08:00+02:00`";
  const std::string text = read_text(node, "`start`", expected_date);
  const std::optional<DateTime> time = parse_date_time(text);
  if (!time || time->nanosecond != 0) {
    fail(node.place,
         "`start`: `" + text + "` is no date" + (time ? " in whole seconds" : "") + "; expected " + expected_date);
  }
  std::string problem;
  const std::optional<std::int64_t> unix_s = unix_time(zone, *time, problem);
  if (!unix_s) {
    fail(node.place, "`start`: `" + text + "`: " + problem);
  }
  return *unix_s;
}

ServerGroup read_group(const YamlNode& node, const Catalog& catalog) {
  const std::string expected_group = "a number and a server such as `2 x hgx-a100-80`";
  const std::string text = read_text(node, "`servers` of a rack", expected_group);
  const std::size_t cross = text.find(" x ");
  ServerGroup group;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group.count);
  if (cross == std::string::npos || error != std::errc() || end != text.data() + cross) {
    fail(node.place, "`servers`: `" + text + "` is no number of servers; expected " + expected_group);
  }
  if (group.count < 1 || group.count > kMostServers) {
    fail(node.place, "`servers`: `" + text + "` is out of range; expected 1 to " + std::to_string(kMostServers));
  }
  YamlNode name = node;
  name.scalar = text.substr(cross + 3);
  name.place.column += static_cast<int>(node.place.line > 0 ? cross + 3 + (node.quoted ? 1 : 0) : 0);
  group.server = read_name(name, "server", keys_of(catalog.servers));
  return group;
}

void read_racks(const YamlNode& node, const Catalog& catalog, std::vector<Rack>& racks) {
  if (!node.is_sequence() || node.items.empty()) {
    fail(node.place, "`racks` is no list; expected racks such as `- {servers: 2 x hgx-a100-80, uplink: 100 Gbps}`");
  }
  std::int64_t all_servers = 0;
  for (const YamlNode& item : node.items) {
    const Fields fields(item, "a rack", {"servers", "uplink", "switch", "ownership", "count", "power_budget"});
    Rack rack;
    const YamlNode& servers = fields.at("servers", "a number and a server such as `2 x hgx-a100-80`");
    if (servers.is_sequence() && !servers.items.empty()) {
      for (const YamlNode& group : servers.items) {
        rack.servers.push_back(read_group(group, catalog));
      }
    } else {
      rack.servers.push_back(read_group(servers, catalog));
    }
    rack.uplink_bytes_per_s = fields.quantity_or("uplink", Dimension::bandwidth, rack.uplink_bytes_per_s, kPositive);
    rack.switch_w = fields.quantity_or("switch", Dimension::power, 0.0);
    rack.ownership = fields.name_or("ownership", "kind of ownership", {"rented", "owned"}, "rented") == "owned"
                         ? Ownership::owned
                         : Ownership::rented;
    if (const YamlNode* budget = fields.find("power_budget")) {
      rack.power_budget_w = read_quantity(*budget, "`power_budget` of a rack", Dimension::power, kPositive);
    }
    const std::int32_t count = fields.count_or("count", 1, 1, 100'000);
    for (const ServerGroup& group : rack.servers) {
      all_servers += static_cast<std::int64_t>(group.count) * count;
    }
    if (all_servers > kMostServers) {
      fail(item.place, "the racks hold " + std::to_string(all_servers) + " servers up to here; expected at most " +
                           std::to_string(kMostServers));
    }
    racks.insert(racks.end(), static_cast<std::size_t>(count), rack);
  }
}

// A pool as it is; with `count`, so many alike, each with weights of its own.
void add_pools(const YamlEntry& entry, Pool pool, std::vector<Pool>& pools) {
  constexpr std::int32_t kMostAlike = 10'000;
  const YamlNode* count_node = entry.value.find("count");
  if (count_node == nullptr) {
    pools.push_back(std::move(pool));
    return;
  }
  const std::int32_t count = read_count(*count_node, "`count` of pool `" + entry.key + "`", 1, kMostAlike);
  pool.group = entry.key;
  for (std::int32_t i = 1; i <= count; ++i) {
    pool.name = entry.key + "-" + std::to_string(i);
    pool.weights = pool.name;
    pools.push_back(pool);
  }
}

std::vector<Pool> read_pools(const YamlNode& node, const Catalog& catalog, ScenarioFiles& files,
                             std::vector<std::string>& warnings) {
  if (!node.is_map() || node.entries.empty()) {
    fail(node.place, "`pools` is no map; expected pools by name");
  }
  std::vector<Pool> pools;
  for (const YamlEntry& entry : node.entries) {
    const bool plain = std::all_of(entry.key.begin(), entry.key.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    // Names become groups in HDF5 and parts of dotted paths; "unassigned" is what serves no pool.
    if (!plain || entry.key.empty() || entry.key == "unassigned") {
      fail(entry.key_place,
           "`" + entry.key + "` cannot name a pool; expected letters, digits, `-` and `_`, and not `unassigned`");
    }
    add_pools(entry, read_pool(entry.key, entry.value, catalog, files, warnings), pools);
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::count_if(pools.begin(), pools.end(), [&](const Pool& pool) { return pool.name == entry.key; }) > 1) {
      fail(entry.key_place,
           "pool `" + entry.key + "` is one of those that a `count` makes, too; expected another name");
    }
  }
  read_roles(node, pools);
  return pools;
}

/// The word or the list of words under a key.
std::vector<std::string> read_names(const Fields& fields, const std::string& key,
                                    const std::vector<std::string>& names) {
  const YamlNode& node = fields.at(key, "the name of a " + key + ", or a list of them: " + list_text(names));
  if (!node.is_sequence()) {
    return {read_name(node, key, names)};
  }
  if (node.items.empty()) {
    fail(node.place, "`" + key + "` is an empty list; expected names out of " + list_text(names));
  }
  std::vector<std::string> words;
  for (const YamlNode& item : node.items) {
    words.push_back(read_name(item, key, names));
    if (std::count(words.begin(), words.end(), words.back()) > 1) {
      fail(item.place, "`" + words.back() + "` is named twice; expected each " + key + " once");
    }
  }
  return words;
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What `pool` may name: pools, and all that a `count` makes.
std::vector<std::string> names_of(const std::vector<Pool>& pools) {
  std::vector<std::string> names;
  for (const Pool& pool : pools) {
    if (!pool.group.empty() && (names.empty() || !holds(names, pool.group))) {
      names.push_back(pool.group);
    }
  }
  for (const Pool& pool : pools) {
    names.push_back(pool.name);
  }
  return names;
}

std::vector<std::string> members_of(const std::vector<std::string>& names, const std::vector<Pool>& pools) {
  std::vector<std::string> members;
  for (const Pool& pool : pools) {
    if (holds(names, pool.name) || holds(names, pool.group)) {
      members.push_back(pool.name);
    }
  }
  return members;
}

// The pools that may answer: those of the models, or the ones among them that the entry names.
std::vector<std::int32_t> serving_pools(const Fields& fields, const std::vector<std::string>& models,
                                        const std::vector<Pool>& pools) {
  std::vector<std::string> all;
  std::vector<std::string> serving;
  std::vector<std::string> served;
  for (const Pool& pool : pools) {
    all.push_back(pool.name);
    served.push_back(pool.model);
    if (holds(models, pool.model) && pool.role != PoolRole::decode) {
      serving.push_back(pool.name);
    }
  }
  std::sort(served.begin(), served.end());
  served.erase(std::unique(served.begin(), served.end()), served.end());
  for (const std::string& model : models) {
    if (!holds(served, model)) {
      fail(fields.find("model")->place, "no pool serves model `" + model + "`" + expected_names(model, served));
    }
  }
  std::vector<std::string> named = serving;
  if (fields.has("pool")) {
    named = members_of(read_names(fields, "pool", names_of(pools)), pools);
    for (const std::string& name : named) {
      const Pool& pool = pools[static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin())];
      const std::string& model = pool.model;
      if (pool.role == PoolRole::decode) {
        fail(fields.find("pool")->place, "pool `" + name +
                                             "` goes on with requests whose prompts are computed elsewhere" +
                                             expected_names(name, serving));
      }
      if (!holds(models, model)) {
        fail(fields.find("pool")->place,
             "pool `" + name + "` serves `" + model + "`, not " + list_text(models) + expected_names(name, serving));
      }
    }
  }
  std::vector<std::int32_t> indices;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (holds(named, all[i])) {
      indices.push_back(static_cast<std::int32_t>(i));
    }
  }
  return indices;
}

// One entry for each of its pools, of which each has its share of the requests: the first the largest.
std::vector<Traffic> by_popularity(const Fields& fields, const Traffic& traffic, const std::vector<Pool>& pools) {
  const YamlNode* node = fields.find("popularity");
  if (node == nullptr) {
    const auto weights = [&pools](std::int32_t pool) { return pools[static_cast<std::size_t>(pool)].weights; };
    for (const std::int32_t pool : traffic.pools) {
      if (weights(pool) != weights(traffic.pools.front())) {
        fail(fields.place(), "pools `" + pools[static_cast<std::size_t>(traffic.pools.front())].name + "` and `" +
                                 pools[static_cast<std::size_t>(pool)].name +
                                 "` have different weights, so the same requests cannot go to either; expected "
                                 "`popularity: {zipf: 1}` to divide them, or `pool` with one");
      }
    }
    return {traffic};
  }
  Popularity popularity{.zipf = Fields(*node, "`popularity`", {"zipf"})
                                    .quantity("zipf", Dimension::number, {.minimum = 0.0, .maximum = 10.0}),
                        .of = static_cast<std::int32_t>(traffic.pools.size()),
                        .whole = traffic.scale};
  double all = 0.0;
  for (std::int32_t rank = 1; rank <= popularity.of; ++rank) {
    all += std::pow(rank, -popularity.zipf);
  }
  std::vector<Traffic> parts;
  for (const std::int32_t pool : traffic.pools) {
    parts.push_back(traffic);
    parts.back().scale *= std::pow(popularity.rank, -popularity.zipf) / all;
    parts.back().pools = {pool};
    parts.back().popularity = popularity;
    if (const std::string& weights = pools[static_cast<std::size_t>(pool)].weights; !weights.empty()) {
      parts.back().models = {weights};
    }
    ++popularity.rank;
  }
  return parts;
}

// What all requests of an entry have in common.
void read_marks(const Fields& fields, RequestLabels& marks) {
  if (fields.has("tenant")) {
    marks.tenant = fields.count("tenant", 0, 1'000'000'000);
  }
  if (fields.has("priority")) {
    marks.priority = static_cast<std::int16_t>(fields.count("priority", 0, 1000));
  }
  const bool deferrable =
      fields.name_or("class", "class of requests", {"interactive", "deferrable"}, "interactive") == "deferrable";
  if (deferrable) {
    marks.deadline = read_duration(fields, "deadline", kLongestS);
    if (fields.has("slo")) {
      fail(fields.find("slo")->place, "deferrable requests are judged by their deadline; expected no `slo` beside it");
    }
  } else if (fields.has("deadline")) {
    fail(fields.find("deadline")->place,
         "interactive requests have no `deadline`; expected `class: deferrable` beside it");
  }
  if (const YamlNode* semantics = fields.find("semantics")) {
    marks.semantics = read_semantics(*semantics);
  }
}

ClientBehaviour read_client(const YamlNode& node) {
  const Fields fields(node, "`client`", {"timeout", "retries", "backoff"});
  const Bounds duration{.maximum = kLongestS, .above_zero = true};
  ClientBehaviour client;
  client.timeout_s = fields.quantity_or("timeout", Dimension::time, client.timeout_s, duration);
  client.retries = fields.count_or("retries", client.retries, 0, 1000);
  if (const YamlNode* backoff_node = fields.find("backoff")) {
    const Fields backoff(*backoff_node, "`backoff`", {"first", "factor", "most", "jitter"});
    client.backoff.first_s = backoff.quantity_or("first", Dimension::time, client.backoff.first_s, duration);
    client.backoff.factor =
        backoff.quantity_or("factor", Dimension::number, client.backoff.factor, {.minimum = 1.0, .maximum = 1000.0});
    client.backoff.most_s =
        backoff.quantity_or("most", Dimension::time, std::max(client.backoff.most_s, client.backoff.first_s), duration);
    client.backoff.jitter =
        backoff.quantity_or("jitter", Dimension::share, client.backoff.jitter, {.minimum = 0.0, .maximum = 1.0});
  }
  return client;
}

std::vector<Traffic> read_traffic(const YamlNode& node, const Catalog& catalog, const std::vector<Pool>& pools,
                                  const LocalClock& clock, ScenarioFiles& files) {
  std::vector<std::string> keys{"source", "model",    "pool",      "slo",    "tenant",    "priority",
                                "class",  "deadline", "semantics", "client", "popularity"};
  keys.insert(keys.end(), transform_keys().begin(), transform_keys().end());
  const Fields fields(node, "an entry of `traffic`", keys);
  Traffic traffic;
  read_source(fields.at("source", "the path of a workload, or a map with `format` and `path`"), files, traffic);
  if (traffic.generated) {
    traffic.generated->clock = clock;
  }
  read_transforms(fields, traffic);
  traffic.models = read_names(fields, "model", keys_of(catalog.models));
  traffic.pools = serving_pools(fields, traffic.models, pools);
  if (const YamlNode* slo_node = fields.find("slo")) {
    const Fields slo(*slo_node, "`slo`", {"ttft", "tpot"});
    const Bounds limit{.maximum = kLongestS, .above_zero = true};
    traffic.slo.ttft_s = slo.quantity_or("ttft", Dimension::time, traffic.slo.ttft_s, limit);
    traffic.slo.tpot_s = slo.quantity_or("tpot", Dimension::time, traffic.slo.tpot_s, limit);
  }
  if (const YamlNode* client = fields.find("client")) {
    traffic.client = read_client(*client);
  }
  read_marks(fields, traffic.marks);
  return by_popularity(fields, traffic, pools);
}

std::shared_ptr<const Catalog> read_catalog(const YamlNode* node, ScenarioFiles& files) {
  std::vector<CatalogAddition> additions;
  if (node != nullptr && node->is_map()) {
    additions.push_back({.path = "", .entries = *node});
  } else if (node != nullptr) {
    if (!node->is_sequence()) {
      fail(node->place,
           "`catalog` is neither a list nor a map; expected paths of catalogue files such as `[my-accelerators.yaml]`, "
           "or entries such as `{models: {mine: {huggingface: config.json}}}`");
    }
    for (const YamlNode& item : node->items) {
      additions.push_back(item.is_map() ? CatalogAddition{.path = "", .entries = item}
                                        : CatalogAddition{.path = files.path(item, "catalogue file"), .entries = {}});
    }
  }
  return files.catalog(additions);
}

// Without a horizon: as long as the generated traffic; with traces only, to the end of the bin of the last arrival.
Ticks default_horizon(const Scenario& scenario, ScenarioFiles& files) {
  Ticks generated_end = 0;
  Ticks last_arrival = 0;
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.generated) {
      generated_end = std::max(generated_end, files.traffic_end(traffic));
    }
  }
  if (generated_end > 0) {
    return generated_end;
  }
  for (const Traffic& traffic : scenario.traffic) {
    last_arrival = std::max(last_arrival, files.traffic_end(traffic));
  }
  return (last_arrival / scenario.sample_every + 1) * scenario.sample_every;
}

void read_times(const Fields& fields, ScenarioFiles& files, Scenario& scenario) {
  scenario.sample_every =
      to_ticks(fields.quantity_or("sample_every", Dimension::time, 60.0, {.minimum = 1e-3, .maximum = kLongestS}));
  scenario.horizon =
      fields.has("horizon") ? read_duration(fields, "horizon", kLongestS) : default_horizon(scenario, files);
  scenario.warm_up = to_ticks(fields.quantity_or("warm_up", Dimension::time, 0.0, {.maximum = kLongestS}));
  if (scenario.warm_up >= scenario.horizon) {
    fail(fields.find("warm_up")->place, "`warm_up` lasts to the end of the run; expected less than " +
                                            number_text(to_seconds(scenario.horizon)) + " s");
  }
  if (scenario.horizon / scenario.sample_every > kMostBins) {
    const char* key = fields.has("sample_every") ? "sample_every" : "horizon";
    fail(fields.has(key) ? fields.find(key)->place : fields.place(),
         "the time series would have " + std::to_string(scenario.horizon / scenario.sample_every) +
             " bins; expected at most " + std::to_string(kMostBins));
  }
}

Fields fields_of(const YamlNode& root) {
  return {root, "the scenario", {"title",   "seed",     "start",   "horizon",  "warm_up", "sample_every", "requests",
                                 "traffic", "site",     "racks",   "faults",   "pools",   "cache",        "routing",
                                 "power",   "swapping", "catalog", "variants", "search",  "claim"}};
}

}  // namespace

std::shared_ptr<const Catalog> read_catalog_of(const YamlNode& root, ScenarioFiles& files) {
  return read_catalog(fields_of(root).find("catalog"), files);
}

Scenario read_scenario(const YamlNode& root, ScenarioFiles& files) {
  const Fields fields = fields_of(root);
  Scenario scenario;
  scenario.title = fields.text("title", "one line that says what is asked");
  if (const YamlNode* seed = fields.find("seed")) {
    scenario.seed = read_seed(*seed);
  }
  scenario.requests = fields.flag_or("requests", false);
  scenario.catalog = read_catalog(fields.find("catalog"), files);
  const YamlNode& site = fields.at("site", "a map such as `{pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}`");
  scenario.site = read_site(site, keys_of(scenario.catalog->servers),
                            [&files](const YamlNode& path) { return files.path(path, "hourly series"); });
  const YamlNode new_year{.kind = YamlNode::Kind::scalar, .place = root.place, .scalar = "2024-01-01"};
  scenario.start_unix_s =
      read_start(fields.has("start") ? *fields.find("start") : new_year, scenario.site.tariff.time_zone);
  const YamlNode& pools = fields.at("pools", "a map of pools by name");
  if (const YamlNode* racks = fields.find("racks")) {
    read_racks(*racks, *scenario.catalog, scenario.racks);
    scenario.pools = read_pools(pools, *scenario.catalog, files, scenario.warnings);
  } else {
    scenario.pools = read_pools(pools, *scenario.catalog, files, scenario.warnings);
    scenario.racks = racks_for(scenario.pools, *scenario.catalog);
    scenario.racks_as_needed = true;
  }
  add_catalogue_prices(site, servers_in(scenario.racks), prices_of(*scenario.catalog), scenario.site.tariff);
  check_servers(site, scenario.site.tariff, servers_in(scenario.racks));
  if (const YamlNode* faults = fields.find("faults")) {
    scenario.faults = read_faults(*faults, scenario.racks, *scenario.catalog);
  }
  scenario.warnings.insert(scenario.warnings.end(), scenario.site.warnings.begin(), scenario.site.warnings.end());
  scenario.swapping = read_policy(fields.find("swapping"), "swapping policy", infos_of(SwapFamily::built_in()));
  if (swaps(scenario)) {
    check_roles_stay(pools, scenario.pools);
  }
  check_room(scenario.pools, scenario.racks, *scenario.catalog, swaps(scenario), pools);
  const YamlNode& traffic = fields.at("traffic", "a list of traffic sources");
  if (!traffic.is_sequence()) {
    fail(traffic.place, "`traffic` is no list; expected entries such as `- {source: chat.yaml, model: llama-3-8b}`");
  }
  if (traffic.items.empty() && !fields.has("horizon")) {
    fail(traffic.place,
         "`traffic` is empty, so nothing says how long the run lasts; expected a `horizon` such as `24 h` beside it "
         "for a fleet that idles, or entries such as `- {source: chat.yaml, model: llama-3-8b}`");
  }
  const LocalClock clock{scenario.site.tariff.time_zone, scenario.start_unix_s};
  for (const YamlNode& entry : traffic.items) {
    std::ranges::move(read_traffic(entry, *scenario.catalog, scenario.pools, clock, files),
                      std::back_inserter(scenario.traffic));
  }
  scenario.cache = read_cache(fields.find("cache"), *scenario.catalog, scenario.traffic, scenario.warnings);
  scenario.routing = read_policy(fields.find("routing"), "policy of routing across pools",
                                 infos_of(PoolRouteFamily::built_in()), kOutsidePoolRouting, files);
  scenario.power =
      read_policy(fields.find("power"), "power policy", infos_of(PowerFamily::built_in()), kOutsidePower, files);
  if (const YamlNode* racks = fields.find("racks")) {  // racks that are made have no power budgets
    check_power(scenario, *racks);
  }
  read_times(fields, files, scenario);
  check_covered(site, scenario.site.tariff, scenario.start_unix_s, to_seconds(scenario.horizon));
  return scenario;
}

}  // namespace idlewatt
