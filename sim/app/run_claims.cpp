#include "app/run_claims.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/claims_text.hpp"
#include "app/commands.hpp"
#include "app/outcome.hpp"
#include "app/progress_line.hpp"
#include "app/run_parts.hpp"
#include "app/simgrid_options.hpp"
#include "app/text.hpp"
#include "units/error.hpp"

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
Selection scenarios_of(ScenarioSource& source, const std::string& directory) {
  std::vector<Scenario> scenarios;
  if (source.variants().empty()) {
    scenarios.push_back(source.read("", {}));
  }
  for (const YamlEntry& variant : source.variants()) {
    scenarios.push_back(source.read_variant(variant));
  }
  return selection_of(std::move(scenarios), directory);
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

/// The reports of each claim's scenarios, which stand one after the other.
std::vector<std::vector<JobReport>> by_claim(const std::vector<ClaimCase>& cases, const std::vector<JobReport>& all) {
  std::vector<std::vector<JobReport>> result;
  auto at = all.begin();
  for (const ClaimCase& one : cases) {
    const auto end = at + std::ssize(one.selection.scenarios);
    result.emplace_back(at, end);
    at = end;
  }
  return result;
}

}  // namespace

std::optional<ClaimList> claims_of(const CommandLine& line) {
  load_options(line);  // whose mistakes come before those of the file
  return read_claim_list(line.positional());
}

std::vector<ClaimCase> read_claim_cases(const CommandLine& line, const ClaimList& list) {
  refuse(line, {"variant", "uncertainty"});
  LoadOptions options = load_options(line);
  options.seed = line.number("seed", 0);
  const std::string directory = output_directory(line);
  const bool alone = is_claim(line, list);
  std::vector<ClaimCase> cases;
  for (const std::string& file : list.files) {
    ScenarioSource source(file, options);
    ClaimCase one;
    one.claim = read_claim(source);
    one.catalog = source.catalog();
    if (source.has_scenario()) {
      one.selection = scenarios_of(source, alone ? directory : (fs::path(directory) / fs::path(file).stem()).string());
    }
    check_claim(one.claim, claim_values(one.claim, *one.catalog, runs_to_be(one.selection)));
    cases.push_back(std::move(one));
  }
  return cases;
}

ExitStatus run_claims(const CommandLine& line, const ClaimList& list) {
  if (line.has("json") && line.has("markdown")) {
    throw InputError("idlewatt run: both --json and --markdown are given; expected one of them");
  }
  const std::vector<ClaimCase> cases = read_claim_cases(line, list);
  const std::vector<std::string>& simgrid_arguments = line.after_dashes();
  std::vector<Job> jobs;
  std::vector<double> horizons_s;
  std::vector<std::unique_ptr<OutputFolder>> folders;
  for (const ClaimCase& one : cases) {
    const Selection& selection = one.selection;
    if (!selection.scenarios.empty()) {
      check_simgrid_options(simgrid_arguments, selection.scenarios.front());
      folders.push_back(std::make_unique<OutputFolder>(selection.directory));
    }
    for (std::size_t i = 0; i < selection.scenarios.size(); ++i) {
      jobs.emplace_back([&selection, i, &simgrid_arguments](const std::function<void(const Progress&)>& report) {
        return simulate(selection.scenarios[i], result_path(selection, i), simgrid_arguments, report);
      });
      horizons_s.push_back(to_seconds(selection.scenarios[i].horizon));
    }
  }
  std::vector<JobReport> all;
  {
    const bool quiet = line.has("json") || line.has("markdown");
    ProgressLine progress(!quiet && stderr_is_terminal(), horizons_s);
    all = run_jobs(jobs, processes_at_once(line), [&](const std::vector<JobReport>& now) { progress.draw(now); });
  }
  const std::vector<std::vector<JobReport>> reports = by_claim(cases, all);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    remove_parts_of_bad_input(cases[i].selection, reports[i]);
    print_failures(cases[i].selection, reports[i]);
    write_index_of(cases[i].selection, reports[i]);
  }
  if (was_interrupted(all)) {
    std::cerr << "interrupted; a claim cannot be judged by half of what it wants\n";
    return ExitStatus::interrupted;
  }
  if (const ExitStatus status = overall_status(all); status != ExitStatus::ok) {
    return status;
  }
  ClaimsPage page{list.title, line.positional(), {}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    page.answers.push_back(judged(cases[i], reports[i]));
  }
  if (line.has("json")) {
    std::cout << claims_json(page);
  } else if (line.has("markdown")) {
    std::cout << claims_markdown(page);
  } else {
    const bool alone = is_claim(line, list);
    if (alone && !all.empty()) {
      print_summary(cases.front().selection, all);
      std::cout << "\n";
    }
    std::cout << claims_text(page, style_of_stdout());
    if (!alone && !all.empty()) {
      std::cout << "Results of " << counted(std::ssize(all), "simulation", "simulations") << " in "
                << (fs::path(output_directory(line)) / "").string() << "\n";
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
