#include "in_child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace idlewatt {
namespace {

[[noreturn]] void child(int pipe, const std::function<std::string()>& work) noexcept {
  // The test framework's handlers would report a second failure from here.
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGTERM}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit minute{.rlim_cur = 60, .rlim_max = 60};
  setrlimit(RLIMIT_CPU, &minute);
  const std::string bytes = work();
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t more = write(pipe, bytes.data() + written, bytes.size() - written);
    if (more < 0) {
      std::abort();
    }
    written += static_cast<std::size_t>(more);
  }
  _exit(0);  // not through the destructors of the test program
}

}  // namespace

ChildReport in_child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    throw std::runtime_error("no pipe");
  }
  const pid_t pid = fork();
  if (pid < 0) {
    throw std::runtime_error("no child");
  }
  if (pid == 0) {
    close(ends[0]);
    child(ends[1], work);
  }
  close(ends[1]);
  ChildReport report;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = read(ends[0], buffer.data(), buffer.size());
    if (count == 0 || (count < 0 && errno != EINTR)) {
      break;
    }
    report.bytes.append(buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return report;
}

}  // namespace idlewatt
