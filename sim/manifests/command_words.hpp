// What a container runs, as words: lists of arguments, or a script of a shell, with variables filled in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "manifests/tree.hpp"

namespace idlewatt {

/// Variables of a container's environment, or of a script.
using Variables = std::map<std::string, Stated>;

/// A command with its arguments.
using Words = std::vector<Stated>;

/// The commands that a container runs, in order. `words` is its `command` with its `args` behind; `$(NAME)` in it is
/// replaced as Kubernetes does. Where it starts a shell with `-c`, the commands are those of the script: quotes,
/// comments, `export`, `$NAME` and `${NAME:-text}` are followed, loops and conditions are not.
std::vector<Words> commands_of(const Words& words, const Variables& environment);

/// The words of one line as a shell divides it.
Words words_of_line(const Stated& line, const Variables& variables);

}  // namespace idlewatt
