#include "scenario/read_scenario.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "base/date_time.hpp"
#include "base/spelling_suggestion.hpp"
#include "policy/table.hpp"
#include "scenario/catalog/catalogue_keys.hpp"
#include "scenario/claim/read_claim.hpp"
#include "scenario/keys/key_check.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/pool/read_cache.hpp"
#include "scenario/pool/read_pool.hpp"
#include "scenario/pool/read_roles.hpp"
#include "scenario/pool/swapping.hpp"
#include "scenario/site/check_power.hpp"
#include "scenario/site/read_faults.hpp"
#include "scenario/site/read_racks.hpp"
#include "scenario/site/read_site.hpp"
#include "scenario/site/servers_held.hpp"
#include "scenario/sweep/read_axes.hpp"
#include "scenario/traffic/read_traffic.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kMostBins = 10'000'000;
constexpr const char* kDefaultStart = "2024-01-01";
constexpr const char* kExpectedCatalog =
    "paths of catalogue files such as `[my-accelerators.yaml]`, or entries such as `{models: {mine: {huggingface: "
    "config.json}}}`";
constexpr const char* kExpectedDate =
    "an ISO date such as `2024-01-01`, or one with a time such as `2024-01-01T08:00` (of the site's `time_zone`), "
    "`2024-01-01T08:00Z` or `2024-01-01T08:00+02:00`";

// Of the site's clocks unless it says its zone; as seconds since 1970.
std::int64_t read_start(const YamlNode& node, const TimeZone& zone) {
  const std::string text = read_text(node, "`start`", kExpectedDate);
  const std::optional<DateTime> time = parse_date_time(text);
  if (!time || time->nanosecond != 0) {
    fail(node.place,
         "`start`: `" + text + "` is no date" + (time ? " in whole seconds" : "") + "; expected " + kExpectedDate);
  }
  std::string problem;
  const std::optional<std::int64_t> unix_s = unix_time(zone, *time, problem);
  if (!unix_s) {
    fail(node.place, "`start`: `" + text + "`: " + problem);
  }
  return *unix_s;
}

// A pool as it is; with `count`, so many alike, each with weights of its own.
void add_pools(const YamlEntry& entry, Pool pool, Pools& pools) {
  const Section fields(entry.value, "pool `" + entry.key + "`", pool_keys());
  if (!fields.has("count")) {
    pools.add(std::move(pool));
    return;
  }
  pool.group = entry.key;
  for (std::int32_t i = 1; i <= fields.count("count"); ++i) {
    pool.name = entry.key + "-" + std::to_string(i);
    pool.weights = pool.name;
    pools.add(pool);
  }
}

void check_pool_name(const YamlEntry& entry) {
  const bool plain = std::all_of(entry.key.begin(), entry.key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  // Names become groups in HDF5 and parts of dotted paths; "unassigned" is what serves no pool.
  if (!plain || entry.key.empty() || entry.key == "unassigned") {
    fail(entry.key_place,
         "`" + entry.key + "` cannot name a pool; expected letters, digits, `-` and `_`, and not `unassigned`");
  }
}

/// The pools that can be read; notes what is wrong with each of the others.
Pools read_pools(const YamlNode& node, const Catalog& catalog, ScenarioFiles& files, std::vector<std::string>& warnings,
                 Problems& problems) {
  const std::size_t before = problems.size();
  Pools pools;
  for (const YamlEntry& entry : node.entries) {
    problems.note([&] { check_pool_name(entry); });
    problems.note_in(entry.value,
                     [&] { add_pools(entry, read_pool(entry.key, entry.value, catalog, files, warnings), pools); });
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::count_if(pools.begin(), pools.end(), [&](const Pool& pool) { return pool.name == entry.key; }) > 1) {
      problems.note([&] {
        fail(entry.key_place,
             "pool `" + entry.key + "` is one of those that a `count` makes, too; expected another name");
      });
    }
  }
  if (problems.size() == before && problems.sound(node)) {
    read_roles(node, pools, problems);
  }
  if (problems.size() > before) {
    problems.mark(node);
  }
  return pools;
}

std::shared_ptr<const Catalog> read_catalog(const YamlNode* node, ScenarioFiles& files) {
  std::vector<CatalogAddition> additions;
  if (node != nullptr && node->is_map()) {
    additions.push_back({.path = "", .entries = *node});
  } else if (node != nullptr) {
    if (!node->is_sequence()) {
      fail(node->place, std::string("`catalog` is neither a list nor a map; expected ") + kExpectedCatalog);
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

void read_times(const Section& fields, ScenarioFiles& files, Scenario& scenario) {
  scenario.sample_every = to_ticks(fields.quantity("sample_every"));
  scenario.horizon = fields.has("horizon") ? read_duration(fields, "horizon") : default_horizon(scenario, files);
  scenario.warm_up = to_ticks(fields.quantity("warm_up"));
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

void check_traffic_lasts(const Section& fields) {
  const YamlNode& traffic = fields.at("traffic");
  if (traffic.items.empty() && !fields.has("horizon")) {
    fail(traffic.place,
         "`traffic` is empty, so nothing says how long the run lasts; expected a `horizon` such as `24 h` beside it "
         "for a fleet that idles, or entries such as `- {source: chat.yaml, model: llama-3-8b}`");
  }
}

/// Reads a scenario in the order of what rests on what. What is wrong is noted, and what rests on it is left out: an
/// error there would be a consequence.
class ScenarioReader {
 public:
  ScenarioReader(const YamlNode& root, ScenarioFiles& files, Problems& problems)
      : root_(root),
        fields_(Section::of_checked(root, "the scenario", scenario_keys())),
        files_(files),
        problems_(problems) {
    for (const YamlEntry& entry : root.entries) {
      const auto meant = scenario_keys().find(entry.key) == nullptr ? nearest(entry.key, scenario_keys().names())
                                                                    : std::optional<std::string>();
      if (meant) {
        misspelt_.push_back(*meant);
      }
    }
  }

  Scenario read() {
    if (usable("catalog")) {
      problems_.note_in(value("catalog"), [&] { scenario_.catalog = read_catalog(fields_.find("catalog"), files_); });
    }
    KeyCheck(problems_, scenario_.catalog.get()).map(root_, "the scenario", scenario_keys());
    read_head();
    if (scenario_.catalog) {
      read_site_and_start();
      read_fleet();
      read_requests();
      read_end();
    }
    return std::move(scenario_);
  }

 private:
  /// Whether nothing is known to be wrong with the value of a key; of a key that must be given, that it is.
  bool usable(const char* key) const {
    if (std::string_view(key) == "racks" && !fields_.has(key) && !scenario_.racks_as_needed) {
      return false;  // they are as many as the pools need, and those could not be read
    }
    return (fields_.has(key) || !scenario_keys().at(key).must) && problems_.sound(fields_.find(key)) &&
           std::find(misspelt_.begin(), misspelt_.end(), key) == misspelt_.end();
  }
  bool usable(std::initializer_list<const char*> keys) const {
    return std::all_of(keys.begin(), keys.end(), [&](const char* key) { return usable(key); });
  }
  /// The value of a key; the whole scenario where it is not given.
  const YamlNode& value(const char* key) const { return fields_.has(key) ? *fields_.find(key) : root_; }
  /// Does what rests on the values of these keys and is about the first, if they are usable.
  template <class Act>
  bool with(std::initializer_list<const char*> keys, Act&& act) {
    if (!usable(keys)) {
      return false;
    }
    const bool right = problems_.note(std::forward<Act>(act));
    if (!right && fields_.has(*keys.begin())) {
      problems_.mark(value(*keys.begin()));
    }
    return right;
  }

  void read_head() {
    with({"title"}, [&] { scenario_.title = fields_.text("title"); });
    with({"seed"}, [&] { scenario_.seed = fields_.whole("seed"); });
    with({"requests"}, [&] { scenario_.requests = fields_.flag("requests"); });
  }

  void read_site_and_start() {
    const Catalog& catalog = *scenario_.catalog;
    with({"site"}, [&] {
      scenario_.site = read_site(value("site"), keys_of(catalog.servers),
                                 [&](const YamlNode& path) { return files_.path(path, "hourly series"); });
    });
    with({"start", "site"}, [&] {
      const YamlNode new_year{.kind = YamlNode::Kind::scalar, .place = root_.place, .scalar = kDefaultStart};
      scenario_.start_unix_s =
          read_start(fields_.has("start") ? value("start") : new_year, scenario_.site.tariff.time_zone);
    });
  }

  void read_fleet() {
    const Catalog& catalog = *scenario_.catalog;
    if (fields_.has("racks") && usable("racks")) {
      const std::size_t before = problems_.size();
      scenario_.racks = read_racks(value("racks"), catalog, problems_);
      if (problems_.size() > before) {
        problems_.mark(value("racks"));
      }
    }
    if (fields_.has("pools") && value("pools").is_map()) {
      scenario_.pools = read_pools(value("pools"), catalog, files_, scenario_.warnings, problems_);
    }
    if (!fields_.has("racks") && usable("pools")) {
      scenario_.racks = racks_for(scenario_.pools, catalog);
      scenario_.racks_as_needed = true;
    }
    with({"site", "racks"}, [&] {
      add_catalogue_prices(value("site"), servers_in(scenario_.racks), prices_of(catalog), scenario_.site.tariff);
      check_servers(value("site"), scenario_.site.tariff, servers_in(scenario_.racks));
    });
    if (fields_.has("faults")) {
      with({"faults", "racks"},
           [&] { scenario_.faults = read_faults(value("faults"), scenario_.racks, catalog, problems_); });
    }
    scenario_.warnings.insert(scenario_.warnings.end(), scenario_.site.warnings.begin(), scenario_.site.warnings.end());
    with({"swapping"}, [&] { scenario_.swapping = read_policy(fields_.find("swapping"), family_of<SwapFamily>()); });
    if (usable({"pools", "swapping"}) && swaps(scenario_)) {
      check_roles_stay(value("pools"), scenario_.pools, problems_);
    }
    if (usable({"pools", "racks", "swapping"})) {
      const std::size_t before = problems_.size();
      check_room(scenario_.pools, scenario_.racks, catalog, swaps(scenario_), value("pools"), problems_);
      pools_fit_ = problems_.size() == before;
    }
  }

  void read_requests() {
    if (fields_.has("traffic") && value("traffic").is_sequence()) {
      const LocalClock clock{scenario_.site.tariff.time_zone, scenario_.start_unix_s};
      const std::size_t before = problems_.size();
      for (const YamlNode& entry : value("traffic").items) {
        if (problems_.sound(entry)) {
          for (Traffic& traffic : read_traffic(entry, *scenario_.catalog, usable("pools") ? &scenario_.pools : nullptr,
                                               pools_fit_, clock, files_, problems_)) {
            scenario_.traffic.add(std::move(traffic));
          }
        }
      }
      if (problems_.size() > before) {
        problems_.mark(value("traffic"));
      }
    }
    with({"traffic", "horizon"}, [&] { check_traffic_lasts(fields_); });
    with({"cache", "traffic"}, [&] {
      scenario_.cache = read_cache(fields_.find("cache"), *scenario_.catalog, scenario_.traffic, scenario_.warnings);
    });
    with({"routing"}, [&] {
      scenario_.routing =
          read_policy(fields_.find("routing"), family_of<PoolRouteFamily>(), kOutsidePoolRouting, files_);
    });
    with({"power"}, [&] {
      scenario_.power = read_policy(fields_.find("power"), family_of<PowerFamily>(), kOutsidePower, files_);
    });
    if (fields_.has("racks")) {  // racks that are made have no power budgets
      with({"racks", "pools", "power", "swapping"}, [&] { check_power(scenario_, value("racks")); });
    }
  }

  void read_end() {
    const auto times = [&] { read_times(fields_, files_, scenario_); };
    if (usable({"sample_every", "warm_up", "horizon"}) && (fields_.has("horizon") || usable({"traffic", "site"}))) {
      if (!problems_.note(times)) {
        return;
      }
      with({"site", "start"}, [&] {
        check_covered(value("site"), scenario_.site.tariff, scenario_.start_unix_s, to_seconds(scenario_.horizon));
      });
    }
  }

  const YamlNode& root_;
  Section fields_;
  ScenarioFiles& files_;
  Problems& problems_;
  std::vector<std::string> misspelt_;  ///< keys that an unknown key is likely meant to be
  bool pools_fit_ = true;
  Scenario scenario_;
};

}  // namespace

const KeyTable& scenario_keys() {
  static const KeyTable table{
      "Keys of a scenario",
      "A scenario is a file in YAML: this traffic, on that fleet, under these policies. Paths in it resolve against "
      "its "
      "folder; `${VARIABLE}` is one of the environment. A number has its unit where one is due.",
      "title: A day of chat on one server\n"
      "traffic:\n"
      "  - {source: workloads/chat-spiky-day.yaml, model: llama-3-8b, slo: {ttft: 1 s, tpot: 100 ms}}\n"
      "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}\n"
      "racks:\n"
      "  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}\n"
      "pools:\n"
      "  chat: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: {start: 2, min: 1, max: 8}}\n",
      {{.name = "title",
        .form = text_form("one line that says what is asked"),
        .must = true,
        .help = "one line that says what is asked"},
       {.name = "seed", .form = whole_form(), .otherwise = "1", .help = "seed of everything random"},
       {.name = "start",
        .form = text_form(kExpectedDate),
        .otherwise = kDefaultStart,
        .help = "date and time at simulated time 0, by the clocks of the site's `time_zone` (UTC without one) unless "
                "`Z` or "
                "an offset ends it"},
       {.name = "horizon",
        .form = quantity_form(Dimension::time, kDuration),
        .without = "the end of the generated traffic, or the end of the bin of the last recorded arrival",
        .help = "the run ends here, whatever is unfinished"},
       {.name = "warm_up",
        .form = quantity_form(Dimension::time, {.maximum = kLongestTimeS}),
        .otherwise = "0 s",
        .help = "requests that arrive before this do not count in the statistics of the summary"},
       {.name = "sample_every",
        .form = quantity_form(Dimension::time, {.minimum = 1e-3, .maximum = kLongestTimeS}),
        .otherwise = "60 s",
        .help = "width of the bins of the time series"},
       {.name = "requests",
        .form = flag_form(),
        .otherwise = "false",
        .help = "whether every request is written to the result file"},
       {.name = "traffic",
        .form = list_form(map_form(traffic_keys).named("an entry of `traffic`"), 0)
                    .expecting("entries such as `- {source: chat.yaml, model: llama-3-8b}`"),
        .must = true,
        .help = "where requests come from"},
       {.name = "site",
        .form =
            map_form(site_keys).expecting("a map such as `{pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}`"),
        .must = true,
        .help = "the building, and what energy, machines and carbon cost there"},
       {.name = "racks",
        .form = list_form(map_form(rack_keys).named("a rack"))
                    .expecting("racks such as `- {servers: 2 x hgx-a100-80, uplink: 100 Gbps}`"),
        .without = "one rack with as many servers as the pools need at their `max`",
        .help = "racks of servers"},
       {.name = "faults", .form = map_form(fault_keys), .without = "nothing fails", .help = "what fails, and when"},
       {.name = "pools",
        .form = by_name_form(map_form(pool_keys), "pool").expecting("pools by name"),
        .must = true,
        .help = "pools of equal replicas, by name: letters, digits, `-` and `_`, but not `unassigned`"},
       {.name = "cache",
        .form = policy_form(CacheFamily::path, embedder_keys),
        .without = "no cache",
        .help = "the semantic cache before all pools ([more](#the-semantic-cache))"},
       {.name = "routing",
        .form = policy_form(PoolRouteFamily::path),
        .without = "the first policy of its family",
        .help = "which pool gets a request, where several may answer"},
       {.name = "power",
        .form = policy_form(PowerFamily::path),
        .without = "the first policy of its family",
        .help = "which replica starts first when a rack's `power_budget` is used up"},
       {.name = "swapping",
        .form = policy_form(SwapFamily::path),
        .without = "pools share no accelerators",
        .help = "how replicas of one model make room for another's ([more](#several-models-on-the-same-servers))"},
       {.name = "catalog",
        .form = either_form({map_form(catalogue_keys), list_form(either_form({text_form("the path of a catalogue file"),
                                                                              map_form(catalogue_keys)}))})
                    .expecting(kExpectedCatalog)
                    .left_to_reader(),
        .without = "the catalogue that comes with idlewatt",
        .help = "entries of the catalogue, or a list of files with them, that add and override"},
       {.name = "variants",
        .form = by_name_form(open_form("overrides such as `{pools.chat.servers: l4-8}`"), "variant"),
        .without = "one run",
        .help = "runs that differ from this file: by name, paths and the values that stand there instead"},
       {.name = "search",
        .form = by_name_form(axis_form(), "axis").expecting("axes by name, as in a grid").left_to_reader(),
        .without = "`idlewatt size` asks for `--axis`",
        .help = "axes of `idlewatt size`, written as those of a grid"},
       {.name = "claim", .form = map_form(claim_keys), .without = "none", .help = "what the scenario is to decide"}}};
  return table;
}

std::shared_ptr<const Catalog> read_catalog_of(const YamlNode& root, ScenarioFiles& files) {
  return read_catalog(Section(root, "the scenario", scenario_keys()).find("catalog"), files);
}

Scenario read_scenario(const YamlNode& root, ScenarioFiles& files) {
  Problems problems;
  Scenario scenario = ScenarioReader(root, files, problems).read();
  problems.throw_any();
  return scenario;
}

}  // namespace idlewatt
