#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/claims/run_claims.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/options/simgrid_options.hpp"
#include "cli/run/outcome.hpp"
#include "cli/run/parts.hpp"
#include "cli/run/progress_line.hpp"
#include "cli/run/uncertainty.hpp"
#include "sweep/recorded_run.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

namespace {

/// What --uncertainty asks for, drawn; nothing without it.
std::optional<Uncertainty> drawn(const CommandLine& line, const Selection& selection) {
  const std::optional<std::uint64_t> draws = draws_wanted(line);
  return draws ? std::optional(draw_uncertainty(selection.scenarios, *draws)) : std::nullopt;
}

/// Takes the draws' reports, which stand behind those of the scenarios: the draws of the first, then of the second...
/// Says which failed; those that could not be run with what was drawn are no failure of ours.
ExitStatus take_draws(const Selection& selection, const std::vector<JobReport>& reports, Uncertainty& uncertainty) {
  const std::size_t scenarios = selection.scenarios.size();
  std::map<std::string, std::int64_t> failures;
  ExitStatus status = ExitStatus::ok;
  for (std::size_t i = 0; i < scenarios; ++i) {
    for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
      const JobReport& report = reports[scenarios + i * uncertainty.draws() + draw];
      if (report.state == JobReport::State::done) {
        uncertainty.summaries[i][draw] = report.result.summary;
      } else if (report.state == JobReport::State::failed) {
        ++failures[report.message];
        status = report.status == ExitStatus::bad_input ? status : ExitStatus::internal;
      }
    }
  }
  for (const auto& [message, count] : failures) {
    std::cerr << "--uncertainty: " << count << " of " << scenarios * uncertainty.draws()
              << " runs are left out: " << message << "\n";
  }
  return status;
}

void write_draws(const Selection& selection, const Uncertainty& uncertainty) {
  std::vector<std::string> variants;
  for (const Scenario& scenario : selection.scenarios) {
    variants.push_back(scenario.variant);
  }
  write_whole_file(uncertainty_path(selection), uncertainty_csv(uncertainty, variants));
}

ExitStatus execute(const CommandLine& line) {
  if (const std::optional<ClaimList> claims = claims_of(line)) {
    return run_claims(line, *claims);
  }
  if (line.has("markdown")) {
    throw InputError("--markdown: " + line.positional() +
                     " has no `claim:` and no `claims:`; expected a file that has");
  }
  std::vector<SloCondition> failures;
  for (const std::string& text : line.values("fail-if")) {
    std::ranges::move(parse_conditions(text, "--fail-if"), std::back_inserter(failures));
  }
  const Selection selection = select(line);
  std::optional<Uncertainty> uncertainty = drawn(line, selection);
  const int at_once = processes_at_once(line);
  const std::vector<std::string>& simgrid_arguments = line.after_dashes();
  check_simgrid_options(simgrid_arguments, selection.scenarios.front());
  const bool json = line.has("json");

  const OutputFolder folder(selection.directory);
  refuse_collisions(selection, line.has("force"));
  std::vector<Job> jobs;
  std::vector<double> horizons_s;
  for (std::size_t i = 0; i < selection.scenarios.size(); ++i) {
    jobs.emplace_back([&, i](const std::function<void(const Progress&)>& report) {
      return simulate(selection.scenarios[i], result_path(selection, i), simgrid_arguments, report);
    });
    horizons_s.push_back(to_seconds(selection.scenarios[i].horizon));
  }
  for (std::size_t i = 0; uncertainty && i < selection.scenarios.size(); ++i) {
    for (std::size_t draw = 0; draw < uncertainty->draws(); ++draw) {
      jobs.emplace_back([&, i, draw](const std::function<void(const Progress&)>& report) {
        return simulate_draw(selection.scenarios[i], *uncertainty, draw, simgrid_arguments, report);
      });
      horizons_s.push_back(to_seconds(selection.scenarios[i].horizon));
    }
  }
  std::vector<JobReport> reports;
  {
    ProgressLine progress(!json && stderr_is_terminal(), horizons_s);
    reports = run_jobs(jobs, at_once, [&](const std::vector<JobReport>& now) { progress.draw(now); });
  }
  const bool interrupted = was_interrupted(reports);
  ExitStatus draws_status = ExitStatus::ok;
  if (uncertainty) {
    draws_status = take_draws(selection, reports, *uncertainty);
    reports.resize(selection.scenarios.size());
  }
  remove_parts_of_bad_input(selection, reports);
  print_failures(selection, reports);
  write_index_of(selection, reports);
  if (interrupted) {
    std::cerr << interruption_text(selection, reports) << "\n";
    return ExitStatus::interrupted;
  }
  const ExitStatus status = overall_status(reports);
  if (uncertainty && status == ExitStatus::ok) {
    write_draws(selection, *uncertainty);
  }
  const Uncertainty* shown = uncertainty && status == ExitStatus::ok ? &*uncertainty : nullptr;
  json ? print_json(selection, reports, shown) : print_summary(selection, reports, shown);
  if (status != ExitStatus::ok || draws_status != ExitStatus::ok) {
    return status == ExitStatus::ok ? draws_status : status;
  }
  return any_fails(selection, reports, failures) ? ExitStatus::no : ExitStatus::ok;
}

}  // namespace

Command run_command() {
  CommandSpec spec{.name = "run",
                   .summary = "Simulate a scenario, all its variants, and show what they cost.",
                   .positional = "SCENARIO",
                   .options = selection_options(),
                   .example = "idlewatt run scenarios/quickstart.yaml --set pools.chat.replicas.start=4 -o out/four",
                   .simgrid_arguments = true};
  spec.options.push_back(
      {.name = "force", .help = "replace results of another scenario that stand in the folder under the same names"});
  spec.options.push_back({.name = "fail-if",
                          .argument = "CONDITIONS",
                          .help =
                              "exit with status 1 if a variant is so, such as \"ttft p99 > 1 s, cost > 100\"; may be "
                              "repeated",
                          .repeatable = true});
  spec.options.push_back({.name = "json", .help = "print the answer as JSON, and nothing else"});
  spec.options.push_back({.name = "markdown", .help = "print the answer to claims as a page in Markdown"});
  spec.options.push_back(
      {.name = "uncertainty",
       .argument = "N",
       .help =
           "run N times more, with every figure that has a range drawn from it; show what that does to the answer"});
  spec.options.push_back(
      {.name = "jobs", .short_name = "j", .argument = "N", .help = "variants at a time (default: one per core)"});
  return {std::move(spec), execute};
}

}  // namespace idlewatt
