// What running a scenario consists of, for `run` and for claims.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/select.hpp"
#include "cli/uncertainty.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// The folder for results, held for this process and those that it forks: another idlewatt that wants to write there is
/// told so. A folder that was made here and stayed empty goes again, so that a failed run leaves no trace.
class OutputFolder {
 public:
  /// Throws OutputError when it cannot be made, or another process holds it. A file system without locks holds nothing;
  /// there the last whole file of two stands.
  explicit OutputFolder(std::filesystem::path path);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;
  int descriptor_ = -1;
};

/// One variant, in the process of its own that run_jobs() gives it; says what its traces left out.
RunResult simulate(const Scenario& scenario, const std::string& path, const std::vector<std::string>& simgrid_arguments,
                   const std::function<void(const Progress&)>& report);

/// How many draws --uncertainty asks for. Throws InputError.
std::optional<std::uint64_t> draws_wanted(const CommandLine& line);

/// One draw of one scenario, in the process of its own: no result file, only the summary.
RunResult simulate_draw(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw,
                        const std::vector<std::string>& simgrid_arguments,
                        const std::function<void(const Progress&)>& report);

/// Throws InputError when a result would replace one of another scenario, as the folder's index tells, unless `force`.
void refuse_collisions(const Selection& selection, bool force);

/// The index of those that are done, if any are, and of what it named before and is still there; says what it leaves
/// out. Removes the parts that killed runs left of those that are done.
void write_index_of(const Selection& selection, const std::vector<JobReport>& reports);

/// A run on bad input leaves nothing behind.
void remove_parts_of_bad_input(const Selection& selection, const std::vector<JobReport>& reports);

}  // namespace idlewatt
