#include <algorithm>
#include <iostream>
#include <new>

#include "app/commands.hpp"
#include "app/text.hpp"
#include "units/error.hpp"

namespace idlewatt {

namespace {

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.spec.name);
  }
  return names;
}

ExitStatus dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    std::cerr << program_help();
    return ExitStatus::bad_input;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h") {
    std::cout << program_help();
    return ExitStatus::ok;
  }
  if (name == "--version") {
    std::cout << program_version() << "\n";
    return ExitStatus::ok;
  }
  for (const Command& command : commands()) {
    if (command.spec.name != name) {
      continue;
    }
    const CommandLine line = parse_command_line(command.spec, {std::next(arguments.begin()), arguments.end()});
    if (line.has("help")) {
      std::cout << help_text(command.spec);
      return ExitStatus::ok;
    }
    return command.execute(line);
  }
  if (name.starts_with("-")) {
    throw InputError("idlewatt: unknown option `" + name + "` (" + suggestion(name, {"--help", "--version"}) + ")");
  }
  throw InputError("idlewatt: unknown subcommand `" + name + "` (" + suggestion(name, command_names()) + ")");
}

ExitStatus complain(const std::exception& error, ExitStatus status, const char* prefix = "") {
  std::cerr << prefix << error.what() << "\n";
  return status;
}

ExitStatus guarded(const std::vector<std::string>& arguments) {
  try {
    const ExitStatus status = dispatch(arguments);
    if (!std::cout.flush()) {
      throw OutputError("idlewatt: cannot write to standard output");
    }
    return status;
  } catch (const InputError& error) {
    return complain(error, ExitStatus::bad_input);
  } catch (const OutputError& error) {
    return complain(error, ExitStatus::cannot_write);
  } catch (const std::bad_alloc&) {
    std::cerr << "idlewatt: out of memory\n";
    return ExitStatus::internal;
  } catch (const std::exception& error) {
    return complain(error, ExitStatus::internal, "idlewatt: internal error: ");
  }
}

}  // namespace

std::vector<Command> commands() {
  return {run_command(), check_command(), catalog_command(), help_command(), version_command()};
}

OptionSpec platforms_option() {
  return {.name = "platforms",
          .argument = "DIR",
          .help = "folder of the catalogue (default: the one that comes with idlewatt)"};
}

std::string platforms_directory(const CommandLine& line) {
  return line.value("platforms").value_or(IDLEWATT_SOURCE_DIR "/platforms");
}

int run_program(const std::vector<std::string>& arguments) {
  return static_cast<int>(guarded(arguments));
}

}  // namespace idlewatt
