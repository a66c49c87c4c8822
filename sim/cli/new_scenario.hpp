// A first scenario from a few answers: what `idlewatt init` writes, and what `idlewatt size` searches without a file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace idlewatt {

/// A fact that a new scenario needs: the option that states it, and the question that asks for it without the option.
struct Question {
  std::string option;     ///< "requests-per-day"
  std::string argument;   ///< "N"
  std::string asks;       ///< "How many requests a day?"
  std::string help;       ///< of the option
  std::string otherwise;  ///< the answer of who just presses Enter; empty: there is none
};

/// All of them, in the order in which they are asked.
const std::vector<Question>& new_scenario_questions();
std::vector<OptionSpec> new_scenario_options();

/// The answers, by option.
using Answers = std::map<std::string, std::string>;

/// The answers that the command line gives; of those that it does not give, the ones that go without saying. Throws
/// InputError that names an option without which there is no scenario.
Answers answers_of(const CommandLine& line);

/// The words of a list that commas divide, without the spaces around them.
std::vector<std::string> words_of(const std::string& list);

/// A scenario and the workload that it names.
struct NewScenario {
  std::string scenario;  ///< text of a scenario file, with comments
  std::string workload;  ///< text of a workload file
};

/// Writes both. `workload_file` is what the scenario calls the workload. The workload is the day of chat that comes with
/// idlewatt at another rate, and with other means of the token lengths where these are answered. Throws InputError.
NewScenario new_scenario(const Answers& answers, const std::string& workload_file);

}  // namespace idlewatt
