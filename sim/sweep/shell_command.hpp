// Runs other programs: sbatch, squeue.
#pragma once

#include <string>
#include <vector>

namespace idlewatt {

struct CommandOutput {
  bool found = true;  ///< false: the program does not exist
  int status = 0;     ///< exit status; 128 + signal for a program that was killed
  std::string out;
  std::string err;

  /// The first line that is not blank, of standard error, otherwise of standard output.
  std::string first_line() const;
};

/// Runs `words[0]`, looked up in PATH, with the other words as arguments, and waits for it. Throws Error when the
/// system cannot supply a process or a pipe.
CommandOutput run_shell_command(const std::vector<std::string>& words);

/// The text as one word of a POSIX shell: in single quotes unless it is plain, such as `out/my-run`.
std::string shell_quoted(const std::string& text);

}  // namespace idlewatt
