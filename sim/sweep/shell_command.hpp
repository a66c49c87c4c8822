// Programs of others: sbatch, squeue.
#pragma once

#include <string>
#include <vector>

namespace idlewatt {

struct CommandOutput {
  bool found = true;  ///< false: there is no such program
  int status = 0;     ///< exit status; 128 + signal for one that was killed
  std::string out;
  std::string err;

  /// The first line that says something, of standard error or else of standard output.
  std::string first_line() const;
};

/// Runs `words[0]`, looked for in PATH, with the others as arguments, and waits for it. Throws Error when the system
/// has no process or pipe to give.
CommandOutput run_shell_command(const std::vector<std::string>& words);

/// The text as one word of a POSIX shell: in single quotes unless it is plain, such as `out/my-run`.
std::string shell_quoted(const std::string& text);

}  // namespace idlewatt
