#include "cli/run_parts.hpp"

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/description.hpp"
#include "cli/outcome.hpp"
#include "cli/progress_line.hpp"
#include "results/index.hpp"
#include "sweep/recorded_run.hpp"

namespace idlewatt {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  for (fs::path folder = path_.lexically_normal(); !folder.empty() && !fs::exists(folder, error) && !error;
       folder = folder.parent_path()) {
    made_.push_back(folder);
  }
  if (!error) {
    fs::create_directories(path_, error);
  }
  const bool is_folder = !error && fs::is_directory(path_, error);
  if (!is_folder) {
    const std::string reason = error ? error.message() : "it is no folder";
    throw OutputError("cannot make the folder " + path_.string() + ": " + reason);
  }
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor_);
    throw OutputError(path_.string() +
                      ": another idlewatt is writing its results there; expected a folder of its own, "
                      "by `-o`, or to wait until that one has ended");
  }
}

OutputFolder::~OutputFolder() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  for (const fs::path& folder : made_) {  // innermost first; remove() spares what is not empty
    std::error_code ignored;
    fs::remove(folder, ignored);
  }
}

namespace {

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

}  // namespace

RunResult simulate(const Scenario& scenario, const std::string& path, const std::vector<std::string>& simgrid_arguments,
                   const std::function<void(const Progress&)>& report) {
  RunResult result = run_recorded(scenario, path, {program_version(), simgrid_arguments}, report);
  print_skipped(scenario);
  return result;
}

std::optional<std::uint64_t> draws_wanted(const CommandLine& line) {
  constexpr std::uint64_t fewest = 3;
  constexpr std::uint64_t most = 100'000;
  const std::optional<std::uint64_t> draws = line.number("uncertainty", fewest);
  if (draws && *draws > most) {
    throw InputError("--uncertainty: `" + std::to_string(*draws) + "` is too many; expected at most " +
                     std::to_string(most));
  }
  return draws;
}

RunResult simulate_draw(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw,
                        const std::vector<std::string>& simgrid_arguments,
                        const std::function<void(const Progress&)>& report) {
  return run_recorded(drawn_scenario(scenario, uncertainty, draw), "", {program_version(), simgrid_arguments}, report);
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

void remove_parts_of_bad_input(const Selection& selection, const std::vector<JobReport>& reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == JobReport::State::failed && reports[i].status == ExitStatus::bad_input) {
      remove_parts_of(result_path(selection, i));
    }
  }
}

}  // namespace idlewatt
