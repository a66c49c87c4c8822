// `idlewatt validate`: a load test's result beside what idlewatt predicts for the same requests.
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/scratch_folder.hpp"
#include "cli/text/json_text.hpp"
#include "cli/trace/options.hpp"
#include "cli/validate/measured_fleet.hpp"
#include "cli/validate/validation.hpp"
#include "run/simulation.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

ExitStatus execute(const CommandLine& line) {
  TraceFile trace = trace_file(line, line.positional());
  if (trace.format == nullptr) {
    trace.format = &recognise_format(trace.path);
  }
  const std::vector<ErrorLimit> limits = parse_error_limits(line.value("within").value_or(""));
  const std::vector<MeasuredRequest> measured = read_measured(trace);
  const ScratchFolder scratch;
  const Scenario scenario = replayed(measured_fleet(line, trace, scratch), measured);
  RequestKeeper keeper;
  RunOptions options;
  options.recorder = &keeper;
  options.version = program_version();
  run(scenario, options);
  const Validation validation =
      compare(measured, keeper.take(), static_cast<std::size_t>(line.number("skip", 0).value_or(0)));
  if (line.has("json")) {
    std::cout << json_text(validation_json(validation, limits), 1);
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
  spec.options = with_measured_fleet(
      {{.name = "skip", .argument = "N", .help = "leave the first N requests out, which may have met a cold server"},
       {.name = "within",
        .argument = "LIMITS",
        .help = "exit with status 1 unless errors are within them: \"ttft p50 20 %, e2e p99 15 %\""},
       {.name = "json", .help = "print the comparison as JSON, and nothing else"}});
  return {std::move(spec), execute};
}

}  // namespace idlewatt
