// `idlewatt calibrate`: figures of the catalogue from load tests of one's own fleet.
#include <filesystem>
#include <fmt/core.h>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/date_time.hpp"
#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/calibrate/calibration.hpp"
#include "cli/commands.hpp"
#include "cli/options/scratch_folder.hpp"
#include "cli/options/select.hpp"
#include "cli/run/progress_line.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/text.hpp"
#include "cli/trace/options.hpp"
#include "cli/validate/measured_fleet.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

/// Fewer requests do not tell a figure from chance. An assumption: with 20, the median of a latency that varies by 20 %
/// is known to 5 %.
constexpr std::size_t kLeastRequests = 20;

double share_option(const CommandLine& line, const std::string& name, double otherwise) {
  const auto text = line.value(name);
  if (!text) {
    return otherwise;
  }
  std::string problem;
  const auto share = parse_quantity(*text, Dimension::share, problem);
  if (!share || *share >= 1.0) {
    throw InputError(fmt::format("--{}: {}", name,
                                 share ? "`" + *text + "` leaves nothing to fit; expected less than 100 %" : problem));
  }
  return *share;
}

std::string date_option(const CommandLine& line) {
  const std::string date = line.value("date").value_or("");
  if (!date.empty() && !parse_date_time(date)) {
    throw InputError(fmt::format("--date: `{}` is no date; expected one such as `2026-08-15`", date));
  }
  return date;
}

/// The requests of a load test as a trace that is read fast, since every simulation reads it.
TraceFile requests_alone(const TraceFile& trace, const fs::path& path) {
  const std::unique_ptr<TraceReader> reader = open_trace_file(trace);
  const std::unique_ptr<TraceWriter> writer = write_csv_trace(path.string());
  for (Request request; reader->next(request);) {
    writer->write(request);
  }
  writer->publish();
  return {.format = &trace_format("csv"), .path = path.string()};
}

/// The load tests of the command line, of the day `date` if it is not empty.
std::vector<LoadTest> load_tests(const CommandLine& line, const std::string& date, const ScratchFolder& scratch) {
  std::vector<LoadTest> tests;
  for (const std::string& file : line.positionals()) {
    TraceFile trace = trace_file(line, file);
    if (trace.format == nullptr) {
      trace.format = &recognise_format(trace.path);
    }
    std::vector<MeasuredRequest> measured = read_measured(trace);
    const std::string day = date.empty() ? measured_day(trace).value_or("") : date;
    const TraceFile requests = requests_alone(trace, scratch.path() / fmt::format("{}.csv", tests.size()));
    Scenario scenario = replayed(measured_fleet(line, requests, scratch), measured);
    auto catalog = std::make_shared<Catalog>(*scenario.catalog);
    keep_used(*catalog, scenario);
    scenario.catalog = std::move(catalog);
    scenario.sample_every = scenario.horizon;  // nobody reads the time series
    tests.push_back(
        {fs::path(file).filename().string(), trace.format->name, day, std::move(measured), std::move(scenario)});
  }
  return tests;
}

/// Shows the number of simulations while it lives.
class SimulationCount {
 public:
  SimulationCount() : shown_(stderr_is_terminal()) {}
  SimulationCount(const SimulationCount&) = delete;
  SimulationCount& operator=(const SimulationCount&) = delete;
  ~SimulationCount() {
    if (shown_) {
      std::cerr << "\r\033[K" << std::flush;
    }
  }
  void show(std::size_t count) const {
    if (shown_) {
      std::cerr << fmt::format("\r{} simulations\033[K", grouped(static_cast<std::int64_t>(count))) << std::flush;
    }
  }

 private:
  bool shown_;
};

Calibration calibrate(const std::vector<LoadTest>& tests, const std::vector<FittedRequests>& parts, int at_once) {
  const std::vector<Observation> observations = observations_of(tests, parts);
  Calibration result;
  for (std::size_t test = 0; test < tests.size(); ++test) {
    result.sources.push_back(
        {tests[test].file, tests[test].format, parts[test].count, parts[test].held_out, "requests", tests[test].day});
  }
  const Scenario& scenario = tests.front().scenario;
  const std::vector<Candidate> candidates = time_candidates(scenario.pools.front(), *scenario.catalog);
  const SimulationCount count;
  Predictor predictor(tests, candidates, at_once, [&](std::size_t simulations) { count.show(simulations); });
  const Fit fit = fit_unknowns(predictor, candidates, observations);
  const std::vector<Prediction> both = predictor.at({std::vector<double>(candidates.size()), fit.x()});
  result.figures = figures_of_fit(candidates, fit);
  result.errors = held_out_errors(tests, parts, both[0], both[1]);
  return result;
}

ExitStatus execute(const CommandLine& line) {
  constexpr double usual_hold_out = 0.3;
  const double hold_out = share_option(line, "hold-out", usual_hold_out);
  const std::string date = date_option(line);
  const auto output = line.value("output");
  const ScratchFolder scratch;
  const std::vector<LoadTest> tests = load_tests(line, date, scratch);
  const std::vector<FittedRequests> parts =
      split_requests(tests, static_cast<std::size_t>(line.number("skip", 0).value_or(0)), hold_out);
  std::size_t fitted = 0;
  for (const FittedRequests& part : parts) {
    fitted += part.count;
  }
  if (fitted < kLeastRequests) {
    throw InputError(fmt::format(
        "{}: {} to fit; expected at least {}, besides those held out ({} %)", listed(line.positionals()),
        counted(static_cast<std::int64_t>(fitted), "answered request is left", "answered requests are left"),
        kLeastRequests, compact(100.0 * hold_out, 3)));
  }
  Calibration calibration;
  try {
    calibration = calibrate(tests, parts, processes_at_once(line));
  } catch (const Interrupted&) {
    std::cerr << "interrupted\n";
    return ExitStatus::interrupted;
  }
  if (calibration.any_identified() && output) {
    write_whole_file(*output, overlay_text(calibration));
  }
  if (line.has("json")) {
    std::cout << json_text(calibration_json(calibration), 1);
  } else {
    std::cout << calibration_text(calibration);
    if (!calibration.any_identified()) {
      std::cout << "The measurement identifies no figure" << (output ? ": " + *output + " is not written\n" : "\n");
    } else if (output) {
      std::cout << "Written: " << *output << "\n";
    }
  }
  return calibration.any_identified() ? ExitStatus::ok : ExitStatus::no;
}

}  // namespace

Command calibrate_command() {
  CommandSpec spec{.name = "calibrate",
                   .summary = "Fit figures of the catalogue to load tests of your own fleet.",
                   .positional = "RESULT...",
                   .example = "idlewatt calibrate bench.json --model llama-3-8b --servers l4-1 -o mine.yaml"};
  spec.options = with_measured_fleet(
      {{.name = "output",
        .short_name = "o",
        .argument = "FILE",
        .help = "write the figures as entries for a scenario's catalog:"},
       {.name = "hold-out",
        .argument = "SHARE",
        .help = "the last requests of each result, which are not fitted but tell the errors (default: 30 %)"},
       {.name = "skip", .argument = "N", .help = "leave the first N requests out, which may have met a cold server"},
       {.name = "date",
        .argument = "DATE",
        .help = "day of the measurement, for the source of the figures (default: as the results say)"},
       {.name = "jobs", .short_name = "j", .argument = "N", .help = "simulations at a time (default: one per core)"},
       {.name = "json", .help = "print the findings as JSON, and nothing else"}});
  return {std::move(spec), execute};
}

}  // namespace idlewatt
