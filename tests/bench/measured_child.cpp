#include "bench/measured_child.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace idlewatt {
namespace {

/// Waits for the child; wall time since `start` and peak memory.
Measurement reap(pid_t pid, std::chrono::steady_clock::time_point start, const std::string& what) {
  int status = 0;
  rusage usage{};
  if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error(what + " failed");
  }
  Measurement result;
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  result.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_bytes = static_cast<double>(usage.ru_maxrss) * 1024.0;
  return result;
}

}  // namespace

double cpu_now_s() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Measurement measure(const std::function<Tally()>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    throw std::runtime_error("no pipe");
  }
  std::fflush(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    try {
      const Tally done = work();
      _exit(write(ends[1], &done, sizeof done) == static_cast<ssize_t>(sizeof done) ? 0 : 1);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  close(ends[1]);
  Tally done;
  const bool told = read(ends[0], &done, sizeof done) == static_cast<ssize_t>(sizeof done);
  close(ends[0]);
  Measurement result = reap(pid, start, "a measurement");
  if (!told) {
    throw std::runtime_error("a measurement said nothing");
  }
  result.tally = done;
  return result;
}

Measurement measure_program(const std::vector<std::string>& command) {
  std::fflush(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  return reap(pid, start, command.front());
}

}  // namespace idlewatt
