// `idlewatt man`: the manual, made from what --help prints.
#include <iostream>
#include <sstream>

#include "cli/commands.hpp"

namespace idlewatt {
namespace {

/// Text for troff: backslashes and dashes are its own, and so is a dot or an apostrophe at the start of a line.
std::string escaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool line_starts = i == 0 || text[i - 1] == '\n';
    result += line_starts && (c == '.' || c == '\'') ? "\\&" : "";
    result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  return result;
}

void put_command(std::ostream& out, const CommandSpec& spec) {
  out << ".SS \"idlewatt " << escaped(spec.name) << (spec.positional.empty() ? "" : " " + escaped(spec.positional))
      << "\"\n"
      << escaped(spec.summary) << "\n";
  for (const OptionSpec& option : spec.options) {
    out << ".TP\n.B " << (option.short_name.empty() ? "" : escaped("-" + option.short_name) + ", ")
        << escaped("--" + option.name);
    out << (option.argument.empty() ? "" : " \\fI" + escaped(option.argument) + "\\fR") << "\n"
        << escaped(option.help) << "\n";
  }
  out << ".PP\nExample:\n.PP\n.nf\n    " << escaped(spec.example) << "\n.fi\n";
}

ExitStatus print_manual(const CommandLine&) {
  std::ostringstream page;
  page << ".TH IDLEWATT 1 \"\" \"" << program_version() << "\" \"User Commands\"\n"
       << ".SH NAME\nidlewatt \\- what serving a language model costs in joules, dollars, grams and milliseconds\n"
       << ".SH SYNOPSIS\n.B idlewatt\n.I SUBCOMMAND ...\n"
       << ".SH DESCRIPTION\n"
       << "idlewatt simulates a data centre that serves language models: this traffic, on that fleet, under these "
          "policies. It says what that costs, and how much of it is idle waste.\n"
       << ".SH SUBCOMMANDS\n";
  for (const Command& command : commands()) {
    put_command(page, command.spec);
  }
  page << ".SH EXIT STATUS\n.nf\n" << escaped(exit_status_help()) << ".fi\n";
  std::cout << page.str();
  return ExitStatus::ok;
}

}  // namespace

Command man_command() {
  return {{.name = "man", .summary = "Print the manual page, for `man -l`.", .example = "idlewatt man"}, print_manual};
}

}  // namespace idlewatt
