// The subcommands. Each stands in the source file of its name.
#pragma once

#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "cli/options/command_line.hpp"

namespace idlewatt {

/// A subcommand: its declaration and its function. `execute` throws InputError, OutputError or Error.
struct Command {
  CommandSpec spec;
  ExitStatus (*execute)(const CommandLine& line) = nullptr;
};

Command init_command();
Command import_command();
Command export_command();
Command run_command();
Command check_command();
Command size_command();
Command sweep_show_command();
Command sweep_run_command();
Command sweep_status_command();
Command sweep_results_command();
Command validate_command();
Command calibrate_command();
Command trace_formats_command();
Command trace_stats_command();
Command trace_convert_command();
Command trace_cut_command();
Command trace_generate_command();
Command catalog_command();
Command physics_command();
Command compare_command();
Command bill_command();
Command feed_command();
Command report_command();
Command format_command();
Command schema_command();
Command completion_command();
Command man_command();
Command help_command();
Command version_command();

/// All subcommands, in the order in which help lists them.
std::vector<Command> commands();

/// The subcommands that begin with the word `group` ("trace"), or have it as their name.
std::vector<Command> commands_in(const std::string& group);

/// The text of `idlewatt trace --help`.
std::string group_help(const std::string& group);

/// The text of `idlewatt --help`.
std::string program_help();

/// The meaning of each exit status, a line each.
std::string exit_status_help();

/// The program with its version: "idlewatt 0.1.0".
std::string program_version();

/// The text of `idlewatt version`: program_version(), and the version of the built-in Python.
std::string version_text();

/// The option --platforms, for every subcommand that reads the catalogue.
OptionSpec platforms_option();

/// The folder that --platforms names; without the option, the catalogue that comes with the program.
std::string platforms_directory(const CommandLine& line);

/// Runs the whole program with the arguments after its name. Returns the exit status. Throws nothing.
int run_program(const std::vector<std::string>& arguments);

}  // namespace idlewatt
