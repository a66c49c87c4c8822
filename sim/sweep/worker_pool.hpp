// Runs simulations in processes of their own (SimGrid allows one Engine per process), several at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "run/simulation.hpp"

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
  std::string message;          ///< one line
  bool died = false;            ///< failed because its process died without a word: it may well succeed next time
  std::int64_t peak_bytes = 0;  ///< of its process, once it has ended
};

/// Works in a forked child: calls `report` now and then, returns the result or throws.
using Job = std::function<RunResult(const std::function<void(const Progress&)>& report)>;

/// Work that is drawn as workers become free, so that a hundred thousand jobs need not exist at once.
struct JobStream {
  struct Next {
    std::size_t number = 0;  ///< the caller's own, for `changed`
    Job job;                 ///< the parent drops its copy, and what that holds, once the child runs
  };
  std::function<std::optional<Next>()> next;  ///< nothing: no more (it is asked again after every end of a job)
  /// Something is new about a job: it runs, tells of its progress, has ended.
  std::function<void(std::size_t number, const JobReport& report)> changed;
  std::function<void()> watch = {};  ///< about ten times a second; may be empty
};

/// How many at a time.
struct PoolLimits {
  int at_once = 1;
  /// Asked before a job is started beside `running` others (one is always allowed); may be empty.
  std::function<bool(int running)> may_start = {};
};

/// Runs jobs until there are no more. When a stop is requested (stop_signal.hpp) it is passed on to the running jobs
/// and no more are started; a second request kills them. Jobs begin with stop signals held: a job that looks at
/// stop_requested() calls accept_stop_signals() once it is ready for them.
void run_stream(const JobStream& stream, const PoolLimits& limits);

/// Runs every job, at most `at_once` at a time, and returns their reports in the order of the jobs. `watch` sees all
/// reports about ten times a second. Stops as run_stream() does.
std::vector<JobReport> run_jobs(const std::vector<Job>& jobs, int at_once,
                                const std::function<void(const std::vector<JobReport>&)>& watch);

}  // namespace idlewatt
