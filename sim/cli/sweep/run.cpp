// `idlewatt grid run`: the points of a grid, here or through Slurm.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <optional>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/options/simgrid_options.hpp"
#include "cli/sweep/answer.hpp"
#include "cli/sweep/options.hpp"
#include "cli/sweep/progress.hpp"
#include "cli/sweep/slurm.hpp"
#include "cli/text/text.hpp"
#include "sweep/work_list.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kRowsShown = 40;

std::string count(std::size_t number) {
  return grouped(static_cast<std::int64_t>(number));
}

/// All points, or those that this process was told to look after.
std::vector<std::size_t> own_points(const CommandLine& line, const Sweep& grid) {
  if (line.has("shard") && line.has("work-list")) {
    throw InputError("idlewatt grid run: --shard and --work-list do not go together (expected one of them)");
  }
  if (const auto list = line.value("work-list")) {
    return read_work_list(*list, grid);
  }
  return points_of_shard(grid, line.has("shard") ? parse_shard(*line.value("shard")) : Shard{});
}

std::string describe(const LocalOutcome& outcome) {
  const SweepProgress& p = outcome.progress;
  std::string text = counted(static_cast<std::int64_t>(p.points), "point", "points") + ": " + count(p.done) + " done";
  if (p.found_done > 0) {
    text += " (" + count(p.found_done) + " before)";
  }
  if (p.failed > 0) {
    text += ", " + count(p.failed) + " failed";
  }
  if (p.elsewhere > 0) {
    text += ", " + count(p.elsewhere) + " with another process";
  }
  if (const std::size_t rest = p.points - p.done - p.failed - p.elsewhere; rest > 0) {
    text += ", " + count(rest) + " to do";
  }
  return text;
}

ExitStatus status_of(const LocalOutcome& outcome) {
  if (outcome.interrupted) {
    return ExitStatus::interrupted;
  }
  if (!outcome.cannot_write.empty()) {
    return ExitStatus::cannot_write;
  }
  return outcome.progress.failed > 0 ? ExitStatus::internal : ExitStatus::ok;
}

bool all_done(const SelectedSweep& selected) {
  const std::vector<SweepPoint>& points = selected.grid.points();
  return std::all_of(points.begin(), points.end(),
                     [&](const SweepPoint& point) { return selected.folder.is_done(point); });
}

ExitStatus run_here(const CommandLine& line, SelectedSweep& selected) {
  const std::vector<std::size_t> points = own_points(line, selected.grid);
  const bool is_part = line.has("shard") || line.has("work-list");
  LocalOptions options;
  options.at_once = processes_at_once(line);
  options.retry_failed = line.has("retry-failed");
  options.setting = {program_version(), line.after_dashes()};
  if (!line.after_dashes().empty()) {
    check_simgrid_options(line.after_dashes(), selected.grid.scenario(selected.grid.points().front()));
  }
  selected.folder.prepare(selected.grid);
  LocalOutcome outcome;
  {
    SweepProgressLine progress;
    outcome = run_points(selected.grid, selected.folder, points, options,
                         [&](const SweepProgress& now) { progress.draw(now); });
  }
  print_sweep_failures(selected.grid, outcome.failures);
  print_sweep_failures(selected.grid, outcome.lost);
  if (!outcome.cannot_write.empty()) {
    std::cerr << outcome.cannot_write << "\n";
  }
  const ExitStatus status = status_of(outcome);
  if (outcome.interrupted) {
    std::cerr << "interrupted; " << describe(outcome) << "; the same command goes on\n";
    return status;
  }
  const bool whole = !is_part && outcome.progress.done == outcome.progress.points;
  if (whole) {
    selected.folder.tidy(selected.grid);
    print_results(selected, write_results(selected, outcome.summaries), {}, kRowsShown);
  }
  std::cout << describe(outcome) << "\n";
  return status;
}

/// What a task of Slurm runs: this command again, with absolute paths.
TaskCommand task_command(const CommandLine& line, const SelectedSweep& selected, int cpus) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  TaskCommand words{error ? "idlewatt" : self.string(),
                    "grid",
                    "run",
                    fs::absolute(selected.grid.file().path).string(),
                    "--output",
                    fs::absolute(selected.folder.path()).string(),
                    "--jobs",
                    std::to_string(cpus),
                    "--platforms",
                    fs::absolute(platforms_directory(line)).string()};
  for (const std::string& assignment : line.values("set")) {
    words.insert(words.end(), {"--set", assignment});
  }
  if (const auto most = line.value("max-points")) {
    words.insert(words.end(), {"--max-points", *most});
  }
  if (line.has("retry-failed")) {
    words.emplace_back("--retry-failed");
  }
  return words;
}

ExitStatus run_in_slurm(const CommandLine& line, SelectedSweep& selected) {
  if (!line.after_dashes().empty()) {
    throw InputError("idlewatt grid run: SimGrid's options do not go with --launcher slurm");
  }
  const int cpus = static_cast<int>(line.number("cpus", 1).value_or(1));
  const ExitStatus status =
      launch_in_slurm(line, selected, own_points(line, selected.grid), task_command(line, selected, cpus), cpus);
  if (line.has("wait") && status == ExitStatus::ok && all_done(selected)) {
    selected.folder.tidy(selected.grid);
    print_results(selected, write_results(selected), {}, kRowsShown);
  }
  return status;
}

ExitStatus execute(const CommandLine& line) {
  const std::string launcher = line.value("launcher").value_or("local");
  if (launcher != "local" && launcher != "slurm") {
    throw InputError("--launcher: unknown launcher `" + launcher + "` (" + suggestion(launcher, {"local", "slurm"}) +
                     ")");
  }
  if (launcher == "local") {
    for (const OptionSpec& option : slurm_options()) {
      if (line.has(option.name)) {
        throw InputError("--" + option.name + " goes with --launcher slurm");
      }
    }
  }
  SelectedSweep selected = select_sweep(line);
  return launcher == "slurm" ? run_in_slurm(line, selected) : run_here(line, selected);
}

}  // namespace

Command sweep_run_command() {
  CommandSpec spec{.name = "grid run",
                   .summary = "Run the points of a grid that are not done, here or as a job array of Slurm.",
                   .positional = "GRID",
                   .options = sweep_options(),
                   .example = "idlewatt grid run scenarios/grids/fleet-choice.yaml --jobs 2",
                   .simgrid_arguments = true};
  std::vector<OptionSpec> more{
      {.name = "jobs", .short_name = "j", .argument = "N", .help = "points at a time (default: one per core)"},
      {.name = "retry-failed", .help = "run points again that failed before"},
      {.name = "shard", .argument = "I/N", .help = "only every N-th point, from the I-th on, which counts from 0"},
      {.name = "work-list", .argument = "FILE", .help = "only the points whose ids stand in this file, one a line"},
      {.name = "launcher", .argument = "NAME", .help = "local or slurm (default: local)"},
  };
  spec.options.insert(spec.options.end(), more.begin(), more.end());
  const std::vector<OptionSpec> of_slurm = slurm_options();
  spec.options.insert(spec.options.end(), of_slurm.begin(), of_slurm.end());
  return {std::move(spec), execute};
}

}  // namespace idlewatt
