#include "app/worker_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/stop_signal.hpp"
#include "app/worker_pipe.hpp"
#include "units/error.hpp"

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
  std::size_t job = 0;
  Descriptor pipe;
  MessageReader messages;
};

/// Forks a child for one job. The parent's buffered output must be empty, or both would print it.
Worker start(const std::vector<Job>& jobs, std::size_t job) {
  Pipe pipe = open_pipe();
  std::fflush(nullptr);
  const pid_t parent = getpid();
  hold_stop_signals();
  const pid_t process = fork();
  if (process == 0) {
    pipe.read_end.close();
    work(jobs[job], pipe.write_end, parent);
  }
  accept_stop_signals();
  if (process < 0) {
    throw Error(std::string("cannot start a worker process: ") + std::strerror(errno));
  }
  return {process, job, std::move(pipe.read_end), {}};
}

void take_messages(Worker& worker, JobReport& report) {
  for (;;) {
    switch (worker.messages.next(report.progress, report.result, report.status, report.message)) {
      case MessageReader::Kind::none:
        return;
      case MessageReader::Kind::progress:
        break;
      case MessageReader::Kind::result:
        report.state = report.result.interrupted ? JobReport::State::interrupted : JobReport::State::done;
        report.progress.simulated_s = report.result.simulated_s;
        report.progress.queries = report.result.costs.queries;
        break;
      case MessageReader::Kind::failure:
        report.state = JobReport::State::failed;
        break;
    }
  }
}

/// The pipe has ended: collects the process, and explains a death without a last word.
void finish(const Worker& worker, JobReport& report) {
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (report.state != JobReport::State::running) {
    return;
  }
  if (stop_requests() > 0) {
    report.state = JobReport::State::interrupted;
    return;
  }
  report.state = JobReport::State::failed;
  report.status = ExitStatus::internal;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    report.message = "its process died by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")" +
                     (signal == SIGKILL ? ", perhaps for want of memory: try fewer --jobs" : "");
  } else {
    report.message = "its process ended without a result (exit status " + std::to_string(WEXITSTATUS(status)) + ")";
  }
}

void wait_for_messages(std::vector<Worker>& workers, std::vector<JobReport>& reports) {
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
    take_messages(worker, reports[worker.job]);
    if (!more) {
      finish(worker, reports[worker.job]);
      worker.pipe.close();
    }
  }
  std::erase_if(workers, [](const Worker& worker) { return !worker.pipe.is_open(); });
}

}  // namespace

std::vector<JobReport> run_jobs(const std::vector<Job>& jobs, int at_once,
                                const std::function<void(const std::vector<JobReport>&)>& watch) {
  accept_stop_signals();
  std::vector<JobReport> reports(jobs.size());
  std::vector<Worker> workers;
  std::size_t next = 0;
  int passed_on = 0;
  for (;;) {
    const int requests = stop_requests();
    if (requests > passed_on) {
      for (const Worker& worker : workers) {
        kill(worker.process, requests == 1 ? SIGTERM : SIGKILL);
      }
      passed_on = requests;
    }
    while (requests == 0 && next < jobs.size() && static_cast<int>(workers.size()) < at_once) {
      try {
        workers.push_back(start(jobs, next));
        reports[next].state = JobReport::State::running;
        ++next;
      } catch (const Error& error) {
        if (!workers.empty()) {
          break;  // the system is short of processes: try again when one of ours has ended
        }
        reports[next].state = JobReport::State::failed;
        reports[next].status = ExitStatus::internal;
        reports[next].message = error.what();
        ++next;
      }
    }
    if (workers.empty()) {
      break;
    }
    wait_for_messages(workers, reports);
    watch(reports);
  }
  return reports;
}

}  // namespace idlewatt
