// The messages that a worker process sends to its parent, through a pipe between two processes of one program.
#pragma once

#include <string>
#include <string_view>

#include "base/exit_status.hpp"
#include "run/simulation.hpp"

namespace idlewatt {

/// A file descriptor that is closed when its owner is destroyed.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close();

 private:
  int release();

  int number_ = -1;
};

/// The two ends of a new pipe. open_pipe() throws Error when the system has none left.
struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};
Pipe open_pipe();

/// The child's side. Each function returns false when the parent is gone.
bool send_progress(const Descriptor& pipe, const Progress& progress);
bool send_result(const Descriptor& pipe, const RunResult& result);
bool send_failure(const Descriptor& pipe, ExitStatus status, std::string_view message);

/// The parent's side. It accepts bytes in pieces of any size.
class MessageReader {
 public:
  /// The kind of a complete message.
  enum class Kind { none, progress, result, failure };

  /// Reads the bytes that are there, and blocks when there are none. Returns false at the end of the pipe.
  bool read_from(const Descriptor& pipe);
  /// Takes the next complete message out of the buffer, and sets the argument of its kind.
  Kind next(Progress& progress, RunResult& result, ExitStatus& status, std::string& message);

 private:
  std::string buffer_;
};

}  // namespace idlewatt
