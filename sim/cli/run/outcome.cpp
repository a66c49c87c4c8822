#include "cli/run/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/ticks.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/options/description.hpp"
#include "cli/run/choice.hpp"
#include "cli/run/summary_json.hpp"
#include "cli/run/summary_table.hpp"
#include "cli/text/text.hpp"
#include "results/index.hpp"
#include "scenario/site/cost_notes.hpp"

namespace idlewatt {

namespace {

using State = JobReport::State;

/// The lines that all variants share; where they differ, the first one's with a word about it.
std::string heading(const std::vector<Scenario>& scenarios) {
  const Scenario& first = scenarios.front();
  const std::vector<std::string> traffic = describe_traffic(first);
  std::string text;
  for (const std::string& line : traffic) {
    text += line + "\n";
  }
  const bool alike = std::all_of(scenarios.begin(), scenarios.end(), [&](const Scenario& scenario) {
    return describe_traffic(scenario) == traffic && scenario.seed == first.seed && scenario.horizon == first.horizon;
  });
  text += describe_time(first) + ", seed " + std::to_string(first.seed) +
          (alike ? "" : " (of " + describe_variant(first) + "; the variants differ)") + "\n";
  return text;
}

/// ", which also names 2 runs of before: b.h5 and c.h5", or nothing.
std::string others_in_index(const Selection& selection) {
  std::vector<std::string> others;
  try {
    for (const IndexedRun& run : read_index((std::filesystem::path(selection.directory) / kIndexFile).string())) {
      if (std::find(selection.files.begin(), selection.files.end(), run.file) == selection.files.end()) {
        others.push_back(run.file);
      }
    }
  } catch (const InputError&) {  // there is none when nothing was done
  }
  if (others.empty()) {
    return "";
  }
  constexpr std::size_t few = 4;
  return ", which also names " + counted(std::ssize(others), "run", "runs") + " of before" +
         (others.size() <= few ? ": " + listed(others) : "");
}

std::string shown_name(const Scenario& scenario) {
  return scenario.variant.empty() ? "result" : scenario.variant;
}

/// "Rests on 41 assumed numbers (t4 14, l4 12 and 3 others): ...", or nothing.
std::string assumptions(const std::vector<Scenario>& scenarios) {
  const AssumedNumbers assumed = assumed_numbers(scenarios);
  return assumed.count == 0 ? ""
                            : "Rests on " + counted(assumed.count, "assumed number", "assumed numbers") + " (" +
                                  assumed.where + "): see /provenance in the files, or `idlewatt catalog NAME`.";
}

/// The runs that are through, each with what its scenario asks.
std::vector<AskedRun> asked_runs(const Selection& selection, const std::vector<JobReport>& reports) {
  std::vector<AskedRun> runs;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == State::done) {
      runs.push_back({shown_name(selection.scenarios[i]), reports[i].result.summary, own_slo(selection.scenarios[i])});
    }
  }
  return runs;
}

/// In how many of the draws the choice is that of the figures as they stand; empty where there is none.
std::string certainty_of_choice(const std::vector<AskedRun>& runs, const Uncertainty& uncertainty) {
  const auto chosen = choose(runs).cheapest;
  if (!chosen || runs.size() < 2) {
    return "";
  }
  std::int64_t same = 0;
  std::int64_t all = 0;
  for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
    std::vector<AskedRun> drawn = runs;
    bool whole = true;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::optional<Summary>& summary = uncertainty.summaries[i][draw];
      whole = whole && summary.has_value();
      drawn[i].summary = summary.value_or(Summary());
    }
    all += whole ? 1 : 0;
    same += whole && choose(drawn).cheapest == chosen ? 1 : 0;
  }
  return all == 0 ? ""
                  : "With the figures drawn from their ranges, " + runs[*chosen].name + " is the choice in " +
                        grouped(same) + " of " + counted(all, "draw", "draws") + ".\n";
}

}  // namespace

std::string result_path(const Selection& selection, std::size_t i) {
  return (std::filesystem::path(selection.directory) / selection.files[i]).string();
}

void print_failures(const Selection& selection, const std::vector<JobReport>& reports) {
  struct Failure {
    ExitStatus status = ExitStatus::ok;
    std::string message;
    std::vector<std::string> variants;
  };
  std::vector<Failure> failures;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state != State::failed) {
      continue;
    }
    auto found = std::find_if(failures.begin(), failures.end(),
                              [&](const Failure& failure) { return failure.message == reports[i].message; });
    if (found == failures.end()) {
      failures.push_back({reports[i].status, reports[i].message, {}});
      found = std::prev(failures.end());
    }
    found->variants.push_back(describe_variant(selection.scenarios[i]));
  }
  for (const Failure& failure : failures) {
    std::string line = failure.message;
    if (failure.status == ExitStatus::internal) {
      line = "idlewatt: " + listed(failure.variants) + " failed: " + line;
    } else if (failure.variants.size() < reports.size()) {
      line += " (" + listed(failure.variants) + ")";
    }
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::cerr << line << "\n";
  }
}

bool was_interrupted(const std::vector<JobReport>& reports) {
  return std::any_of(reports.begin(), reports.end(), [](const JobReport& report) {
    return report.state == State::interrupted || report.state == State::waiting;
  });
}

std::string interruption_text(const Selection& selection, const std::vector<JobReport>& reports) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const std::string path = result_path(selection, i);
    const std::string part = kept_part_name(path);
    if (reports[i].state == State::done) {
      kept.push_back(path + " (complete)");
    } else if (reports[i].state == State::interrupted && std::filesystem::exists(part)) {
      kept.push_back(part + " (" + duration(reports[i].progress.simulated_s) + " of " +
                     duration(to_seconds(selection.scenarios[i].horizon)) + " simulated)");
    }
  }
  return kept.empty() ? "interrupted; nothing was kept" : "interrupted; kept " + listed(kept);
}

ExitStatus overall_status(const std::vector<JobReport>& reports) {
  if (was_interrupted(reports)) {
    return ExitStatus::interrupted;
  }
  for (const ExitStatus status : {ExitStatus::internal, ExitStatus::cannot_write, ExitStatus::bad_input}) {
    for (const JobReport& report : reports) {
      if (report.state == State::failed && report.status == status) {
        return status;
      }
    }
  }
  return ExitStatus::ok;
}

std::string uncertainty_path(const Selection& selection) {
  return (std::filesystem::path(selection.directory) / "uncertainty.csv").string();
}

void print_summary(const Selection& selection, const std::vector<JobReport>& reports, const Uncertainty* uncertainty) {
  const TextStyle style = style_of_stdout();
  std::vector<TableColumn> columns;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state == State::done) {
      columns.push_back({shown_name(selection.scenarios[i]), reports[i].result.summary});
      files.push_back(selection.files[i]);
    }
  }
  if (columns.empty()) {
    return;
  }
  std::cout << bold(selection.scenarios.front().title, style) << "\n" << heading(selection.scenarios) << "\n";
  std::cout << summary_table(columns, style);
  for (const std::string& note : cost_notes(selection.scenarios)) {
    std::cout << paragraph(note, style.width);
  }
  std::cout << paragraph(assumptions(selection.scenarios), style.width);
  // Of a variant that failed there is no column; then its draws failed too.
  if (uncertainty != nullptr && columns.size() == reports.size()) {
    std::cout << "\n" << uncertainty_text(*uncertainty, columns, style) << "\n";
    std::cout << "Every draw in " << uncertainty_path(selection) << "\n";
  }
  const std::vector<AskedRun> asked = asked_runs(selection, reports);
  if (const std::string answer = choice_text(asked, style.width); !answer.empty()) {
    std::cout << "\n" << answer;
    std::cout << (uncertainty != nullptr && columns.size() == reports.size() ? certainty_of_choice(asked, *uncertainty)
                                                                             : "")
              << "\n";
  }
  constexpr std::size_t few = 4;
  const std::string names =
      files.size() <= few ? listed(files) : grouped(static_cast<std::int64_t>(files.size())) + " files";
  std::cout << "Results in " << (std::filesystem::path(selection.directory) / "").string() << ": " << names
            << ", and their summaries in " << kIndexFile << others_in_index(selection) << "\n";
}

bool any_fails(const Selection& selection, const std::vector<JobReport>& reports,
               const std::vector<SloCondition>& conditions) {
  bool fails = false;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (const SloCondition& condition : conditions) {
      if (reports[i].state != State::done) {
        continue;
      }
      const double value = condition.value(reports[i].result.summary);
      if (std::isnan(value) || condition.holds(reports[i].result.summary)) {
        std::cerr << "--fail-if: `" << condition.text << "`: of " << describe_variant(selection.scenarios[i]) << " "
                  << condition.name() << (std::isnan(value) ? " has no value" : " is " + amount(value, condition.unit))
                  << "\n";
        fails = true;
      }
    }
  }
  return fails;
}

void print_json(const Selection& selection, const std::vector<JobReport>& reports, const Uncertainty* uncertainty) {
  JsonAnswer answer;
  answer.title = selection.scenarios.front().title;
  answer.seed = selection.scenarios.front().seed;
  answer.version = program_version();
  answer.notes = cost_notes(selection.scenarios);
  answer.index = (std::filesystem::path(selection.directory) / kIndexFile).string();
  for (std::size_t i = 0; i < reports.size(); ++i) {
    JsonVariant variant;
    variant.name = selection.scenarios[i].variant;
    if (reports[i].state == State::done) {
      variant.file = result_path(selection, i);
      variant.summary = reports[i].result.summary;
    } else {
      variant.error = reports[i].message;
    }
    answer.variants.push_back(std::move(variant));
  }
  answer.asked = asked_runs(selection, reports);
  answer.uncertainty = uncertainty;
  answer.uncertainty_file = uncertainty == nullptr ? "" : uncertainty_path(selection);
  std::cout << to_json(answer);
}

}  // namespace idlewatt
