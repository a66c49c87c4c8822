// The commands of a container as words, from lists of arguments or from a shell script, with variables replaced.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "manifests/tree.hpp"

namespace idlewatt {

/// The variables of a container's environment, or of a script.
using Variables = std::map<std::string, Stated>;

/// A command with its arguments.
using Words = std::vector<Stated>;

/// The commands that a container runs, in order. `words` is its `command` followed by its `args`; `$(NAME)` in them is
/// replaced as Kubernetes does. If the container starts a shell with `-c`, the commands are those of the script.
/// Quotes, comments, `export`, `$NAME` and `${NAME:-text}` are understood; loops and conditions are not.
std::vector<Words> commands_of(const Words& words, const Variables& environment);

/// The words of one line, divided as a shell does.
Words words_of_line(const Stated& line, const Variables& variables);

}  // namespace idlewatt
