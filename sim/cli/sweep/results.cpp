// `idlewatt grid results`: one table of all that is done.
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/sweep/answer.hpp"
#include "cli/sweep/table.hpp"
#include "cli/text/text.hpp"
#include "sweep/collect.hpp"

namespace idlewatt {

namespace {

ExitStatus results(const CommandLine& line) {
  const std::vector<std::string> names = line.values("measure");
  chosen_measures(names);  // before anything is written
  if (line.has("csv") && line.has("json")) {
    throw InputError("idlewatt grid results: --csv and --json do not go together (expected one of them)");
  }
  const SelectedSweep selected = select_sweep(line);
  if (!selected.folder.holds(selected.grid)) {
    throw InputError(selected.folder.path() + " holds no results yet; expected `idlewatt grid run` first");
  }
  const SweepResults all = write_results(selected);
  if (line.has("csv")) {
    std::cout << configurations_csv(all);
  } else if (line.has("json")) {
    std::cout << sweep_json(all);
  } else {
    constexpr std::size_t everything = 1'000'000;
    print_results(selected, all, names, everything);
  }
  if (const std::size_t missing = selected.grid.points().size() - all.runs.size(); missing > 0) {
    std::cerr << counted(static_cast<std::int64_t>(missing), "point is", "points are")
              << " not done: see `idlewatt grid "
              << "status`\n";
  }
  return ExitStatus::ok;
}

}  // namespace

SweepResults write_results(const SelectedSweep& selected, const SummaryByPoint& known) {
  SweepResults all = collect(selected.grid, selected.folder, known);
  const std::filesystem::path folder(selected.folder.path());
  write_whole_file((folder / "results.csv").string(), configurations_csv(all));
  write_whole_file((folder / "runs.csv").string(), runs_csv(all));
  write_whole_file((folder / "results.json").string(), sweep_json(all));
  write_sweep_results((folder / "results.h5").string(), all);
  return all;
}

void print_results(const SelectedSweep& selected, const SweepResults& all, const std::vector<std::string>& names,
                   std::size_t most_rows) {
  const TextStyle style = style_of_stdout();
  std::cout << bold(all.title, style) << "\n\n" << sweep_table(all, chosen_measures(names), most_rows) << "\n";
  std::cout << "All measures in " << (std::filesystem::path(selected.folder.path()) / "").string()
            << ": results.csv, runs.csv, results.json and results.h5, and a file per point in points/\n";
}

Command sweep_results_command() {
  CommandSpec spec{.name = "grid results",
                   .summary = "Collect the results of a grid in one table: CSV, JSON and HDF5.",
                   .positional = "GRID",
                   .options = sweep_options(),
                   .example = "idlewatt grid results scenarios/grids/fleet-choice.yaml --measure cost_usd"};
  spec.options.push_back({.name = "measure",
                          .argument = "NAME",
                          .help = "print this measure, such as ttft_s_p99; may be repeated (default: seven of them)",
                          .repeatable = true});
  spec.options.push_back({.name = "csv", .help = "print the table as CSV, and nothing else"});
  spec.options.push_back({.name = "json", .help = "print everything as JSON, and nothing else"});
  return {std::move(spec), results};
}

}  // namespace idlewatt
