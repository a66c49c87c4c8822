// `idlewatt grid show` and `grid status`: what there is to do, and what is done.
#include <cmath>
#include <iostream>
#include <map>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/sweep/estimate.hpp"
#include "cli/sweep/options.hpp"
#include "cli/text/text.hpp"
#include "sweep/slurm.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kFew = 20;

std::int64_t size_of(std::size_t count) {
  return static_cast<std::int64_t>(count);
}

void print_axes(const SweepFile& file) {
  for (const SweepAxis& axis : file.axes) {
    std::vector<std::string> labels;
    constexpr std::size_t most = 12;
    for (const SweepChoice& choice : axis.choices) {
      if (labels.size() == most) {
        labels.push_back(counted(size_of(axis.choices.size() - most), "other", "others"));
        break;
      }
      labels.push_back(choice.label);
    }
    std::cout << "  " << axis.name << ": " << listed(labels) << "\n";
  }
  if (!file.seeds.empty()) {
    std::cout << "  " << counted(size_of(file.seeds.size()), "seed", "seeds") << "\n";
  }
}

ExitStatus show(const CommandLine& line) {
  SelectedSweep selected = select_sweep(line);
  Sweep& grid = selected.grid;
  const std::size_t points = grid.points().size();
  std::cout << grid.file().title << "\n  base: " << grid.file().base << "\n";
  print_axes(grid.file());
  std::cout << counted(size_of(points), "point", "points");
  if (grid.excluded() > 0) {
    std::cout << ", " << counted(size_of(grid.excluded()), "combination", "combinations") << " excluded";
  }
  if (!grid.impossible().empty()) {
    std::cout << ", " << grouped(size_of(grid.impossible().size())) << " left out that do not fit";
  }
  const SweepEstimate estimate = estimate_sweep(grid);
  const int jobs = processes_at_once(line);
  const double wall_s =
      estimate.point_s * static_cast<double>(points) / std::min<double>(jobs, static_cast<double>(points));
  std::cout << "\nabout " << duration(std::max(1.0, std::round(wall_s))) << " with --jobs " << jobs << ": "
            << grouped(std::llround(estimate.requests)) << " requests a point, a microsecond each\n";
  const std::size_t shown = line.has("all") ? points : std::min(points, kFew);
  for (std::size_t i = 0; i < shown; ++i) {
    std::cout << "  " << grid.points()[i].id << "  " << grid.points()[i].name << "\n";
  }
  if (shown < points) {
    std::cout << "  ... and " << counted(size_of(points - shown), "other", "others") << " (--all)\n";
  }
  if (line.has("all")) {
    for (const auto& [name, reason] : grid.impossible()) {
      std::cout << "  does not fit: " << name << ": " << reason << "\n";
    }
  }
  return ExitStatus::ok;
}

ExitStatus status(const CommandLine& line) {
  const SelectedSweep selected = select_sweep(line);
  const Sweep& grid = selected.grid;
  const bool known = selected.folder.holds(grid);
  std::map<PointState, std::size_t> counts;
  std::vector<SweepFailure> failures;
  for (std::size_t i = 0; i < grid.points().size(); ++i) {
    const PointState state = known ? selected.folder.state(grid.points()[i]) : PointState::waiting;
    ++counts[state];
    if (state == PointState::failed) {
      failures.push_back({i, selected.folder.failure(grid.points()[i]).value_or("")});
    }
  }
  std::cout << counted(size_of(grid.points().size()), "point", "points") << ": " << counts[PointState::done]
            << " done, " << counts[PointState::running] << " running, " << counts[PointState::failed] << " failed, "
            << counts[PointState::waiting] << " to do\n";
  if (submitted_to_slurm(selected.folder)) {
    const SlurmQueue queue = ask_queue(slurm_job_name(grid, selected.folder));
    if (!queue.reachable) {
      std::cout << "Slurm does not answer: " << queue.problem << "\n";
    } else if (queue.jobs.empty()) {
      std::cout << "Slurm has no job of this grid\n";
    } else {
      std::cout << "Slurm has " << (queue.jobs.size() == 1 ? "job " : "jobs ") << listed(queue.jobs) << ": "
                << counted(size_of(queue.running), "task", "tasks") << " running, " << queue.pending << " waiting\n";
    }
  }
  print_sweep_failures(grid, failures);
  return ExitStatus::ok;
}

}  // namespace

Command sweep_show_command() {
  CommandSpec spec{.name = "grid show",
                   .summary = "List the points of a grid and estimate how long they take.",
                   .positional = "GRID",
                   .options = sweep_options(),
                   .example = "idlewatt grid show scenarios/grids/fleet-choice.yaml"};
  spec.options.push_back({.name = "all", .help = "list all points, and what was left out because it does not fit"});
  spec.options.push_back(
      {.name = "jobs", .short_name = "j", .argument = "N", .help = "points at a time, for the estimate"});
  return {std::move(spec), show};
}

Command sweep_status_command() {
  return {{.name = "grid status",
           .summary = "Say what of a grid is done, running, failed and still to do.",
           .positional = "GRID",
           .options = sweep_options(),
           .example = "idlewatt grid status scenarios/grids/fleet-choice.yaml"},
          status};
}

}  // namespace idlewatt
