#include "cli/run/parts.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <iterator>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/options/description.hpp"
#include "cli/run/outcome.hpp"
#include "cli/run/progress_line.hpp"
#include "results/index.hpp"
#include "results/result.hpp"
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

/// Says what its traces were taken for and left out, in one write: other variants may be writing too.
void print_skipped(const Scenario& scenario) {
  std::string lines;
  for (const Traffic& traffic : scenario.traffic) {
    if (const std::string text = traffic.file && traffic.file->skipped ? describe(*traffic.file->skipped) : "";
        !text.empty()) {
      lines += describe_variant(scenario) + ": " + traffic.name + ": " + text + "\n";
    }
    if (traffic.file && traffic.file->notes && traffic.file->format == nullptr) {
      lines += describe_variant(scenario) + ": " + traffic.name + ": " + describe(*traffic.file->notes) + "\n";
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

namespace {

/// The scenario's file as seen from the folder of results: the same when both have moved together.
std::string scenario_of(const Selection& selection) {
  const fs::path folder = fs::absolute(selection.directory).lexically_normal();
  const fs::path file = fs::absolute(selection.scenario_file).lexically_normal();
  return file.lexically_relative(folder / "").string();
}

std::string index_path(const Selection& selection) {
  return (fs::path(selection.directory) / kIndexFile).string();
}

/// What the folder's index names; nothing where there is none. One that cannot be read is told, and named nothing.
std::vector<IndexedRun> indexed_before(const Selection& selection, bool tell) {
  const std::string path = index_path(selection);
  std::error_code error;
  if (!fs::exists(path, error)) {
    return {};
  }
  try {
    return read_index(path);
  } catch (const InputError& problem) {
    if (tell) {
      std::cerr << problem.what() << "; what it named is left out of the new one\n";
    }
    return {};
  }
}

}  // namespace

void refuse_collisions(const Selection& selection, bool force) {
  if (force) {
    return;
  }
  const std::string scenario = scenario_of(selection);
  for (const IndexedRun& run : indexed_before(selection, false)) {
    const bool replaced = std::find(selection.files.begin(), selection.files.end(), run.file) != selection.files.end();
    std::error_code error;
    if (replaced && run.scenario != scenario && fs::exists(fs::path(selection.directory) / run.file, error)) {
      throw InputError((fs::path(selection.directory) / run.file).string() + ": is a result of another scenario, `" +
                       (fs::path(selection.directory) / run.scenario).lexically_normal().string() +
                       "`; expected another folder by `-o`, or `--force` to replace it");
    }
  }
}

void write_index_of(const Selection& selection, const std::vector<JobReport>& reports) {
  const std::string scenario = scenario_of(selection);
  std::vector<IndexEntry> done;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == JobReport::State::done) {
      const Scenario& one = selection.scenarios[i];
      done.push_back({one.variant, selection.files[i], one.seed, reports[i].result.summary, scenario});
      remove_parts_of(result_path(selection, i));
    }
  }
  if (done.empty()) {
    return;
  }
  // In the order of the index that was; what is new comes behind.
  std::vector<IndexEntry> entries;
  for (const IndexedRun& run : indexed_before(selection, true)) {
    const auto again =
        std::find_if(done.begin(), done.end(), [&](const IndexEntry& entry) { return entry.file == run.file; });
    if (again != done.end()) {
      entries.push_back(std::move(*again));
      done.erase(again);
      continue;
    }
    const std::string path = (fs::path(selection.directory) / run.file).string();
    try {
      const Result result = read_result(path);
      entries.push_back({result.variant, run.file, result.seed, result.summary, run.scenario});
    } catch (const InputError& problem) {
      std::cerr << problem.what() << "; left out of " << index_path(selection) << "\n";
    }
  }
  entries.insert(entries.end(), std::make_move_iterator(done.begin()), std::make_move_iterator(done.end()));
  write_index(index_path(selection), selection.scenarios.front().title, entries);
}

void remove_parts_of_bad_input(const Selection& selection, const std::vector<JobReport>& reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == JobReport::State::failed && reports[i].status == ExitStatus::bad_input) {
      remove_parts_of(result_path(selection, i));
    }
  }
}

}  // namespace idlewatt
