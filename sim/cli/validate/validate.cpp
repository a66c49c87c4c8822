// `idlewatt validate`: a load test's result beside what idlewatt predicts for the same requests.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/ticks.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/options/scratch_folder.hpp"
#include "cli/options/select.hpp"
#include "cli/trace/options.hpp"
#include "cli/validate/validation.hpp"
#include "run/simulation.hpp"
#include "scenario/scenario_source.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

/// Keeps the requests of a run, and nothing else.
class RequestKeeper final : public Recorder {
 public:
  void begin(const RunLayout&, const Provenance&) override {}
  void bin(const SeriesBin&) override {}
  void request(const RequestRecord& record) override { records_.push_back(record); }
  void end(const Summary&) override {}

  /// By id.
  std::vector<RequestRecord> take() {
    std::sort(records_.begin(), records_.end(),
              [](const RequestRecord& a, const RequestRecord& b) { return a.id < b.id; });
    return std::move(records_);
  }

 private:
  std::vector<RequestRecord> records_;
};

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
  std::string text = "{format: " + trace.format->name + ", path: \"" + fs::absolute(trace.path).string() + "\"";
  return text + (trace.run ? ", run: " + std::to_string(*trace.run) : "") + "}";
}

/// A scenario of one pool, as the options describe it.
std::string scenario_text(const CommandLine& line, const TraceFile& trace) {
  std::string pool = "replicas: 1";
  for (const PoolOption& one : kPoolOptions) {
    if (const auto value = line.value(one.option)) {
      const bool replicas = one.key == std::string("replicas");
      pool = replicas ? "replicas: " + *value + pool.substr(std::string("replicas: 1").size())
                      : pool + ", " + one.key + ": " + *value;
    }
  }
  std::string catalog;
  for (const std::string& file : line.values("catalog")) {
    catalog += (catalog.empty() ? "\"" : ", \"") + fs::absolute(file).string() + "\"";
  }
  return "title: A fleet that was measured\n"
         "catalog: [" +
         catalog +
         "]\n"
         "site: {pue: 1, electricity: 0 USD/kWh, carbon: 0 g/kWh}\n"
         "traffic: [{source: " +
         source_text(trace) + ", model: " + line.value("model").value_or("") +
         "}]\n"
         "pools: {fleet: {" +
         pool + "}}\n";
}

/// The scenario that the options name or describe, with the measured requests as its traffic.
Scenario measured_fleet(const CommandLine& line, const TraceFile& trace, const ScratchFolder& scratch) {
  LoadOptions options = load_options(line);
  const auto given = line.value("scenario");
  if (!given) {
    for (const char* needed : {"model", "servers"}) {
      if (!line.has(needed)) {
        throw InputError("--" + std::string(needed) + " is missing; expected it, or `--scenario` with a fleet");
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
      throw InputError("--" + std::string(one.option) + ": the scenario says that; expected `--set` with a path in it");
    }
  }
  ScenarioSource plain(*given, options);
  const auto variant = line.value("variant");
  const auto found = std::find_if(plain.variants().begin(), plain.variants().end(),
                                  [&](const YamlEntry& one) { return one.key == variant.value_or(""); });
  if ((variant || !plain.variants().empty()) && found == plain.variants().end()) {
    throw InputError("--variant: expected the variant of " + *given + " that was measured");
  }
  const auto read = [&](ScenarioSource& source) { return variant ? source.read_variant(*found) : source.read("", {}); };
  const std::string model = read(plain).pools.front().model;
  options.set.push_back("traffic=[{source: " + source_text(trace) + ", model: " + model + "}]");
  ScenarioSource replayed(*given, options);
  return read(replayed);
}

ExitStatus execute(const CommandLine& line) {
  TraceFile trace = trace_file(line, line.positional());
  if (trace.format == nullptr) {
    trace.format = &recognise_format(trace.path);
  }
  const std::vector<ErrorLimit> limits = parse_error_limits(line.value("within").value_or(""));
  const std::vector<MeasuredRequest> measured = read_measured(trace);
  const ScratchFolder scratch;
  Scenario scenario = measured_fleet(line, trace, scratch);
  // As long as the slowest answer may take, and longer: what is unfinished cannot be compared.
  double longest_s = 60.0;
  for (const MeasuredRequest& request : measured) {
    longest_s = std::max(longest_s, std::isfinite(request.times.e2e_s) ? request.times.e2e_s : 0.0);
  }
  constexpr double patience = 10.0;
  scenario.warm_up = 0;
  scenario.horizon = (measured.empty() ? 0 : measured.back().arrival) + to_ticks(patience * longest_s);
  scenario.sample_every = std::max(scenario.sample_every, scenario.horizon / 1000);
  RequestKeeper keeper;
  RunOptions options;
  options.recorder = &keeper;
  options.version = program_version();
  scenario.requests = true;
  run(scenario, options);
  const Validation validation =
      compare(measured, keeper.take(), static_cast<std::size_t>(line.number("skip", 0).value_or(0)));
  if (line.has("json")) {
    std::cout << validation_json(validation, limits).dump(1) << "\n";
  } else {
    std::cout << fs::path(trace.path).filename().string() << " (" << trace.format->name << ") on "
              << scenario.pools.front().replicas.start << " x " << scenario.pools.front().model << ", "
              << scenario.pools.front().server << ", " << scenario.pools.front().engine << "\n"
              << validation_text(validation, limits);
  }
  return exceeded(validation, limits).empty() ? ExitStatus::ok : ExitStatus::no;
}

}  // namespace

Command validate_command() {
  CommandSpec spec{.name = "validate",
                   .summary = "Hold a load test's result against what idlewatt predicts for the same requests.",
                   .positional = "RESULT",
                   .example =
                       "idlewatt validate bench.json --model llama-3-8b --servers l4-1 --within \"ttft p50 20 %, "
                       "tpot p50 10 %\""};
  for (const PoolOption& one : kPoolOptions) {
    spec.options.push_back({.name = one.option, .argument = one.argument, .help = one.help});
  }
  const std::vector<OptionSpec> more{
      {.name = "scenario", .argument = "FILE", .help = "instead: the fleet of a scenario, whose traffic is replaced"},
      {.name = "variant", .argument = "NAME", .help = "of that scenario"},
      {.name = "catalog", .argument = "FILE", .help = "entries of your own; may be repeated", .repeatable = true},
      {.name = "set",
       .argument = "PATH=VALUE",
       .help = "set a value, such as pools.fleet.batching.max_sequences=128; may be repeated",
       .repeatable = true},
      {.name = "skip", .argument = "N", .help = "leave the first N requests out, which may have met a cold server"},
      {.name = "within",
       .argument = "LIMITS",
       .help = "exit with status 1 unless errors are within them: \"ttft p50 20 %, e2e p99 15 %\""},
      {.name = "json", .help = "print the comparison as JSON, and nothing else"}};
  spec.options.insert(spec.options.end(), more.begin(), more.end());
  for (OptionSpec& option : reading_options()) {
    spec.options.push_back(std::move(option));
  }
  spec.options.push_back(platforms_option());
  return {std::move(spec), execute};
}

}  // namespace idlewatt
