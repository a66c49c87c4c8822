#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/description.hpp"
#include "app/outcome.hpp"
#include "app/progress_line.hpp"
#include "app/select.hpp"
#include "app/simgrid_options.hpp"
#include "grid/recorded_run.hpp"
#include "grid/worker_pool.hpp"
#include "record/index.hpp"
#include "units/error.hpp"

namespace idlewatt {

namespace {

namespace fs = std::filesystem;

/// The folder for results. One that was made here and stayed empty goes again, so that a failed run leaves no trace.
class OutputFolder {
 public:
  explicit OutputFolder(fs::path path) : path_(std::move(path)) {
    for (fs::path folder = path_.lexically_normal(); !folder.empty() && !fs::exists(folder);
         folder = folder.parent_path()) {
      made_.push_back(folder);
    }
    std::error_code error;
    fs::create_directories(path_, error);
    if (error || !fs::is_directory(path_)) {
      const std::string reason = error ? error.message() : "it is no folder";
      throw OutputError("cannot make the folder " + path_.string() + ": " + reason);
    }
  }
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder() {
    for (const fs::path& folder : made_) {  // innermost first; remove() spares what is not empty
      std::error_code ignored;
      fs::remove(folder, ignored);
    }
  }

 private:
  fs::path path_;
  std::vector<fs::path> made_;
};

/// Says what its traces left out, in one write: other variants may be writing too.
void print_skipped(const Scenario& scenario) {
  std::string lines;
  for (const Traffic& traffic : scenario.traffic) {
    if (const std::string text = traffic.file && traffic.file->skipped ? describe(*traffic.file->skipped) : "";
        !text.empty()) {
      lines += describe_variant(scenario) + ": " + traffic.name + ": " + text + "\n";
    }
  }
  std::cerr << (!lines.empty() && stderr_is_terminal() ? "\r\033[K" : "") + lines;
}

/// One variant, in the process of its own that run_jobs() gives it.
RunResult simulate(const Scenario& scenario, const std::string& path, const std::vector<std::string>& simgrid_arguments,
                   const std::function<void(const Progress&)>& report) {
  RunResult result = run_recorded(scenario, path, {program_version(), simgrid_arguments}, report);
  print_skipped(scenario);
  return result;
}

void write_index_of(const Selection& selection, const std::vector<JobReport>& reports) {
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == JobReport::State::done) {
      const Scenario& scenario = selection.scenarios[i];
      entries.push_back({scenario.variant, selection.files[i], scenario.seed, reports[i].result.summary});
    }
  }
  if (!entries.empty()) {
    write_index((fs::path(selection.directory) / kIndexFile).string(), selection.scenarios.front().title, entries);
  }
}

/// A run on bad input leaves nothing behind.
void remove_parts_of_bad_input(const Selection& selection, const std::vector<JobReport>& reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == JobReport::State::failed && reports[i].status == ExitStatus::bad_input) {
      std::error_code ignored;
      fs::remove(result_path(selection, i) + ".part", ignored);
    }
  }
}

ExitStatus execute(const CommandLine& line) {
  const Selection selection = select(line);
  const int at_once = processes_at_once(line);
  const std::vector<std::string>& simgrid_arguments = line.after_dashes();
  check_simgrid_options(simgrid_arguments, selection.scenarios.front());
  const bool json = line.has("json");

  const OutputFolder folder(selection.directory);
  std::vector<Job> jobs;
  std::vector<double> horizons_s;
  for (std::size_t i = 0; i < selection.scenarios.size(); ++i) {
    jobs.emplace_back([&, i](const std::function<void(const Progress&)>& report) {
      return simulate(selection.scenarios[i], result_path(selection, i), simgrid_arguments, report);
    });
    horizons_s.push_back(to_seconds(selection.scenarios[i].horizon));
  }
  std::vector<JobReport> reports;
  {
    ProgressLine progress(!json && stderr_is_terminal(), horizons_s);
    reports = run_jobs(jobs, at_once, [&](const std::vector<JobReport>& now) { progress.draw(now); });
  }
  remove_parts_of_bad_input(selection, reports);
  print_failures(selection, reports);
  write_index_of(selection, reports);
  if (was_interrupted(reports)) {
    std::cerr << interruption_text(selection, reports) << "\n";
  } else if (json) {
    print_json(selection, reports);
  } else {
    print_summary(selection, reports);
  }
  return overall_status(reports);
}

}  // namespace

Command run_command() {
  CommandSpec spec{.name = "run",
                   .summary = "Simulate a scenario, all its variants, and show what they cost.",
                   .positional = "SCENARIO",
                   .options = selection_options(),
                   .example = "idlewatt run scenarios/quickstart.yaml --set pools.chat.replicas.start=4 -o out/four",
                   .simgrid_arguments = true};
  spec.options.push_back({.name = "json", .help = "print the answer as JSON, and nothing else"});
  spec.options.push_back(
      {.name = "jobs", .short_name = "j", .argument = "N", .help = "variants at a time (default: one per core)"});
  return {std::move(spec), execute};
}

}  // namespace idlewatt
