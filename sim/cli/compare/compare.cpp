#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>

#include "base/error.hpp"
#include "cli/bill/cost_notes.hpp"
#include "cli/commands.hpp"
#include "cli/compare/text.hpp"
#include "cli/options/select.hpp"
#include "cli/results/finished_runs.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

namespace fs = std::filesystem;

std::vector<ComparedFile> read_files(const std::vector<std::string>& arguments) {
  std::vector<ComparedFile> files;
  for (const std::string& argument : arguments) {
    const std::vector<std::string> paths =
        fs::is_directory(argument) ? finished_runs(argument, std::cerr) : std::vector<std::string>{argument};
    for (const std::string& path : paths) {
      if (!fs::exists(path)) {
        throw InputError(path + ": no such file");
      }
      files.push_back({path, read_result(path)});
      if (!files.back().result.complete) {
        throw InputError(
            path +
            ": is incomplete: the run was stopped, or is still going; `idlewatt recover` shows what is whole in it");
      }
    }
  }
  return files;
}

ExitStatus execute(const CommandLine& line) {
  const int formats = line.has("csv") + line.has("json") + line.has("markdown");
  if (formats > 1) {
    throw InputError("idlewatt compare: only one of `--csv`, `--json` and `--markdown` at a time");
  }
  const std::vector<ComparedFile> files = read_files(line.positionals());
  if (files.size() < 2) {
    throw InputError(fmt::format("idlewatt compare: {} is one run; expected at least two", files.front().path));
  }
  const std::vector<RunGroup> groups = grouped_by_seed(files);
  const bool all = line.has("all");
  if (line.has("csv")) {
    std::cout << compare_csv(groups, measures_to_compare(true, groups));
  } else if (line.has("json")) {
    std::cout << compare_json(groups, measures_to_compare(true, groups));
  } else if (line.has("markdown")) {
    std::cout << compare_markdown(groups, measures_to_compare(all, groups));
  } else {
    std::cout << compare_table(groups, measures_to_compare(all, groups), style_of_stdout());
  }
  CostNotes notes;
  for (const ComparedFile& file : files) {
    notes.add(file.path);
  }
  std::ostream& out = formats == 0 ? std::cout : std::cerr;
  for (const std::string& note : notes.sentences()) {
    out << note << '\n';
  }
  return ExitStatus::ok;
}

}  // namespace

Command compare_command() {
  return {{.name = "compare",
           .summary = "Show how results differ from the first; with confidence intervals over seeds.",
           .positional = "RUN.h5|DIR...",
           .options = {{.name = "all", .help = "every measure, not just those of the table that run prints"},
                       {.name = "csv", .help = "print comma-separated values: all measures, every digit"},
                       {.name = "json", .help = "print JSON: all measures, every digit"},
                       {.name = "markdown", .help = "print a table of Markdown"}},
           .example = "idlewatt compare out/quickstart/a100-static.h5 out/quickstart/a100-hpa.h5"},
          execute};
}

}  // namespace idlewatt
