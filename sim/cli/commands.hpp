// The subcommands. Each stands in the file of its name.
#pragma once

#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "cli/command_line.hpp"

namespace idlewatt {

/// A subcommand: what it takes, and what it does. `execute` throws InputError, OutputError or Error.
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

/// All of them, in the order in which help lists them.
std::vector<Command> commands();

/// The subcommands that begin with the word `group` ("trace"), or are called so.
std::vector<Command> commands_in(const std::string& group);

/// The text of `idlewatt trace --help`.
std::string group_help(const std::string& group);

/// The text of `idlewatt --help`.
std::string program_help();

/// What each exit status means, a line each.
std::string exit_status_help();

/// "idlewatt 0.1.0".
std::string program_version();

/// What `idlewatt version` prints: that, and which Python is built in.
std::string version_text();

/// --platforms, for every subcommand that reads the catalogue.
OptionSpec platforms_option();

/// The folder that it names, or else the one of the catalogue that comes with the program.
std::string platforms_directory(const CommandLine& line);

/// The whole program: everything after its name in, exit status out. Throws nothing.
int run_program(const std::vector<std::string>& arguments);

}  // namespace idlewatt
