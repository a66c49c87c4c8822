#include <algorithm>
#include <iostream>

#include "app/commands.hpp"
#include "app/text.hpp"
#include "units/error.hpp"

namespace idlewatt {

namespace {

ExitStatus help(const CommandLine& line) {
  const std::string topic = line.positional();
  if (topic.empty()) {
    std::cout << program_help();
    return ExitStatus::ok;
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (command.spec.name == topic) {
      std::cout << help_text(command.spec);
      return ExitStatus::ok;
    }
    names.push_back(command.spec.name);
  }
  throw InputError("idlewatt help: no subcommand `" + topic + "` (" + suggestion(topic, names) + ")");
}

}  // namespace

std::string program_help() {
  std::string text =
      "idlewatt: what serving a language model costs in joules, dollars, grams and milliseconds, idle waste included\n"
      "\n"
      "Usage: idlewatt SUBCOMMAND ...\n"
      "\n";
  std::size_t widest = 0;
  for (const Command& command : commands()) {
    widest = std::max(widest, command.spec.name.size());
  }
  for (const Command& command : commands()) {
    const std::string padding(widest - command.spec.name.size() + 2, ' ');
    text += "  " + command.spec.name + padding + command.spec.summary + "\n";
  }
  text +=
      "\n"
      "`idlewatt SUBCOMMAND --help` lists its options.\n"
      "\n"
      "Exit status:\n"
      "    0  ok\n"
      "    1  the simulator failed: an internal error, its books do not balance, or a process of it died\n"
      "    2  bad input: command line, scenario, catalogue or trace; nothing was written\n"
      "    3  the result could not be written\n"
      "  130  interrupted by Ctrl-C or SIGTERM; what was complete is kept\n"
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
