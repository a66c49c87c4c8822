#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>
#include <iterator>
#include <new>
#include <sstream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/reference/completion.hpp"
#include "cli/results/recover.hpp"
#include "cli/text/text.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {

namespace {

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    const std::string name = command.spec.name.substr(0, command.spec.name.find(' '));
    if (names.empty() || names.back() != name) {
      names.push_back(name);
    }
  }
  return names;
}

ExitStatus execute(const Command& command, const std::vector<std::string>& arguments) {
  const CommandLine line = parse_command_line(command.spec, arguments);
  if (line.has("help")) {
    std::cout << help_text(command.spec);
    return ExitStatus::ok;
  }
  return command.execute(line);
}

/// A subcommand of two words, such as `trace stats`.
ExitStatus dispatch_in(const std::vector<Command>& group, const std::string& name,
                       const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    std::cerr << group_help(name);
    return ExitStatus::bad_input;
  }
  const std::string& second = arguments[1];
  if (second == "--help" || second == "-h") {
    std::cout << group_help(name);
    return ExitStatus::ok;
  }
  std::vector<std::string> names;
  for (const Command& command : group) {
    if (command.spec.name == name + " " + second) {
      return execute(command, {std::next(arguments.begin(), 2), arguments.end()});
    }
    names.push_back(command.spec.name.substr(name.size() + 1));
  }
  throw InputError(fmt::format("idlewatt {}: unknown subcommand `{}` ({})", name, second, suggestion(second, names)));
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
    std::cout << version_text();
    return ExitStatus::ok;
  }
  if (name == "complete") {  // asked by the scripts of `idlewatt completion`, behind `--`
    for (const std::string& candidate :
         completions({arguments.begin() + std::min<std::ptrdiff_t>(2, std::ssize(arguments)), arguments.end()})) {
      std::cout << candidate << "\n";
    }
    return ExitStatus::ok;
  }
  const std::vector<Command> group = commands_in(name);
  if (group.size() == 1) {
    return execute(group.front(), {std::next(arguments.begin()), arguments.end()});
  }
  if (!group.empty()) {
    return dispatch_in(group, name, arguments);
  }
  if (name.starts_with("-")) {
    throw InputError(
        fmt::format("idlewatt: unknown option `{}` ({})", name, suggestion(name, {"--help", "--version"})));
  }
  throw InputError(fmt::format("idlewatt: unknown subcommand `{}` ({})", name, suggestion(name, command_names())));
}

ExitStatus complain(const std::exception& error, ExitStatus status, const char* prefix = "") {
  std::cerr << prefix << shorter_quotes(error.what()) << "\n";
  return status;
}

/// A line for each of several problems.
ExitStatus complain_of_each(const SeveralErrors& error) {
  std::istringstream lines(error.what());
  for (std::string line; std::getline(lines, line);) {
    std::cerr << shorter_quotes(line) << "\n";
  }
  return ExitStatus::bad_input;
}

ExitStatus guarded(const std::vector<std::string>& arguments) {
  try {
    const ExitStatus status = dispatch(arguments);
    if (!std::cout.flush()) {
      throw OutputError("idlewatt: cannot write to standard output");
    }
    return status;
  } catch (const SeveralErrors& error) {
    return complain_of_each(error);
  } catch (const InputError& error) {
    return complain(error, ExitStatus::bad_input);
  } catch (const OutputError& error) {
    return complain(error, ExitStatus::cannot_write);
  } catch (const std::filesystem::filesystem_error& error) {  // a name too long, links in a circle, no permission
    std::cerr << error.path1().string() << ": " << error.code().message() << "\n";
    return ExitStatus::bad_input;
  } catch (const std::bad_alloc&) {
    std::cerr << "idlewatt: out of memory\n";
    return ExitStatus::internal;
  } catch (const std::exception& error) {
    return complain(error, ExitStatus::internal, "idlewatt: internal error: ");
  }
}

}  // namespace

std::vector<Command> commands() {
  return {init_command(),          import_command(),        export_command(),         run_command(),
          check_command(),         size_command(),          sweep_show_command(),     sweep_run_command(),
          sweep_status_command(),  sweep_results_command(), catalog_command(),        physics_command(),
          validate_command(),      calibrate_command(),     trace_formats_command(),  trace_stats_command(),
          trace_convert_command(), trace_cut_command(),     trace_generate_command(), compare_command(),
          bill_command(),          feed_command(),          report_command(),         recover_command(),
          format_command(),        schema_command(),        completion_command(),     man_command(),
          help_command(),          version_command()};
}

std::vector<Command> commands_in(const std::string& group) {
  std::vector<Command> found;
  for (Command& command : commands()) {
    if (command.spec.name == group || command.spec.name.starts_with(group + " ")) {
      found.push_back(std::move(command));
    }
  }
  return found;
}

OptionSpec platforms_option() {
  return {.name = "platforms",
          .argument = "DIR",
          .help = "folder of the catalogue (default: the one that comes with idlewatt)"};
}

std::string platforms_directory(const CommandLine& line) {
  return line.value("platforms").value_or(data_directory() + "/platforms");
}

int run_program(const std::vector<std::string>& arguments) {
  return static_cast<int>(guarded(arguments));
}

}  // namespace idlewatt
