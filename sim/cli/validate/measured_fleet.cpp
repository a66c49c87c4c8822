#include "cli/validate/measured_fleet.hpp"

#include <cmath>
#include <filesystem>
#include <fmt/core.h>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/trace/options.hpp"
#include "scenario/scenario_source.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

/// An option that is a key of the pool that was measured.
struct PoolOption {
  const char* option;
  const char* key;
  const char* argument;
  const char* help;
};
constexpr PoolOption kPoolOptions[] = {
    {"model", "model", "NAME", "the model that was served"},
    {"servers", "servers", "NAME", "the type of server that it was served on"},
    {"engine", "engine", "NAME", "the serving engine (default: as in a scenario)"},
    {"precision", "precision", "NAME", "of weights and arithmetic (default: as in a scenario)"},
    {"kv-cache-dtype", "kv_cache_dtype", "NAME", "of keys and values (default: auto, which is 16 bits)"},
    {"tensor-parallel", "tensor_parallel", "N", "accelerators of a replica (default: 1)"},
    {"parallelism", "parallelism", "MAP", "all degrees, such as `{data_attention: 8, expert: 8}`"},
    {"replicas", "replicas", "N", "replicas behind the address that was tested (default: 1)"}};

std::string source_text(const TraceFile& trace) {
  std::string text = fmt::format("{{format: {}, path: \"{}\"", trace.format->name, fs::absolute(trace.path).string());
  return text + (trace.run ? fmt::format(", run: {}", *trace.run) : "") + "}";
}

/// A scenario of one pool, as the options describe it.
std::string scenario_text(const CommandLine& line, const TraceFile& trace) {
  std::string pool = "replicas: 1";
  for (const PoolOption& one : kPoolOptions) {
    if (const auto value = line.value(one.option)) {
      const bool replicas = one.key == std::string("replicas");
      pool = replicas ? "replicas: " + *value + pool.substr(std::string("replicas: 1").size())
                      : fmt::format("{}, {}: {}", pool, one.key, *value);
    }
  }
  std::string catalog;
  for (const std::string& file : line.values("catalog")) {
    catalog += (catalog.empty() ? "\"" : ", \"") + fs::absolute(file).string() + "\"";
  }
  return fmt::format(
      "title: A fleet that was measured\n"
      "catalog: [{}]\n"
      "site: {{pue: 1, electricity: 0 USD/kWh, carbon: 0 g/kWh}}\n"
      "traffic: [{{source: {}, model: {}}}]\n"
      "pools: {{fleet: {{{}}}}}\n",
      catalog, source_text(trace), line.value("model").value_or(""), pool);
}

}  // namespace

std::vector<OptionSpec> with_measured_fleet(const std::vector<OptionSpec>& own) {
  std::vector<OptionSpec> options;
  for (const PoolOption& one : kPoolOptions) {
    options.push_back({.name = one.option, .argument = one.argument, .help = one.help});
  }
  const std::vector<OptionSpec> more{
      {.name = "scenario", .argument = "FILE", .help = "instead: the fleet of a scenario, whose traffic is replaced"},
      {.name = "variant", .argument = "NAME", .help = "of that scenario"},
      {.name = "catalog", .argument = "FILE", .help = "entries of your own; may be repeated", .repeatable = true},
      {.name = "set",
       .argument = "PATH=VALUE",
       .help = "set a value, such as pools.fleet.batching={policy: continuous, max_sequences: 128}; may be repeated",
       .repeatable = true}};
  options.insert(options.end(), more.begin(), more.end());
  options.insert(options.end(), own.begin(), own.end());
  for (OptionSpec& option : reading_options()) {
    options.push_back(std::move(option));
  }
  options.push_back(platforms_option());
  return options;
}

Scenario measured_fleet(const CommandLine& line, const TraceFile& trace, const ScratchFolder& scratch) {
  LoadOptions options = load_options(line);
  const auto given = line.value("scenario");
  if (!given) {
    for (const char* needed : {"model", "servers"}) {
      if (!line.has(needed)) {
        throw InputError(fmt::format("--{} is missing; expected it, or `--scenario` with a fleet", needed));
      }
    }
    const std::string file = (scratch.path() / "fleet.yaml").string();
    write_whole_file(file, scenario_text(line, trace));
    try {
      return ScenarioSource(file, options).read("", {});
    } catch (const InputError& error) {
      const std::string message = error.what();
      throw InputError("the fleet that was measured: " +
                       (message.starts_with(file) ? message.substr(message.find(": ") + 2) : message));
    }
  }
  for (const PoolOption& one : kPoolOptions) {
    if (line.has(one.option)) {
      throw InputError(fmt::format("--{}: the scenario says that; expected `--set` with a path in it", one.option));
    }
  }
  ScenarioSource plain(*given, options);
  const auto variant = line.value("variant");
  const auto found = std::find_if(plain.variants().begin(), plain.variants().end(),
                                  [&](const YamlEntry& one) { return one.key == variant.value_or(""); });
  if ((variant || !plain.variants().empty()) && found == plain.variants().end()) {
    throw InputError(fmt::format("--variant: expected the variant of {} that was measured", *given));
  }
  const auto read = [&](ScenarioSource& source) { return variant ? source.read_variant(*found) : source.read("", {}); };
  const std::string model = read(plain).pools.front().model;
  options.set.push_back(fmt::format("traffic=[{{source: {}, model: {}}}]", source_text(trace), model));
  ScenarioSource replayed(*given, options);
  return read(replayed);
}

Scenario replayed(Scenario scenario, const std::vector<MeasuredRequest>& measured) {
  double longest_s = 60.0;
  for (const MeasuredRequest& request : measured) {
    longest_s = std::max(longest_s, std::isfinite(request.times.e2e_s) ? request.times.e2e_s : 0.0);
  }
  constexpr double patience = 10.0;
  scenario.warm_up = 0;
  scenario.horizon = (measured.empty() ? 0 : measured.back().arrival) + to_ticks(patience * longest_s);
  scenario.sample_every = std::max(scenario.sample_every, scenario.horizon / 1000);
  scenario.requests = true;
  return scenario;
}

}  // namespace idlewatt
