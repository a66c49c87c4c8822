#include "results/format.hpp"

#include <iostream>

#include "cli/commands.hpp"

namespace idlewatt {

namespace {

ExitStatus execute(const CommandLine&) {
  std::cout << format_page();
  return ExitStatus::ok;
}

}  // namespace

Command format_command() {
  return {{.name = "format",
           .summary = "Describe the result files: every group, dataset, dimension, unit (as Markdown).",
           .example = "idlewatt format > analysis/FORMAT.md"},
          execute};
}

}  // namespace idlewatt
