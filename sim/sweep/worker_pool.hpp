// Runs simulations in processes of their own, several at a time. (SimGrid allows one Engine per process.)
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "run/simulation.hpp"

namespace idlewatt {

/// The state of a job, as the parent knows it.
struct JobReport {
  enum class State {
    waiting,  ///< not started (at the end: never, because a stop was requested)
    running,
    done,         ///< `result` is complete
    interrupted,  ///< stopped by a signal of ours; `progress` tells how far it came
    failed,       ///< `status` and `message` give the reason
  };

  State state = State::waiting;
  Progress progress;
  RunResult result;
  ExitStatus status = ExitStatus::ok;
  std::string message;          ///< one line
  bool died = false;            ///< failed because its process died without a message; another try may succeed
  std::int64_t peak_bytes = 0;  ///< peak memory of its process, once it has ended
};

/// Runs in a forked child. Calls `report` from time to time; returns the result or throws.
using Job = std::function<RunResult(const std::function<void(const Progress&)>& report)>;

/// Jobs that are made as workers become free, so that a hundred thousand jobs need not exist at once.
struct JobStream {
  struct Next {
    std::size_t number = 0;  ///< number that the caller chooses, for `changed`
    Job job;                 ///< the parent drops its copy, and the data in it, once the child runs
  };
  std::function<std::optional<Next>()> next;  ///< nothing: no job for now (it is called again after every end of a job)
  /// Called when a job starts, reports progress or ends.
  std::function<void(std::size_t number, const JobReport& report)> changed;
  std::function<void()> watch = {};  ///< called about ten times a second; may be empty
};

/// The number of jobs that run at a time.
struct PoolLimits {
  int at_once = 1;
  /// Called before a job is started beside `running` others (one job is always allowed); may be empty.
  std::function<bool(int running)> may_start = {};
};

/// Runs jobs until there are no more. A requested stop (stop_signal.hpp) is passed on to the running jobs, and no more
/// jobs are started; a second request kills the running jobs. Jobs begin with stop signals blocked: a job that checks
/// stop_requested() calls accept_stop_signals() once it is ready for them.
void run_stream(const JobStream& stream, const PoolLimits& limits);

/// Runs every job, at most `at_once` at a time. Returns their reports in the order of the jobs. `watch` gets all
/// reports about ten times a second. Stops as run_stream() does.
std::vector<JobReport> run_jobs(const std::vector<Job>& jobs, int at_once,
                                const std::function<void(const std::vector<JobReport>&)>& watch);

}  // namespace idlewatt
