// Runs simulations in processes of their own (SimGrid allows one Engine per process), several at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/exit_status.hpp"
#include "datacenter/simulation.hpp"

namespace idlewatt {

/// What the parent knows of one job.
struct JobReport {
  enum class State {
    waiting,  ///< not started (at the end: never, because a stop was asked for)
    running,
    done,         ///< `result` is complete
    interrupted,  ///< stopped by a signal of ours; `progress` says how far it came
    failed,       ///< `status` and `message` say why
  };

  State state = State::waiting;
  Progress progress;
  RunResult result;
  ExitStatus status = ExitStatus::ok;
  std::string message;  ///< one line
};

/// Works in a forked child: calls `report` now and then, returns the result or throws.
using Job = std::function<RunResult(const std::function<void(const Progress&)>& report)>;

/// Runs every job, at most `at_once` at a time, and returns their reports in the order of the jobs. `watch` sees all
/// reports about ten times a second. When a stop is requested (stop_signal.hpp) it is passed on to the running jobs
/// and no more are started; a second request kills them. Jobs begin with stop signals held: a job that looks at
/// stop_requested() calls accept_stop_signals() once it is ready for them.
std::vector<JobReport> run_jobs(const std::vector<Job>& jobs, int at_once,
                                const std::function<void(const std::vector<JobReport>&)>& watch);

}  // namespace idlewatt
