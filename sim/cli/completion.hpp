// What a shell offers for the word that is being typed.
#pragma once

#include <string>
#include <vector>

namespace idlewatt {

/// Candidates for the last of `words`, which stand behind `idlewatt` on a command line: subcommands, options, and the
/// values of options that name things: variants of the scenario on that line, entries of the catalogue, formats. In a
/// list that commas divide, candidates for its last part, each with the parts before it. All begin with what is typed.
/// Empty where only the names of files make sense. Never throws: a shell has no use for messages.
std::vector<std::string> completions(const std::vector<std::string>& words);

}  // namespace idlewatt
