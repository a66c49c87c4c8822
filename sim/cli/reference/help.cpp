#include <algorithm>
#include <iostream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

ExitStatus help(const CommandLine& line) {
  const std::string topic = line.positional();
  if (topic.empty()) {
    std::cout << program_help();
    return ExitStatus::ok;
  }
  const std::vector<Command> found = commands_in(topic);
  if (!found.empty()) {
    std::cout << (found.size() == 1 ? help_text(found.front().spec) : group_help(topic));
    return ExitStatus::ok;
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.spec.name.substr(0, command.spec.name.find(' ')));
  }
  throw InputError("idlewatt help: no subcommand `" + topic + "` (" + suggestion(topic, names) + ")");
}

/// A line for each command.
std::string summaries(const std::vector<Command>& listed) {
  std::size_t widest = 0;
  for (const Command& command : listed) {
    widest = std::max(widest, command.spec.name.size());
  }
  std::string text;
  for (const Command& command : listed) {
    const std::string padding(widest - command.spec.name.size() + 2, ' ');
    text += "  " + command.spec.name + padding + command.spec.summary + "\n";
  }
  return text;
}

}  // namespace

std::string group_help(const std::string& group) {
  return "Usage: idlewatt " + group + " SUBCOMMAND ...\n\n" + summaries(commands_in(group)) + "\n`idlewatt " + group +
         " SUBCOMMAND --help` lists its options.\n";
}

std::string exit_status_help() {
  return "    0  ok\n"
         "    1  the simulator failed: an internal error, its books do not balance, or a process of it died;\n"
         "     also when `size` finds no fleet that meets the SLO, or a run is what `--fail-if` names\n"
         "    2  bad input: command line, scenario, catalogue or trace; nothing was written\n"
         "    3  the result could not be written\n"
         "  130  interrupted by Ctrl-C or SIGTERM; what was complete is kept\n";
}

std::string program_help() {
  std::string text =
      "idlewatt: what serving a language model costs in joules, dollars, grams and milliseconds, idle waste included\n"
      "\n"
      "Usage: idlewatt SUBCOMMAND ...\n"
      "\n";
  text += summaries(commands());
  text +=
      "\n"
      "`idlewatt SUBCOMMAND --help` lists its options.\n"
      "\n"
      "Exit status:\n" +
      exit_status_help() +
      "\n"
      "Example: idlewatt run scenarios/quickstart.yaml\n";
  return text;
}

Command help_command() {
  return {{.name = "help",
           .summary = "Print this, or the help of a subcommand.",
           .positional = "[SUBCOMMAND]",
           .example = "idlewatt help run"},
          help};
}

}  // namespace idlewatt
