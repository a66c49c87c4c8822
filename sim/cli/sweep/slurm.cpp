#include "cli/sweep/slurm.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <thread>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "cli/sweep/estimate.hpp"
#include "cli/sweep/progress.hpp"
#include "cli/text/text.hpp"
#include "sweep/stop_signal.hpp"

namespace idlewatt {

namespace {

constexpr double kTaskS = 300.0;  // a task should be worth the trouble of starting it
constexpr std::chrono::seconds kLookEvery{2};

std::int64_t size_of(std::size_t count) {
  return static_cast<std::int64_t>(count);
}

double quantity(const CommandLine& line, const std::string& option, Dimension dimension) {
  const auto text = line.value(option);
  if (!text) {
    return 0.0;
  }
  std::string problem;
  const auto value = parse_quantity(*text, dimension, problem);
  if (!value || *value <= 0.0) {
    throw InputError("--" + option + ": " +
                     (value ? "`" + *text + "` is not above 0; expected " + expected(dimension) : problem));
  }
  return *value;
}

SlurmRequest read_request(const CommandLine& line, Sweep& grid, int cpus) {
  SlurmRequest request;
  request.partition = line.value("partition").value_or("");
  request.account = line.value("account").value_or("");
  request.time_s = quantity(line, "time", Dimension::time);
  request.memory_bytes = quantity(line, "memory", Dimension::bytes);
  request.cpus = cpus;
  request.more = line.values("sbatch");
  for (const std::string& option : request.more) {
    if (!option.starts_with("--")) {
      throw InputError("--sbatch: `" + option + "` is no long option of sbatch; expected one such as `--qos=long`");
    }
  }
  if (const auto points = line.number("points-per-task", 1)) {
    request.points_per_task = *points;
  } else {
    request.points_per_task =
        static_cast<std::size_t>(std::max(1.0, std::floor(cpus * kTaskS / estimate_sweep(grid).point_s)));
  }
  return request;
}

/// Where the points stand.
struct Standing {
  std::size_t done = 0;
  std::vector<SweepFailure> failures;
};

Standing look(const SelectedSweep& selected, const std::vector<std::size_t>& points) {
  Standing standing;
  for (const std::size_t point : points) {
    const SweepPoint& one = selected.grid.points()[point];
    if (selected.folder.is_done(one)) {
      ++standing.done;
    } else if (const auto failure = selected.folder.failure(one)) {
      standing.failures.push_back({point, *failure});
    }
  }
  return standing;
}

/// Until the queue has no task of ours left, or everything is done. While the controller is away, results still come.
ExitStatus wait_for(const SelectedSweep& selected, const std::vector<std::size_t>& points, const std::string& name) {
  accept_stop_signals();
  const SweepProgressLine line;
  bool complained = false;
  for (;;) {
    const SlurmQueue queue = ask_queue(name);
    const Standing standing = look(selected, points);
    if (standing.done == points.size() || (queue.reachable && queue.jobs.empty())) {
      // The last files may have come between the two looks.
      const Standing last = look(selected, points);
      print_sweep_failures(selected.grid, last.failures);
      std::cout << counted(size_of(points.size()), "point", "points") << ": " << last.done << " done, "
                << last.failures.size() << " failed, " << points.size() - last.done - last.failures.size()
                << " to do\n";
      return last.done == points.size() ? ExitStatus::ok : ExitStatus::internal;
    }
    if (!queue.reachable && !complained) {
      std::cerr << "Slurm does not answer (" << queue.problem << "); waiting for it\n";
    }
    complained = !queue.reachable;
    line.draw(std::to_string(standing.done) + " of " + std::to_string(points.size()) + " points done, " +
              std::to_string(queue.running) + " tasks running, " + std::to_string(queue.pending) + " waiting");
    for (int i = 0; i < 20 && stop_requests() == 0; ++i) {
      std::this_thread::sleep_for(kLookEvery / 20);
    }
    if (stop_requests() > 0) {
      std::cerr << "no longer waiting; job " << listed(queue.jobs) << " goes on (`scancel --name=" << name
                << "` ends it)\n";
      return ExitStatus::interrupted;
    }
  }
}

}  // namespace

std::vector<OptionSpec> slurm_options() {
  return {
      {.name = "partition", .argument = "NAME", .help = "Slurm: partition"},
      {.name = "account", .argument = "NAME", .help = "Slurm: account"},
      {.name = "time", .argument = "TIME", .help = "Slurm: limit of a task, such as 2 h (default: the partition's)"},
      {.name = "memory", .argument = "SIZE", .help = "Slurm: memory of a task, such as 2 GB (default: the cluster's)"},
      {.name = "cpus", .argument = "N", .help = "Slurm: cores of a task, and points at a time in it (default: 1)"},
      {.name = "points-per-task",
       .argument = "N",
       .help = "Slurm: points that a task of the array runs (default: about five minutes' worth)"},
      {.name = "sbatch",
       .argument = "OPTION",
       .help = "Slurm: another option of sbatch, such as --sbatch=--qos=long; may be repeated",
       .repeatable = true},
      {.name = "wait", .help = "Slurm: wait until no task is left, and print the results"},
  };
}

ExitStatus launch_in_slurm(const CommandLine& line, SelectedSweep& selected, const std::vector<std::size_t>& points,
                           const TaskCommand& command, int cpus) {
  const SlurmRequest request = read_request(line, selected.grid, cpus);
  check_slurm();
  const std::string name = slurm_job_name(selected.grid, selected.folder);
  const SlurmQueue queue = ask_queue(name);
  if (!queue.reachable) {
    throw InputError("--launcher slurm: Slurm does not answer: " + queue.problem);
  }
  if (!queue.jobs.empty()) {
    throw InputError("--launcher slurm: job " + listed(queue.jobs) +
                     " already works on this grid; expected it to end, or `scancel " + listed(queue.jobs, " ") + "`");
  }
  const bool retry = line.has("retry-failed");
  std::vector<std::size_t> todo;
  std::size_t failed = 0;
  if (selected.folder.holds(selected.grid)) {
    for (const std::size_t point : points) {
      const SweepPoint& one = selected.grid.points()[point];
      if (selected.folder.is_done(one)) {
        continue;
      }
      if (!retry && selected.folder.failure(one)) {
        ++failed;
        continue;
      }
      todo.push_back(point);
    }
  } else {
    todo = points;
  }
  if (todo.empty()) {
    std::cout << "nothing to submit: " << points.size() - failed << " done, " << failed << " failed\n";
    return failed > 0 ? ExitStatus::internal : ExitStatus::ok;
  }
  selected.folder.prepare(selected.grid);
  const SlurmSubmission submission = submit_to_slurm(selected.grid, selected.folder, todo, request, command);
  std::cout << "job " << submission.job << ": " << counted(size_of(todo.size()), "point", "points") << " in "
            << counted(size_of(submission.tasks), "task", "tasks") << "\n"
            << std::flush;
  if (!line.has("wait")) {
    std::cout << "`idlewatt grid status` says how far it is, `scancel " << submission.job
              << "` ends it; what is done stays done\n";
    return ExitStatus::ok;
  }
  return wait_for(selected, points, name);
}

}  // namespace idlewatt
