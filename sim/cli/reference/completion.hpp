// Completion for shells: the candidates for the word that is being typed.
#pragma once

#include <string>
#include <vector>

namespace idlewatt {

/// Candidates for the last of `words`, the words after `idlewatt` on a command line: subcommands, options, and values
/// of options that name things (variants of the scenario on the line, entries of the catalogue, formats). In a list
/// with commas, candidates are for its last part and include the parts before it. All candidates begin with the typed
/// text. Empty where only file names make sense. Never throws, since a shell has no use for messages.
std::vector<std::string> completions(const std::vector<std::string>& words);

}  // namespace idlewatt
