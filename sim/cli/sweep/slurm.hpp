// `idlewatt grid run --launcher slurm`.
#pragma once

#include <vector>

#include "base/exit_status.hpp"
#include "cli/sweep/options.hpp"
#include "sweep/slurm.hpp"

namespace idlewatt {

/// The options --partition, --account, --time, --memory, --cpus, --points-per-task, --sbatch and --wait.
std::vector<OptionSpec> slurm_options();

/// Submits those of the points that are not completed. Waits for them with --wait. Throws InputError.
ExitStatus launch_in_slurm(const CommandLine& line, SelectedSweep& selected, const std::vector<std::size_t>& points,
                           const TaskCommand& command, int cpus);

}  // namespace idlewatt
