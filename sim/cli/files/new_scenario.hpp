// A first scenario made from a few answers: `idlewatt init` writes it, and `idlewatt size` without a file searches it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/command_line.hpp"

namespace idlewatt {

/// A fact that a new scenario needs: the option that states it, and the question that is asked when the option is
/// missing.
struct Question {
  std::string option;     ///< "requests-per-day"
  std::string argument;   ///< "N"
  std::string asks;       ///< "How many requests a day?"
  std::string help;       ///< help of the option
  std::string otherwise;  ///< answer for an empty line; empty when there is none
};

/// All questions, in the order in which they are asked.
const std::vector<Question>& new_scenario_questions();
std::vector<OptionSpec> new_scenario_options();

/// The answers by option.
using Answers = std::map<std::string, std::string>;

/// The answers of the command line, and the default answers for missing options. Throws InputError that names a missing
/// option without a default.
Answers answers_of(const CommandLine& line);

/// The words of a list with commas, without the spaces around them.
std::vector<std::string> words_of(const std::string& list);

/// A scenario and the workload that it names.
struct NewScenario {
  std::string scenario;  ///< text of a scenario file, with comments
  std::string workload;  ///< text of a workload file
};

/// Makes the scenario and its workload. `workload_file` is the workload's path in the scenario. The workload is the day
/// of chat that comes with idlewatt, with the answered rate and, where answered, other mean token lengths. Throws
/// InputError.
NewScenario new_scenario(const Answers& answers, const std::string& workload_file);

}  // namespace idlewatt
