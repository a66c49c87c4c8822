#include "cli/schema_scenario.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/precision.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {
namespace {

template <class Value>
std::vector<std::string> names_of(const std::map<std::string, Value>& entries) {
  std::vector<std::string> names;
  for (const auto& [name, value] : entries) {
    names.push_back(name);
  }
  return names;
}

/// A value that may also be given in another form: over time, by load, by type of server.
Json or_more(Json simple) {
  const std::string description = simple["description"];
  Json schema{{"anyOf", {std::move(simple), {{"type", {"array", "object"}}}}}, {"description", description}};
  return schema;
}

Json site() {
  const Json price = quantity_schema(Dimension::price_per_energy, "what a kWh costs");
  const Json carbon = quantity_schema(Dimension::carbon_intensity, "of the electricity");
  const auto open = [](const std::string& description) {
    return Json{{"type", {"object", "array", "string", "number"}}, {"description", description}};
  };
  return map_schema({{"pue", or_more(quantity_schema(Dimension::number, "energy of the facility over that of its IT"))},
                     {"electricity", or_more(price)},
                     {"carbon", or_more(carbon)},
                     {"currency", words_schema(currencies(), "of all prices; default: the one that they name")},
                     {"store", quantity_schema(Dimension::bandwidth, "network link of the model store")},
                     {"demand_charge", open("for the highest power of a month")},
                     {"market_carbon", or_more(carbon)},
                     {"time_zone", open("of tariffs over time")},
                     {"accounting_interval", quantity_schema(Dimension::time, "over which power is metered")},
                     {"rent", open("how servers are rented")},
                     {"ownership", open("what servers of one's own cost")},
                     {"embodied", open("carbon of making the servers")},
                     {"certificates", open("bought for a share of the electricity")},
                     {"carbon_tax", open("on emissions")},
                     {"plant", open("generation of one's own")},
                     {"water", open("per kWh")}},
                    {"pue", "electricity", "carbon"}, "the building, and what its energy costs");
}

Json racks(const Catalog& catalog) {
  std::vector<std::string> examples;
  for (const auto& [name, server] : catalog.servers) {
    examples.push_back("2 x " + name);
  }
  Json group{{"type", "string"}, {"pattern", "^[0-9]+ x .+$"}, {"examples", examples}};
  group["description"] = "a number and a server such as `2 x hgx-a100-80`";
  const Json rack = map_schema(
      {{"servers", either(group, list_of(group, "several kinds"))},
       {"uplink", quantity_schema(Dimension::bandwidth, "of the rack's switch; default 100 Gbps")},
       {"switch", quantity_schema(Dimension::power, "that the switch draws; default 0 W")},
       {"ownership", words_schema({"rented", "owned"}, "who pays for power and time; default rented")},
       {"count", count_schema("that many racks alike; default 1")},
       {"power_budget", quantity_schema(Dimension::power, "the rack never draws more: starts wait for power")}},
      {"servers"}, "a rack");
  return list_of(rack, "racks of servers; default: one with what the pools' `max` needs");
}

/// Keys that pools and the batch steps of a claim share.
Json hardware(const Catalog& catalog) {
  std::vector<std::string> precisions;
  for (const Precision precision : kPrecisions) {
    precisions.emplace_back(to_string(precision));
  }
  return {{"model", names_schema(names_of(catalog.models), "a model of the catalogue")},
          {"precision", words_schema(precisions, "of weights and arithmetic")},
          {"servers", names_schema(names_of(catalog.servers), "the kind of server that replicas run on")},
          {"engine", names_schema(names_of(catalog.engines), "serving engine profile; default vllm-2025")},
          {"tensor_parallel", count_schema("accelerators of a server that share each stage; default 1")},
          {"pipeline_parallel", count_schema("stages; default 1")},
          {"power_cap", quantity_schema(Dimension::power, "limit of each accelerator")},
          {"clock_limit", quantity_schema(Dimension::frequency, "highest clock of the cores")},
          {"step_times", text_schema("path of a table of measured steps")},
          {"speculative", map_schema({{"draft", names_schema(names_of(catalog.models), "the small model that drafts")},
                                      {"tokens", count_schema("drafted in a round")},
                                      {"acceptance", quantity_schema(Dimension::share, "of the drafted tokens")}},
                                     {"draft", "tokens", "acceptance"}, "speculative decoding")}};
}

Json pools(const Catalog& catalog, const std::vector<PolicyFamily>& families) {
  Json properties = hardware(catalog);
  properties["replicas"] =
      either(count_schema("always so many"),
             map_schema({{"start", count_schema("at time 0; default 1")},
                         {"min", count_schema("never fewer; default 1, or `start` if that is 0")},
                         {"max", count_schema("never more; default `start`")},
                         {"pending", words_schema({"allowed", "refused"}, "whether more may be asked for than fit")}},
                        {}, "how many"));
  properties["count"] = count_schema("that many pools alike, each with weights of its own: NAME-1, NAME-2...");
  properties["pinned"] = {{"type", "boolean"}, {"description", "with swapping: makes no room for others"}};
  properties["role"] = words_schema({"both", "prefill", "decode"}, "what it does of its requests; default both");
  properties["decode"] = text_schema("of a prefill pool: the pool that goes on with its requests");
  properties["kv_transfer"] =
      words_schema({"after-prompt", "layer-wise"}, "of a prefill pool: when KV caches are sent; default after-prompt");
  properties["placement"] = words_schema({"pack", "spread"}, "how servers are filled; default pack");
  for (const PolicyFamily& one : families) {
    if (one.path.starts_with("pools.")) {
      const std::string key = one.key();
      const bool plugins = key == "autoscaling" || key == "idle" || key == "admission" || key == "routing";
      properties[key] = policy_schema(one, plugins);
    }
  }
  const Json manifest{{"type", "object"},
                      {"properties", {{"manifest", text_schema("path of a manifest of a real autoscaler")}}},
                      {"required", {"manifest"}}};
  properties["autoscaling"] = either(properties["autoscaling"], manifest);
  return {{"type", "object"},
          {"minProperties", 1},
          {"description", "pools of equal replicas, by name"},
          {"propertyNames", {{"pattern", "^[A-Za-z0-9_-]+$"}, {"not", {{"const", "unassigned"}}}}},
          {"additionalProperties", map_schema(properties, {}, "a pool of equal replicas of one model")}};
}

/// Who asks and waits.
Json client() {
  const Json backoff = map_schema(
      {{"first", quantity_schema(Dimension::time, "before the first retry; default 0.5 s")},
       {"factor", quantity_schema(Dimension::number, "longer each time; default 2")},
       {"most", quantity_schema(Dimension::time, "never longer; default 8 s")},
       {"jitter", quantity_schema(Dimension::share, "of it, at most, is taken off at random; default 25 %")}},
      {}, "how long to wait before a retry");
  return map_schema({{"timeout", quantity_schema(Dimension::time, "after which it gives up; default never")},
                     {"retries", count_schema("after a time-out or a rejection; default 0")},
                     {"backoff", backoff}},
                    {}, "what clients do that wait too long");
}

/// What fails, how often or when.
Json faults() {
  const auto rate = [](const std::string& what, std::map<std::string, Json> more) {
    Json properties{{"mtbf", quantity_schema(Dimension::time, "mean time between failures")},
                    {"mttr", quantity_schema(Dimension::time, "mean time to repair")}};
    for (auto& [key, schema] : more) {
      properties[key] = std::move(schema);
    }
    return map_schema(properties, {"mtbf", "mttr"}, what);
  };
  const Json servers = text_schema("a server type of this scenario; default all");
  const Json notice = quantity_schema(Dimension::time, "between the announcement and the end; default 0 s");
  const Json factor = quantity_schema(Dimension::share, "of the uplink that is left");
  const Json slowness = quantity_schema(Dimension::number, "how many times as long steps take");
  const Json server = text_schema("a server such as rack0/hgx-a100-80/0");
  const Json event = map_schema({{"at", quantity_schema(Dimension::time, "since the start of the run")},
                                 {"for", quantity_schema(Dimension::time, "that it lasts")},
                                 {"crash", server},
                                 {"accelerator", server},
                                 {"number", count_schema("of the accelerator, from 0")},
                                 {"spot", server},
                                 {"notice", notice},
                                 {"uplink", text_schema("a rack such as rack0")},
                                 {"slow", server},
                                 {"factor", either(factor, slowness)}},
                                {"at", "for"}, "a fault");
  return map_schema({{"requests", words_schema({"lost", "retried"}, "what becomes of those in flight; default lost")},
                     {"crashes", rate("of each server", {{"servers", servers}})},
                     {"accelerators", rate("of each accelerator", {{"servers", servers}})},
                     {"spot", rate("interruptions of each server", {{"servers", servers}, {"notice", notice}})},
                     {"uplinks", rate("of each rack's uplink", {{"factor", factor}})},
                     {"slow", rate("of each server", {{"servers", servers}, {"factor", slowness}})},
                     {"events", list_of(event, "faults at given times")}},
                    {}, "what fails, at a rate or at given times");
}

Json columns_schema() {
  Json properties;
  Json required = Json::array();
  for (const ColumnFigure& figure : column_figures()) {
    properties[std::string(figure.name)] = text_schema("a column, or a key of JSON with dots between the maps");
    if (figure.required) {
      required.push_back(std::string(figure.name));
    }
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false},
          {"description", "what its columns are called, instead of a format"}};
}

Json traffic(const Catalog& catalog) {
  const Json trace = map_schema(
      {{"format", words_schema(trace_format_names(), "of the trace")},
       {"path", text_schema("of the trace, relative to this file")},
       {"on_error", words_schema({"stop", "skip"}, "what to do at a bad row; default stop")},
       {"max_skipped", count_schema("with `on_error: skip`")},
       {"zero_tokens", words_schema({"skip", "one", "stop"}, "what to do with requests of no tokens; default skip")},
       {"columns", columns_schema()},
       {"time_unit", words_schema(time_unit_names(), "what numbers in the place of times count")},
       {"sort", {{"type", "boolean"}, {"description", "whether rows may come in any order; default false"}}},
       {"block_tokens", count_schema("that a hash stands for, where the file does not say")},
       {"sessions_every", quantity_schema(Dimension::time, "from start to start of sessions that say no start")},
       {"run", count_schema("which run of a load test's result, from 0")}},
      {"path"}, "a trace");
  const Json model = names_schema(names_of(catalog.models), "that may answer");
  const Json time = quantity_schema(Dimension::time, "");
  const Json share = quantity_schema(Dimension::share, "of the requests");
  Json properties{
      {"source", either(text_schema("path of a workload or of a trace"), trace)},
      {"model", either(model, list_of(model, "any of these"))},
      {"pool", either(text_schema("that may answer"), list_of(text_schema("a pool"), "any of these"))},
      {"slo", map_schema({{"ttft", time}, {"tpot", time}}, {}, "what an answer must keep to")},
      {"tenant", count_schema("whose requests they are")},
      {"priority", count_schema("for queues by priority")},
      {"class", words_schema({"interactive", "deferrable"}, "default interactive")},
      {"deadline", quantity_schema(Dimension::time, "of deferrable requests, from their arrival")},
      {"semantics", {{"type", "object"}, {"description", "what the requests ask"}}},
      {"scale", quantity_schema(Dimension::number, "multiplies the rate")},
      {"scale_by", words_schema({"superposition", "compression"}, "how; default superposition")},
      {"cut", map_schema({{"from", time}, {"to", time}}, {}, "a part of it")},
      {"sample", either(share, map_schema({{"share", share}, {"by", words_schema({"request", "session"}, "")}},
                                          {"share"}, "a sample"))},
      {"repeat",
       either(count_schema("times"), map_schema({{"times", count_schema("times")}, {"every", time}}, {"times"}, ""))},
      {"shift", quantity_schema(Dimension::time, "later by")},
      {"popularity", map_schema({{"zipf", quantity_schema(Dimension::number, "exponent of Zipf's law")}}, {"zipf"},
                                "how requests are divided among many pools; the first gets the most")},
      {"client", client()}};
  Json sources = list_of(map_schema(properties, {"source", "model"}, "requests"), "where requests come from");
  sources.erase("minItems");  // a fleet may idle, for a given time
  return sources;
}

Json claim(const Catalog& catalog) {
  const auto by_name = [](const Json& one) { return Json{{"type", "object"}, {"additionalProperties", one}}; };
  const Json sentences = list_of(text_schema("a sentence"), "");
  Json step = hardware(catalog);
  step["batch"] = either(count_schema("sequences of a decode step"), list_of(count_schema(""), "several"));
  step["context"] = count_schema("tokens");
  step["within"] = quantity_schema(Dimension::time, "batches of the list count whose step takes no longer");
  step["prompt"] = count_schema("tokens of a prefill step");
  const Json given = map_schema({{"value", quantity_schema(Dimension::number, "")},
                                 {"unit", text_schema("such as `kWh`")},
                                 {"source", text_schema("where the number comes from")}},
                                {"value", "source"}, "a number from elsewhere");
  const Json expression = {{"type", {"string", "number"}}, {"description", "an expression"}};
  const Json found =
      either(expression, map_schema({{"is", expression}, {"unit", text_schema("")}}, {"is"}, "a quantity"));
  const Json rule =
      map_schema({{"when", {{"type", {"string", "boolean"}}, {"description", "an expression, or otherwise"}}},
                  {"is", text_schema("holds, holds only if ..., does not hold")},
                  {"because", text_schema("a sentence")}},
                 {"when", "is"}, "a rule");
  return map_schema({{"says", text_schema("the sentence that is claimed")},
                     {"given", by_name(given)},
                     {"physics", by_name(map_schema(step, {}, "a batch step"))},
                     {"find", by_name(found)},
                     {"shows", sentences},
                     {"assumes", sentences},
                     {"verdict", list_of(rule, "the first rule that applies decides")}},
                    {"says", "find", "shows", "verdict"}, "what the scenario is to decide");
}

}  // namespace

Json scenario_schema(const Catalog& catalog) {
  const std::vector<PolicyFamily> families = policy_families();
  const Json open{{"type", {"object", "null"}}};
  Json properties{
      {"title", text_schema("one line that says what is asked")},
      {"seed", {{"type", "integer"}, {"minimum", 0}, {"description", "of everything random; default 1"}}},
      {"start", text_schema("simulated time 0: a date such as 2024-01-01, or one with a time such as 2024-01-01T08:00, "
                            "by the clocks of the "
                            "site's `time_zone` (UTC without one) unless `Z` or an offset such as `+02:00` ends it")},
      {"horizon", quantity_schema(Dimension::time, "the run ends here; default: with the traffic")},
      {"warm_up", quantity_schema(Dimension::time, "requests before this do not count in the summary")},
      {"sample_every", quantity_schema(Dimension::time, "width of the bins of the time series")},
      {"requests", {{"type", "boolean"}, {"description", "write every request to the result file; default false"}}},
      {"traffic", traffic(catalog)},
      {"site", site()},
      {"racks", racks(catalog)},
      {"faults", faults()},
      {"pools", pools(catalog, families)}};
  for (const PolicyFamily& one : families) {
    if (one.path.find('.') == std::string::npos) {
      Json beside = Json::object();
      if (one.path == "cache") {
        std::vector<std::string> embedders = names_of(catalog.accelerators);
        embedders.insert(embedders.begin(), "cpu");
        beside["embedder"] = names_schema(embedders, "of `semantic`: where texts become vectors; default cpu");
      }
      properties[one.path] = policy_schema(one, one.path == "routing" || one.path == "power", beside);
    }
  }
  properties["catalog"] = {{"type", {"string", "array", "object"}},
                           {"description", "entries of the catalogue, or files with them, that add and override"}};
  Json variant = open;
  variant["description"] = "changes: paths such as pools.chat.servers, and what stands there";
  properties["variants"] = {{"type", "object"},
                            {"description", "runs that differ from this file, by name"},
                            {"additionalProperties", variant}};
  properties["search"] = {{"type", "object"}, {"description", "axes of `idlewatt size`"}};
  properties["claim"] = claim(catalog);

  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "A scenario of idlewatt"}};
  schema.update(
      map_schema(properties, {"title"}, "this traffic, on that fleet, under these policies: what does it cost?"));
  schema["if"] = {{"not", {{"required", {"horizon"}}}}};
  schema["then"] = {{"properties", {{"traffic", {{"minItems", 1}}}}}};
  schema["anyOf"] = {{{"required", {"traffic", "site", "pools"}}}, {{"required", {"claim"}}}};
  return schema;
}

}  // namespace idlewatt
