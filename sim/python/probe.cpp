#include "python/probe.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <variant>

#include "base/error.hpp"
#include "python/policies.hpp"

namespace idlewatt {
namespace {

// What the child says: a letter, and behind kWrong the message.
constexpr char kFine = '.';
constexpr char kStartsOff = '0';
constexpr char kStartsOn = '1';
constexpr char kWrong = '!';

// What is asked of a policy before it runs: what the program asks before time 0.
PythonFacts look(AutoscalePolicy& policy) {
  policy.at_zero();
  return {};
}
PythonFacts look(IdlePolicy& policy) {
  policy.shortest_wait();
  return {.starts_off = policy.starts_off()};
}
PythonFacts look(PowerPolicy& policy) {
  policy.overtaking();
  return {};
}
template <class Policy>
PythonFacts look(Policy& /*policy*/) {
  return {};
}

std::string look_at(const PythonChoice& choice) {
  try {
    const PythonSession session(0);
    const PluginPolicies policies = declare_python(choice);
    const PythonFacts facts = std::visit(
        [&]<class Family>(const Family&) { return look(*(policies.*Family::from_outside).front().make({})); },
        choice.family);
    return {!facts.starts_off ? kFine : *facts.starts_off ? kStartsOff : kStartsOn};
  } catch (const std::exception& error) {
    return kWrong + std::string(error.what());
  }
}

[[noreturn]] void child(const PythonChoice& choice, int out) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // What the class prints is no answer of the program, and is printed by the run as well.
  if (const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0) {
    dup2(nowhere, STDOUT_FILENO);
  }
  const std::string said = look_at(choice);
  for (std::size_t at = 0; at < said.size();) {
    const ssize_t written = write(out, said.data() + at, said.size() - at);
    if (written < 0 && errno != EINTR) {
      break;
    }
    at += written < 0 ? 0 : static_cast<std::size_t>(written);
  }
  _exit(0);
}

std::string read_all(int in) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = read(in, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return text;
    }
  }
}

}  // namespace

PythonFacts probe(const PythonChoice& choice) {
  const std::string who = fmt::format("class `{}` of `{}`", choice.class_name, choice.path);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    throw Error(who + " cannot be looked at: " + std::strerror(errno));
  }
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    child(choice, ends[1]);
  }
  close(ends[1]);
  const std::string said = process < 0 ? "" : read_all(ends[0]);
  close(ends[0]);
  if (process < 0) {
    throw Error(who + " cannot be inspected: no process could be started");
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (said.empty()) {
    throw Error(fmt::format("{} ended the process that looked at it{}; expected a constructor that returns or raises",
                            who,
                            WIFSIGNALED(status) ? std::string(": ") + strsignal(WTERMSIG(status)) : std::string()));
  }
  if (said.front() == kWrong) {
    throw Error(said.substr(1));
  }
  PythonFacts facts;
  if (said.front() != kFine) {
    facts.starts_off = said.front() == kStartsOff;
  }
  return facts;
}

std::shared_ptr<const Plugin> load_python_policy(const PythonChoice& choice) {
  const PythonFacts facts = probe(choice);
  return std::make_shared<const Plugin>(choice.path, declare_python(choice), facts.starts_off);
}

}  // namespace idlewatt
