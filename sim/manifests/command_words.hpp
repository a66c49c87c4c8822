// The commands of a container as words, from lists of arguments or from a shell script, with variables replaced.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "manifests/tree.hpp"

namespace idlewatt {

/// The variables of a container's environment, or of a script.
using Variables = std::map<std::string, Stated>;

/// The words of a command, its program first, or arguments alone.
using Words = std::vector<Stated>;

/// A command with its arguments.
struct ShellCommand {
  Words words = {};
  bool background = false;  ///< true: the next command does not wait for its end
};

/// The commands that a container runs, in order. `words` is its `command` followed by its `args`; `$(NAME)` in them is
/// replaced as Kubernetes does. If the container starts a shell with `-c`, the commands are those of the script.
/// Quotes, comments, `export`, `$NAME` and `${NAME:-text}` are understood; loops and conditions are not.
std::vector<ShellCommand> commands_of(const Words& words, const Variables& environment);

/// The words of one line, divided as a shell does.
Words words_of_line(const Stated& line, const Variables& variables);

/// The program of a path: "bash" of "/bin/bash".
std::string program_name(const std::string& path);

/// Whether a program is a shell.
bool is_shell(const std::string& program);

}  // namespace idlewatt
