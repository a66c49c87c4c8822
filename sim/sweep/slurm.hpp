// Runs points of a grid as a job array of Slurm. Slurm is never asked which points are done, since result files tell
// that; so nothing is lost when the controller loses its state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/folder.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// The resources to ask Slurm for. Empty or 0: the cluster's defaults.
struct SlurmRequest {
  std::string partition;
  std::string account;
  double time_s = 0.0;        ///< time limit of a task
  double memory_bytes = 0.0;  ///< memory of a task
  int cpus = 1;               ///< cores of a task, which runs as many points at a time
  std::size_t points_per_task = 1;
  std::vector<std::string> more;  ///< further options for sbatch, unchanged: "--qos=long"
};

/// The command of a task: an absolute program and its arguments, without `--work-list` and its file.
using TaskCommand = std::vector<std::string>;

struct SlurmSubmission {
  std::string job;  ///< number of the job
  std::size_t tasks = 0;
};

/// The state of a grid's tasks in squeue.
struct SlurmQueue {
  bool reachable = false;
  std::string problem;  ///< reason why Slurm is not reachable
  std::size_t running = 0;
  std::size_t pending = 0;
  std::vector<std::string> jobs;  ///< numbers of the job arrays
};

/// The name of all jobs of the grid in this folder.
std::string slurm_job_name(const Sweep& grid, const SweepFolder& folder);

/// True when the grid has been given to Slurm before.
bool submitted_to_slurm(const SweepFolder& folder);

SlurmQueue ask_queue(const std::string& job_name);

/// Checks that Slurm is there. Returns its MaxArraySize. Throws InputError when Slurm is missing or does not answer.
std::size_t check_slurm();

/// Writes the work-lists of the points and submits one array for all of them. Each task gets more points if the array
/// would otherwise be larger than Slurm allows. Throws InputError when Slurm refuses; nothing is then left behind.
SlurmSubmission submit_to_slurm(const Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& points,
                                const SlurmRequest& request, const TaskCommand& command);

}  // namespace idlewatt
