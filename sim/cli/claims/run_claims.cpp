#include "cli/claims/run_claims.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "cli/claims/draws.hpp"
#include "cli/claims/text.hpp"
#include "cli/commands.hpp"
#include "cli/options/simgrid_options.hpp"
#include "cli/run/outcome.hpp"
#include "cli/run/parts.hpp"
#include "cli/run/progress_line.hpp"
#include "cli/text/text.hpp"
#include "scenario/site/cost_notes.hpp"

namespace idlewatt {

namespace {

namespace fs = std::filesystem;

void refuse(const CommandLine& line, const std::vector<std::string>& options) {
  for (const std::string& option : options) {
    if (line.has(option)) {
      throw InputError("--" + option + ": " + line.positional() +
                       " holds claims, which are judged as they are written");
    }
  }
}

/// Whether the file is a claim itself, rather than a list of some.
bool is_claim(const CommandLine& line, const ClaimList& list) {
  return list.files.size() == 1 && list.files.front() == line.positional();
}

/// What the claim runs. Results of several claims go to a folder each.
Selection scenarios_of(ScenarioSource& source, const std::string& file, const std::string& directory) {
  std::vector<Scenario> scenarios = source.read_all();
  for (const Scenario& scenario : scenarios) {
    require_us_dollars(scenario, "run");
  }
  return selection_of(std::move(scenarios), file, directory);
}

/// `wanted`, with "-2", "-3"... behind it where an earlier claim, of a file of the same name, has that folder.
std::string folder_of_its_own(const fs::path& wanted, const std::vector<ClaimCase>& earlier) {
  std::string folder = wanted.string();
  const auto taken = [&] {
    return std::any_of(earlier.begin(), earlier.end(),
                       [&](const ClaimCase& one) { return one.selection.directory == folder; });
  };
  for (int number = 2; taken(); ++number) {
    folder = wanted.string() + "-" + std::to_string(number);
  }
  return folder;
}

/// Stand-ins for the answers of simulations that have not run.
std::vector<ClaimRun> runs_to_be(const Selection& selection) {
  std::vector<ClaimRun> runs;
  for (const Scenario& scenario : selection.scenarios) {
    runs.push_back({scenario.variant, Summary{}});
  }
  return runs;
}

ClaimAnswer judged(const ClaimCase& one, const std::vector<JobReport>& reports) {
  std::vector<ClaimRun> runs = runs_to_be(one.selection);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].summary = reports[i].result.summary;
  }
  return judge(one.claim, claim_values(one.claim, *one.catalog, runs));
}

/// What is to be simulated for all claims: their scenarios one after the other, then the draws of each.
struct Work {
  std::vector<Job> jobs;
  std::vector<double> horizons_s;

  void add(const Scenario& scenario, Job job) {
    jobs.push_back(std::move(job));
    horizons_s.push_back(to_seconds(scenario.horizon));
  }
};

void add_scenarios(const ClaimCase& one, const std::vector<std::string>& simgrid_arguments, Work& work) {
  const Selection& selection = one.selection;
  for (std::size_t i = 0; i < selection.scenarios.size(); ++i) {
    work.add(selection.scenarios[i], [&selection, i, &simgrid_arguments](const auto& report) {
      return simulate(selection.scenarios[i], result_path(selection, i), simgrid_arguments, report);
    });
  }
}

void add_draws(const ClaimCase& one, const Uncertainty& uncertainty, const std::vector<std::string>& simgrid_arguments,
               Work& work) {
  for (const Scenario& scenario : one.selection.scenarios) {
    for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
      work.add(scenario, [&scenario, &uncertainty, draw, &simgrid_arguments](const auto& report) {
        return simulate_draw(scenario, uncertainty, draw, simgrid_arguments, report);
      });
    }
  }
}

/// Takes the next `count` reports.
std::vector<JobReport> take(std::vector<JobReport>::const_iterator& at, std::size_t count) {
  const auto begin = at;
  at += static_cast<std::ptrdiff_t>(count);
  return {begin, at};
}

/// The draws' summaries from their reports, and what they make of the claim.
DrawnVerdicts judged_draws(const ClaimCase& one, Uncertainty& uncertainty, std::vector<JobReport>::const_iterator& at) {
  for (std::size_t i = 0; i < one.selection.scenarios.size(); ++i) {
    for (std::optional<Summary>& summary : uncertainty.summaries[i]) {
      const JobReport& report = *at++;
      summary = report.state == JobReport::State::done ? std::optional(report.result.summary) : std::nullopt;
    }
  }
  return drawn_verdicts(one, uncertainty);
}

}  // namespace

std::optional<ClaimList> claims_of(const CommandLine& line) {
  load_options(line);  // whose mistakes come before those of the file
  return read_claim_list(line.positional());
}

std::vector<ClaimCase> read_claim_cases(const CommandLine& line, const ClaimList& list) {
  refuse(line, {"variant"});
  LoadOptions options = load_options(line);
  options.seed = line.number("seed", 0);
  const std::string directory = output_directory(line);
  const bool alone = is_claim(line, list);
  std::vector<ClaimCase> cases;
  Problems problems;
  for (const std::string& file : list.files) {
    problems.note([&] {
      ScenarioSource source(file, options);
      ClaimCase one;
      Problems of_file;
      of_file.note([&] { one.claim = read_claim(source); });
      of_file.note([&] {
        if (source.has_scenario()) {
          one.selection = scenarios_of(
              source, file, alone ? directory : folder_of_its_own(fs::path(directory) / fs::path(file).stem(), cases));
        }
      });
      of_file.throw_any();
      one.catalog = source.catalog();
      check_claim(one.claim, claim_values(one.claim, *one.catalog, runs_to_be(one.selection)));
      cases.push_back(std::move(one));
    });
  }
  problems.throw_any();
  return cases;
}

ExitStatus run_claims(const CommandLine& line, const ClaimList& list) {
  if (line.has("json") && line.has("markdown")) {
    throw InputError("idlewatt run: both --json and --markdown are given; expected one of them");
  }
  const std::vector<ClaimCase> cases = read_claim_cases(line, list);
  const std::vector<std::string>& simgrid_arguments = line.after_dashes();
  std::vector<std::optional<Uncertainty>> draws(cases.size());
  std::vector<std::unique_ptr<OutputFolder>> folders;
  Work work;
  for (const ClaimCase& one : cases) {
    if (!one.selection.scenarios.empty()) {
      check_simgrid_options(simgrid_arguments, one.selection.scenarios.front());
      folders.push_back(std::make_unique<OutputFolder>(one.selection.directory));
      refuse_collisions(one.selection, line.has("force"));
    }
    add_scenarios(one, simgrid_arguments, work);
  }
  const std::size_t simulations = work.jobs.size();
  if (const std::optional<std::uint64_t> wanted = draws_wanted(line)) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      draws[i] = draw_for(cases[i], *wanted);
      if (draws[i]) {
        add_draws(cases[i], *draws[i], simgrid_arguments, work);
      }
    }
  }
  std::vector<JobReport> all;
  {
    const bool quiet = line.has("json") || line.has("markdown");
    ProgressLine progress(!quiet && stderr_is_terminal(), work.horizons_s);
    all = run_jobs(work.jobs, processes_at_once(line), [&](const std::vector<JobReport>& now) { progress.draw(now); });
  }
  auto at = all.cbegin();
  std::vector<std::vector<JobReport>> reports;
  for (const ClaimCase& one : cases) {
    reports.push_back(take(at, one.selection.scenarios.size()));
    if (one.selection.scenarios.empty()) {  // judged by the catalogue and physics alone: it has no folder
      continue;
    }
    remove_parts_of_bad_input(one.selection, reports.back());
    print_failures(one.selection, reports.back());
    write_index_of(one.selection, reports.back());
  }
  if (was_interrupted(all)) {
    std::cerr << "interrupted; a claim cannot be judged by half of what it wants\n";
    return ExitStatus::interrupted;
  }
  for (const std::vector<JobReport>& some : reports) {
    if (const ExitStatus status = overall_status(some); status != ExitStatus::ok) {
      return status;
    }
  }
  ClaimsPage page{list.title, list.about, line.positional(), {}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    page.answers.push_back(judged(cases[i], reports[i]));
    if (draws[i]) {
      page.answers.back().drawn = judged_draws(cases[i], *draws[i], at);
    }
  }
  if (line.has("json")) {
    std::cout << claims_json(page);
  } else if (line.has("markdown")) {
    std::cout << claims_markdown(page);
  } else {
    const bool alone = is_claim(line, list);
    if (alone && simulations > 0) {
      print_summary(cases.front().selection, reports.front());
      std::cout << "\n";
    }
    std::cout << claims_text(page, style_of_stdout());
    if (!alone && simulations > 0) {
      std::cout << "Results of " << counted(static_cast<std::int64_t>(simulations), "simulation", "simulations")
                << " in " << (fs::path(output_directory(line)) / "").string() << "\n";
    }
  }
  return ExitStatus::ok;
}

ExitStatus check_claims(const CommandLine& line, const ClaimList& list) {
  const std::vector<ClaimCase> cases = read_claim_cases(line, list);
  std::int64_t simulations = 0;
  std::cout << list.title << "\n";
  for (const ClaimCase& one : cases) {
    const std::int64_t scenarios = std::ssize(one.selection.scenarios);
    simulations += scenarios;
    std::cout << "  " << one.claim.path << ": " << one.claim.says << " ("
              << (scenarios == 0 ? "nothing to simulate" : counted(scenarios, "simulation", "simulations")) << ", "
              << counted(std::ssize(one.claim.find), "quantity", "quantities") << ", "
              << counted(std::ssize(one.claim.rules), "rule", "rules") << ")\n";
  }
  std::cout << "ok: `idlewatt run` would run " << counted(simulations, "simulation", "simulations") << " and judge "
            << counted(std::ssize(cases), "claim", "claims") << "\n";
  return ExitStatus::ok;
}

}  // namespace idlewatt
