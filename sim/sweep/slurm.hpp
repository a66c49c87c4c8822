// Runs points of a grid as a job array of Slurm. Slurm is never asked what is done: result files say that, so that a
// controller may lose all it knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/folder.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// What to ask Slurm for. Empty or 0: what the cluster gives by default.
struct SlurmRequest {
  std::string partition;
  std::string account;
  double time_s = 0.0;        ///< limit of a task
  double memory_bytes = 0.0;  ///< of a task
  int cpus = 1;               ///< of a task; it runs as many points at a time
  std::size_t points_per_task = 1;
  std::vector<std::string> more;  ///< for sbatch, as they are: "--qos=long"
};

/// The command that a task runs: an absolute program and its arguments, but for `--work-list` and its file.
using TaskCommand = std::vector<std::string>;

struct SlurmSubmission {
  std::string job;  ///< its number
  std::size_t tasks = 0;
};

/// What squeue says of a grid's tasks.
struct SlurmQueue {
  bool reachable = false;
  std::string problem;  ///< why not
  std::size_t running = 0;
  std::size_t pending = 0;
  std::vector<std::string> jobs;  ///< numbers of the arrays
};

/// The name of all jobs of the grid in this folder.
std::string slurm_job_name(const Sweep& grid, const SweepFolder& folder);

/// Whether the grid was ever given to Slurm.
bool submitted_to_slurm(const SweepFolder& folder);

SlurmQueue ask_queue(const std::string& job_name);

/// Throws InputError when Slurm is not there or does not answer. Returns its MaxArraySize.
std::size_t check_slurm();

/// Writes the work-lists of the points and submits one array for all of them, with more points a task where the array
/// would be larger than Slurm allows. Throws InputError when Slurm refuses; then nothing is left behind.
SlurmSubmission submit_to_slurm(const Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& points,
                                const SlurmRequest& request, const TaskCommand& command);

}  // namespace idlewatt
