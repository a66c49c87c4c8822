#include "scenario/traffic/read_traffic.hpp"

#include <algorithm>
#include <cmath>

#include "scenario/traffic/read_source.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

const KeyTable& slo_keys() {
  static const KeyTable table{"Limits of latency",
                              "What an answer must keep to, to be within the SLO.",
                              "{ttft: 1 s, tpot: 100 ms}",
                              {{.name = "ttft",
                                .form = quantity_form(Dimension::time, kDuration),
                                .without = "no limit",
                                .help = "time to the first token, from the arrival"},
                               {.name = "tpot",
                                .form = quantity_form(Dimension::time, kDuration),
                                .without = "no limit",
                                .help = "time per output token after the first"}}};
  return table;
}

const KeyTable& popularity_keys() {
  static const KeyTable table{
      "Popularity",
      "How requests are divided among many pools: the k-th gets a share in proportion to k^-zipf.",
      "{zipf: 0.9}",
      {{.name = "zipf",
        .form = quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 10.0}),
        .must = true,
        .help = "exponent of Zipf's law"}}};
  return table;
}

const KeyTable& backoff_keys() {
  static const KeyTable table{
      "Waits before a retry",
      "How long a client waits before it tries again. The defaults are those of OpenAI's Python client.",
      "{first: 500 ms, factor: 2, most: 8 s, jitter: 25 %}",
      {{.name = "first",
        .form = quantity_form(Dimension::time, kDuration),
        .otherwise = "500 ms",
        .help = "before the first retry"},
       {.name = "factor",
        .form = quantity_form(Dimension::number, {.minimum = 1.0, .maximum = 1000.0}),
        .otherwise = "2",
        .help = "longer by this factor each time"},
       {.name = "most",
        .form = quantity_form(Dimension::time, kDuration),
        .without = "8 s, or `first` if that is longer",
        .help = "never longer"},
       {.name = "jitter",
        .form = quantity_form(Dimension::share, {.minimum = 0.0, .maximum = 1.0}),
        .otherwise = "25 %",
        .help = "so much of the wait, at most, is taken off at random"}}};
  return table;
}

const KeyTable& client_keys() {
  static const KeyTable table{"Clients",
                              "What clients do that wait too long or are turned away "
                              "([more](../workloads/README.md#clients-that-give-up-and-try-again)).",
                              "{timeout: 30 s, retries: 2}",
                              {{.name = "timeout",
                                .form = quantity_form(Dimension::time, kDuration),
                                .without = "they wait for ever",
                                .help = "from each attempt to its last token; then the client gives up"},
                               {.name = "retries",
                                .form = count_form(0, 1000),
                                .otherwise = "0",
                                .help = "further attempts after a rejection or a time-out"},
                               {.name = "backoff",
                                .form = map_form(backoff_keys),
                                .without = "the defaults of its keys",
                                .help = "how long the client waits before a retry"}}};
  return table;
}

/// The word or the list of words under a key.
std::vector<std::string> read_names(const Section& fields, const std::string& key,
                                    const std::vector<std::string>& names) {
  const YamlNode& node = fields.at(key);
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
std::vector<std::string> names_of(const Pools& pools) {
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

std::vector<std::string> members_of(const std::vector<std::string>& names, const Pools& pools) {
  std::vector<std::string> members;
  for (const Pool& pool : pools) {
    if (holds(names, pool.name) || holds(names, pool.group)) {
      members.push_back(pool.name);
    }
  }
  return members;
}

// The pools that may answer: those of the models, or the ones among them that the entry names.
std::vector<PoolId> serving_pools(const Section& fields, const std::vector<std::string>& models, const Pools& pools) {
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
      const Pool& pool = pools[PoolId(std::find(all.begin(), all.end(), name) - all.begin())];
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
  std::vector<PoolId> ids;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (holds(named, all[i])) {
      ids.emplace_back(i);
    }
  }
  return ids;
}

// One entry for each of its pools, of which each has its share of the requests: the first the largest.
std::vector<Traffic> by_popularity(const Section& fields, const Traffic& traffic, const Pools& pools) {
  if (!fields.has("popularity")) {
    const auto weights = [&pools](PoolId pool) { return pools[pool].weights; };
    for (const PoolId pool : traffic.pools) {
      if (weights(pool) != weights(traffic.pools.front())) {
        fail(fields.place(), "pools `" + pools[traffic.pools.front()].name + "` and `" + pools[pool].name +
                                 "` have different weights, so the same requests cannot go to either; expected "
                                 "`popularity: {zipf: 1}` to divide them, or `pool` with one");
      }
    }
    return {traffic};
  }
  Popularity popularity{.zipf = fields.map("popularity")->quantity("zipf"),
                        .of = static_cast<std::int32_t>(traffic.pools.size()),
                        .whole = traffic.scale};
  double all = 0.0;
  for (std::int32_t rank = 1; rank <= popularity.of; ++rank) {
    all += std::pow(rank, -popularity.zipf);
  }
  std::vector<Traffic> parts;
  for (const PoolId pool : traffic.pools) {
    parts.push_back(traffic);
    parts.back().scale *= std::pow(popularity.rank, -popularity.zipf) / all;
    parts.back().pools = {pool};
    parts.back().popularity = popularity;
    if (const std::string& weights = pools[pool].weights; !weights.empty()) {
      parts.back().models = {weights};
    }
    ++popularity.rank;
  }
  return parts;
}

// What all requests of an entry have in common.
void read_marks(const Section& fields, RequestLabels& marks) {
  marks.tenant = fields.count_if("tenant");
  if (const std::optional<std::int32_t> priority = fields.count_if("priority")) {
    marks.priority = static_cast<std::int16_t>(*priority);
  }
  if (fields.word("class") == "deferrable") {
    marks.deadline = read_duration(fields, "deadline");
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

ClientBehaviour read_client(const Section& fields) {
  ClientBehaviour client;
  client.timeout_s = fields.quantity_if("timeout").value_or(client.timeout_s);
  client.retries = fields.count("retries");
  if (const std::optional<Section> backoff = fields.map("backoff")) {
    client.backoff.first_s = backoff->quantity("first");
    client.backoff.factor = backoff->quantity("factor");
    client.backoff.most_s =
        backoff->quantity_if("most").value_or(std::max(client.backoff.most_s, client.backoff.first_s));
    client.backoff.jitter = backoff->quantity("jitter");
  }
  return client;
}

}  // namespace

const KeyTable& traffic_keys() {
  static const KeyTable table =
      KeyTable(
          "Keys of traffic",
          "Under `traffic:` stands a list of sources of requests: files of recorded ones, and descriptions of "
          "synthetic "
          "traffic. The list may be empty where a `horizon` says how long the fleet idles.",
          "traffic:\n"
          "  - {source: workloads/chat-spiky-day.yaml, model: llama-3-8b, slo: {ttft: 1 s, tpot: 100 ms}}\n"
          "  - source: {format: azure-llm, path: \"${IDLEWATT_DATA}/traces/azure-llm-conv-2023.csv.gz\"}\n"
          "    model: llama-3-8b\n"
          "    scale: 3\n",
          {{.name = "source",
            .form =
                either_form({text_form("the path of a workload or a trace, or a map such as `{format: azure-llm, path: "
                                       "trace.csv}`"),
                             map_form(trace_keys)})
                    .expecting("the path of a workload or a trace, or a map with `format` and `path`"),
            .must = true,
            .help = "path of a workload or of a recorded trace, relative to this file; or a map about a trace"},
           {.name = "model",
            .form = either_form({entry_form("model"), list_form(entry_form("model"), 0)}),
            .must = true,
            .help = "the model that may answer, or a list of them"},
           {.name = "pool",
            .form = either_form({text_form("the name of a pool"), list_form(text_form("the name of a pool"), 0)}),
            .without = "all pools of these models",
            .help = "the pool that may answer, or a list of them"},
           {.name = "slo", .form = map_form(slo_keys), .without = "no limits", .help = "what an answer must keep to"},
           {.name = "tenant",
            .form = count_form(0, 1'000'000'000),
            .without = "as the source says",
            .help = "number of the tenant whose requests they are"},
           {.name = "priority",
            .form = count_form(0, 1000),
            .without = "as the source says",
            .help = "higher goes first, where a policy cares"},
           {.name = "class",
            .form = word_form("class of requests", {"interactive", "deferrable"}),
            .otherwise = "interactive",
            .help = "`deferrable` requests may wait until their deadline and have no `slo`"},
           {.name = "deadline",
            .form = quantity_form(Dimension::time, kDuration),
            .without = "`class: deferrable` needs it",
            .help = "of deferrable requests: they are served well when they end within that time of their arrival"},
           {.name = "semantics",
            .form = map_form(semantics_keys),
            .without = "as the source says",
            .help = "what the requests mean, for semantic caches"},
           {.name = "client",
            .form = map_form(client_keys),
            .without = "clients wait for ever, and ask once",
            .help = "what clients do that wait too long"},
           {.name = "popularity",
            .form = map_form(popularity_keys),
            .without = "pools share the requests by `routing:`",
            .help = "how requests are divided among many pools ([more](#several-models-on-the-same-servers))"}})
          .with(transform_keys());
  return table;
}

std::vector<Traffic> read_traffic(const YamlNode& node, const Catalog& catalog, const Pools* pools, bool pools_fit,
                                  const LocalClock& clock, ScenarioFiles& files, Problems& problems) {
  const Section fields(node, "an entry of `traffic`", traffic_keys());
  Traffic traffic;
  bool right = problems.note([&] { read_source(fields, files, traffic); });
  if (traffic.generated) {
    traffic.generated->clock = clock;
  }
  right = problems.note([&] {
    read_transforms(fields, traffic);
    traffic.models = read_names(fields, "model", keys_of(catalog.models));
    if (pools != nullptr) {
      traffic.pools = serving_pools(fields, traffic.models, *pools);
    }
  }) && right;
  right = problems.note([&] {
    if (const std::optional<Section> slo = fields.map("slo")) {
      traffic.slo.ttft_s = slo->quantity_if("ttft").value_or(traffic.slo.ttft_s);
      traffic.slo.tpot_s = slo->quantity_if("tpot").value_or(traffic.slo.tpot_s);
    }
    if (const std::optional<Section> client = fields.map("client")) {
      traffic.client = read_client(*client);
    }
    read_marks(fields, traffic.marks);
  }) && right;
  if (!right) {
    problems.mark(node);
  }
  std::vector<Traffic> parts{traffic};
  if (pools != nullptr && pools_fit) {
    problems.note_in(node, [&] { parts = by_popularity(fields, traffic, *pools); });
  }
  return parts;
}

}  // namespace idlewatt
