// `idlewatt trace formats`: the table of trace formats.
#include <iostream>

#include "cli/commands.hpp"
#include "traffic/trace_format.hpp"

namespace idlewatt {

namespace {

/// Text that may stand in a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' ? "\\|" : std::string(1, c);
  }
  return result;
}

void print_page() {
  std::cout << "# Trace formats\n\n"
               "Made by `idlewatt trace formats --markdown` from the readers' own table. `format` in a scenario and "
               "`--format`\n"
               "take a name of the first column; without it, the file itself tells. Any text format may be compressed "
               "by gzip.\n\n"
               "| format | files | recognised by | times | tokens a hash | what is lost |\n"
               "|---|---|---|---|---|---|\n";
  for (const TraceFormat& format : trace_formats()) {
    std::cout << "| `" << format.name << "` | " << cell(format.summary) << " | " << cell(format.recognised_by) << " | "
              << cell(format.times) << " | " << (format.blocks.empty() ? "no hashes" : cell(format.blocks)) << " | "
              << (format.lost.empty() ? "nothing" : cell(format.lost)) << " |\n";
  }
}

ExitStatus execute(const CommandLine& line) {
  if (line.has("markdown")) {
    print_page();
    return ExitStatus::ok;
  }
  for (const TraceFormat& format : trace_formats()) {
    std::cout << format.name << "\n  " << format.summary << "\n  recognised by " << format.recognised_by
              << "\n  times: " << format.times
              << "\n  tokens a hash: " << (format.blocks.empty() ? "no hashes" : format.blocks)
              << "\n  lost: " << (format.lost.empty() ? "nothing" : format.lost) << "\n";
  }
  return ExitStatus::ok;
}

}  // namespace

Command trace_formats_command() {
  return {{.name = "trace formats",
           .summary = "List the trace formats: how each is recognised, its units, what is lost.",
           .options = {{.name = "markdown", .help = "write workloads/FORMATS.md"}},
           .example = "idlewatt trace formats --markdown > workloads/FORMATS.md"},
          execute};
}

}  // namespace idlewatt
