// The parts of running a scenario, shared by `run` and claims.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/select.hpp"
#include "cli/run/uncertainty.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// The folder for results, locked for this process and those that it forks. Another idlewatt that wants to write there
/// gets an error. A folder that was created here and stayed empty is removed, so that a failed run leaves no trace.
class OutputFolder {
 public:
  /// Creates and locks the folder. Throws OutputError when it cannot be created, or when another process holds it. A
  /// file system without locks locks nothing; of two files written there, the one completed last remains.
  explicit OutputFolder(std::filesystem::path path);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;
  int descriptor_ = -1;
};

/// Simulates one variant, in the process that run_jobs() makes for it. Prints the rows that its traces left out.
RunResult simulate(const Scenario& scenario, const std::string& path, const std::vector<std::string>& simgrid_arguments,
                   const std::function<void(const Progress&)>& report);

/// The number of draws that --uncertainty asks for; nothing without the option. Throws InputError.
std::optional<std::uint64_t> draws_wanted(const CommandLine& line);

/// Simulates one draw of one scenario, in a process of its own. Writes no result file; only the summary counts.
RunResult simulate_draw(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw,
                        const std::vector<std::string>& simgrid_arguments,
                        const std::function<void(const Progress&)>& report);

/// Throws InputError when a result would replace that of another scenario, as the folder's index tells. Does nothing
/// with `force`.
void refuse_collisions(const Selection& selection, bool force);

/// Writes the index of the completed results, if there are any, and of results in the old index that still exist.
/// Prints what it leaves out. Removes the parts that killed runs of these results left.
void write_index_of(const Selection& selection, const std::vector<JobReport>& reports);

/// Removes the parts of runs that failed on bad input.
void remove_parts_of_bad_input(const Selection& selection, const std::vector<JobReport>& reports);

}  // namespace idlewatt
