#include "sweep/slurm.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/core.h>
#include <sstream>

#include "base/error.hpp"
#include "base/fingerprint.hpp"
#include "base/slug.hpp"
#include "base/whole_file.hpp"
#include "sweep/shell_command.hpp"
#include "sweep/work_list.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUsualArraySize = 1001;  // Slurm's default MaxArraySize

/// The folder of a new submission: slurm/1, slurm/2...
fs::path new_submission(const SweepFolder& folder) {
  const fs::path all = fs::path(folder.path()) / "slurm";
  std::error_code error;
  fs::create_directories(all, error);
  for (int number = 1; !error; ++number) {
    const fs::path one = fs::absolute(all / std::to_string(number));
    if (fs::create_directory(one, error)) {
      return one;
    }
  }
  throw OutputError(fmt::format("cannot make a folder in {}: {}", all.string(), error.message()));
}

std::string script(const fs::path& submission, const TaskCommand& command) {
  std::string text = "#!/bin/sh\n# One task of a job array: runs the points that its work-list names.\nexec";
  for (const std::string& word : command) {
    text += " " + shell_quoted(word);
  }
  return fmt::format("{} --work-list {}\"$SLURM_ARRAY_TASK_ID\"\n", text,
                     shell_quoted((submission / "task-").string()));
}

std::vector<std::string> sbatch(const SlurmRequest& request, const std::string& name, const fs::path& submission,
                                std::size_t tasks) {
  std::vector<std::string> words{"sbatch",
                                 "--parsable",
                                 "--job-name=" + name,
                                 fmt::format("--array=0-{}", tasks - 1),
                                 "--output=" + (submission / "task-%a.log").string(),
                                 "--open-mode=append",
                                 "--requeue",
                                 fmt::format("--cpus-per-task={}", request.cpus)};
  if (!request.partition.empty()) {
    words.push_back("--partition=" + request.partition);
  }
  if (!request.account.empty()) {
    words.push_back("--account=" + request.account);
  }
  if (request.time_s > 0.0) {
    words.push_back(fmt::format("--time={}", std::max(1LL, std::llround(std::ceil(request.time_s / 60.0)))));
  }
  if (request.memory_bytes > 0.0) {
    constexpr double mib = 1048576.0;
    words.push_back(fmt::format("--mem={}M", std::llround(std::ceil(request.memory_bytes / mib))));
  }
  words.insert(words.end(), request.more.begin(), request.more.end());
  words.push_back((submission / "job.sh").string());
  return words;
}

}  // namespace

std::string slurm_job_name(const Sweep& grid, const SweepFolder& folder) {
  constexpr std::size_t digits = 12;
  const std::string place = fs::weakly_canonical(fs::absolute(folder.path())).string();
  return fmt::format("idlewatt-{}-{}", slug(fs::path(grid.file().path).stem().string()),
                     Fingerprint().add(place).text().substr(0, digits));
}

bool submitted_to_slurm(const SweepFolder& folder) {
  return fs::exists(fs::path(folder.path()) / "slurm");
}

SlurmQueue ask_queue(const std::string& job_name) {
  const CommandOutput output =
      run_shell_command({"squeue", "--noheader", "--array", "--name=" + job_name, "--format=%F %t"});
  SlurmQueue queue;
  if (!output.found || output.status != 0) {
    queue.problem = output.found ? output.first_line() : "there is no squeue in PATH";
    return queue;
  }
  queue.reachable = true;
  std::istringstream lines(output.out);
  std::string job;
  for (std::string state; lines >> job >> state;) {
    (state == "PD" ? queue.pending : queue.running) += 1;
    if (std::find(queue.jobs.begin(), queue.jobs.end(), job) == queue.jobs.end()) {
      queue.jobs.push_back(job);
    }
  }
  return queue;
}

std::size_t check_slurm() {
  const CommandOutput config = run_shell_command({"scontrol", "show", "config"});
  if (!config.found) {
    throw InputError(
        "--launcher slurm: there is no Slurm here (no scontrol in PATH); expected a login node of a cluster, "
        "or `--launcher local`");
  }
  if (config.status != 0) {
    throw InputError("--launcher slurm: Slurm does not answer: " + config.first_line());
  }
  std::istringstream lines(config.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    std::string equals;
    std::size_t value = 0;
    if (words >> key >> equals >> value && key == "MaxArraySize" && value > 0) {
      return value;
    }
  }
  return kUsualArraySize;
}

SlurmSubmission submit_to_slurm(const Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& points,
                                const SlurmRequest& request, const TaskCommand& command) {
  const std::size_t most_tasks = check_slurm();
  const std::size_t least = (points.size() + most_tasks - 1) / most_tasks;
  const std::size_t per_task = std::max({std::size_t{1}, request.points_per_task, least});
  const std::size_t tasks = (points.size() + per_task - 1) / per_task;

  const fs::path submission = new_submission(folder);
  const auto withdraw = [&] {
    std::error_code ignored;
    fs::remove_all(submission, ignored);
    fs::remove(submission.parent_path(), ignored);  // if it was the first
  };
  CommandOutput output;
  try {
    for (std::size_t task = 0; task < tasks; ++task) {
      // Every tasks-th point: neighbours are alike, and the dear ones should not all fall to one task.
      std::vector<std::size_t> own;
      for (std::size_t i = task; i < points.size(); i += tasks) {
        own.push_back(points[i]);
      }
      write_work_list((submission / (fmt::format("task-{}", task))).string(), grid, own);
    }
    write_whole_file((submission / "job.sh").string(), script(submission, command));
    output = run_shell_command(sbatch(request, slurm_job_name(grid, folder), submission, tasks));
  } catch (const Error&) {
    withdraw();
    throw;
  }
  if (!output.found || output.status != 0) {
    withdraw();
    throw InputError(output.found ? "--launcher slurm: Slurm refuses the job: " + output.first_line()
                                  : "--launcher slurm: there is no sbatch in PATH");
  }
  // "17" or "17;cluster".
  return {output.out.substr(0, output.out.find_first_of(";\n")), tasks};
}

}  // namespace idlewatt
