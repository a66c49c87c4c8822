#include "sweep/worker_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>
#include <new>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "sweep/stop_signal.hpp"
#include "sweep/worker_pipe.hpp"

namespace idlewatt {

namespace {

constexpr std::chrono::milliseconds kWatchEvery{100};

/// The child: runs the job, tells the parent, and ends without the parent's destructors and exit handlers.
[[noreturn]] void work(const Job& job, const Descriptor& pipe, pid_t parent) {
  std::signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // a simulation nobody waits for should not go on
  if (getppid() != parent) {
    _exit(static_cast<int>(ExitStatus::internal));
  }
  dup2(STDERR_FILENO, STDOUT_FILENO);  // standard output belongs to the parent's answer
  bool told = false;
  auto last = std::chrono::steady_clock::time_point{};
  const auto report = [&](const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last >= kWatchEvery) {
      last = now;
      send_progress(pipe, progress);
    }
  };
  try {
    told = send_result(pipe, job(report));
  } catch (const InputError& error) {
    told = send_failure(pipe, ExitStatus::bad_input, error.what());
  } catch (const OutputError& error) {
    told = send_failure(pipe, ExitStatus::cannot_write, error.what());
  } catch (const std::bad_alloc&) {
    told = send_failure(pipe, ExitStatus::internal, "out of memory");
  } catch (const std::exception& error) {
    told = send_failure(pipe, ExitStatus::internal, error.what());
  }
  std::fflush(nullptr);
  _exit(static_cast<int>(told ? ExitStatus::ok : ExitStatus::internal));
}

struct Worker {
  pid_t process = 0;
  std::size_t number = 0;
  Descriptor pipe;
  MessageReader messages = {};
  JobReport report = {};
};

/// Forks a child for one job. The parent's buffered output must be empty, or both would print it.
Worker start(const JobStream::Next& next) {
  Pipe pipe = open_pipe();
  std::fflush(nullptr);
  const pid_t parent = getpid();
  hold_stop_signals();
  const pid_t process = fork();
  if (process == 0) {
    pipe.read_end.close();
    work(next.job, pipe.write_end, parent);
  }
  accept_stop_signals();
  if (process < 0) {
    throw Error(std::string("cannot start a worker process: ") + std::strerror(errno));
  }
  Worker worker{.process = process, .number = next.number, .pipe = std::move(pipe.read_end)};
  worker.report.state = JobReport::State::running;
  return worker;
}

void take_messages(Worker& worker) {
  JobReport& report = worker.report;
  for (;;) {
    switch (worker.messages.next(report.progress, report.result, report.status, report.message)) {
      case MessageReader::Kind::none:
        return;
      case MessageReader::Kind::progress:
        break;
      case MessageReader::Kind::result:
        report.state = report.result.interrupted ? JobReport::State::interrupted : JobReport::State::done;
        report.progress.simulated_s = report.result.simulated_s;
        report.progress.requests = report.result.costs.requests;
        break;
      case MessageReader::Kind::failure:
        report.state = JobReport::State::failed;
        break;
    }
  }
}

/// The pipe has ended: collects the process, and explains a death without a last word.
void finish(Worker& worker) {
  JobReport& report = worker.report;
  int status = 0;
  rusage usage{};
  while (wait4(worker.process, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  constexpr std::int64_t kib = 1024;
  report.peak_bytes = usage.ru_maxrss * kib;
  if (report.state != JobReport::State::running) {
    return;
  }
  if (stop_requests() > 0) {
    report.state = JobReport::State::interrupted;
    return;
  }
  report.state = JobReport::State::failed;
  report.status = ExitStatus::internal;
  report.died = true;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    report.message = fmt::format("its process died by signal {} ({}){}", signal, strsignal(signal),
                                 signal == SIGKILL ? ", perhaps for want of memory: try fewer --jobs" : "");
  } else {
    report.message = fmt::format("its process ended without a result (exit status {})", WEXITSTATUS(status));
  }
}

/// Takes what the workers say, and takes leave of those that have ended.
void wait_for_messages(std::vector<Worker>& workers, const JobStream& stream) {
  std::vector<pollfd> descriptors;
  descriptors.reserve(workers.size());
  for (const Worker& worker : workers) {
    descriptors.push_back({worker.pipe.get(), POLLIN, 0});
  }
  if (poll(descriptors.data(), descriptors.size(), static_cast<int>(kWatchEvery.count())) <= 0) {
    return;  // nothing new, or a signal came
  }
  for (std::size_t i = 0; i < workers.size(); ++i) {
    if (descriptors[i].revents == 0) {
      continue;
    }
    Worker& worker = workers[i];
    const bool more = worker.messages.read_from(worker.pipe);
    take_messages(worker);
    if (!more) {
      finish(worker);
      worker.pipe.close();
    }
    // A job that has said its result has not ended before its process has.
    if (!more || worker.report.state == JobReport::State::running) {
      stream.changed(worker.number, worker.report);
    }
  }
  std::erase_if(workers, [](const Worker& worker) { return !worker.pipe.is_open(); });
}

/// Starts what may run.
void fill(std::vector<Worker>& workers, const JobStream& stream, const PoolLimits& limits,
          std::optional<JobStream::Next>& held_back) {
  while (static_cast<int>(workers.size()) < limits.at_once) {
    if (!workers.empty() && limits.may_start && !limits.may_start(static_cast<int>(workers.size()))) {
      return;
    }
    std::optional<JobStream::Next> next = held_back ? std::exchange(held_back, std::nullopt) : stream.next();
    if (!next) {
      return;
    }
    try {
      workers.push_back(start(*next));
      stream.changed(next->number, workers.back().report);
    } catch (const Error& error) {
      if (!workers.empty()) {
        held_back = std::move(next);  // the system is short of processes: try again when one of ours has ended
        return;
      }
      JobReport report;
      report.state = JobReport::State::failed;
      report.status = ExitStatus::internal;
      report.message = error.what();
      stream.changed(next->number, report);
    }
  }
}

}  // namespace

void run_stream(const JobStream& stream, const PoolLimits& limits) {
  accept_stop_signals();
  std::vector<Worker> workers;
  std::optional<JobStream::Next> held_back;
  auto watched = std::chrono::steady_clock::time_point{};
  int passed_on = 0;
  for (;;) {
    const int requests = stop_requests();
    if (requests > passed_on) {
      for (const Worker& worker : workers) {
        kill(worker.process, requests == 1 ? SIGTERM : SIGKILL);
      }
      passed_on = requests;
    }
    if (requests == 0) {
      fill(workers, stream, limits, held_back);
    }
    if (workers.empty()) {
      return;
    }
    wait_for_messages(workers, stream);
    const auto now = std::chrono::steady_clock::now();
    if (stream.watch && now - watched >= kWatchEvery) {
      watched = now;
      stream.watch();
    }
  }
}

std::vector<JobReport> run_jobs(const std::vector<Job>& jobs, int at_once,
                                const std::function<void(const std::vector<JobReport>&)>& watch) {
  std::vector<JobReport> reports(jobs.size());
  std::size_t started = 0;
  run_stream({.next = [&]() -> std::optional<JobStream::Next> {
                if (started == jobs.size()) {
                  return std::nullopt;
                }
                const std::size_t number = started++;
                return JobStream::Next{number, jobs[number]};
              },
              .changed =
                  [&](std::size_t number, const JobReport& report) {
                    reports[number] = report;
                    watch(reports);
                  }},
             {.at_once = at_once});
  return reports;
}

}  // namespace idlewatt
