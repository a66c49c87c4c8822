#include "sweep/shell_command.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "sweep/worker_pipe.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace idlewatt {
namespace {

/// What a new process does with its descriptors.
class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }

  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void open_nothing(int to) { posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", O_RDONLY, 0); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Reads both to their ends.
void drain(Descriptor& out, std::string& out_text, Descriptor& err, std::string& err_text) {
  std::array<char, 4096> buffer{};
  while (out.is_open() || err.is_open()) {
    std::array<pollfd, 2> ends{{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      Descriptor& end = i == 0 ? out : err;
      if (!end.is_open() || ends[i].revents == 0) {
        continue;
      }
      const ssize_t count = ::read(end.get(), buffer.data(), buffer.size());
      if (count > 0) {
        (i == 0 ? out_text : err_text).append(buffer.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        end.close();
      }
    }
  }
}

}  // namespace

std::string CommandOutput::first_line() const {
  for (const std::string& text : {err, out}) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start != std::string::npos) {
      return text.substr(start, text.find('\n', start) - start);
    }
  }
  return fmt::format("exit status {}", status);
}

CommandOutput run_shell_command(const std::vector<std::string>& words) {
  Pipe out = open_pipe();
  Pipe err = open_pipe();
  SpawnActions actions;
  actions.open_nothing(STDIN_FILENO);
  actions.duplicate(out.write_end.get(), STDOUT_FILENO);
  actions.duplicate(err.write_end.get(), STDERR_FILENO);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  CommandOutput result;
  pid_t process = 0;
  const int error = posix_spawnp(&process, arguments[0], actions.get(), nullptr, arguments.data(), environ);
  if (error == ENOENT || error == EACCES) {
    result.found = false;
    return result;
  }
  if (error != 0) {
    throw Error(fmt::format("cannot start {}: {}", words.front(), std::strerror(error)));
  }
  out.write_end.close();
  err.write_end.close();
  drain(out.read_end, result.out, err.read_end, result.err);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string shell_quoted(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:+@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) {
    return text;
  }
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return result + "'";
}

}  // namespace idlewatt
