#include "cli/size/report.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/ticks.hpp"
#include "cli/run/choice.hpp"
#include "cli/run/summary_table.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/text.hpp"
#include "cli/text/text_table.hpp"
#include "scenario/site/cost_notes.hpp"
#include "sweep/shell_command.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {

namespace {

using How = CandidateEnd::How;
using Json = nlohmann::ordered_json;

const Measure& measure_named(const std::string& name) {
  return *std::find_if(measures().begin(), measures().end(), [&](const Measure& one) { return one.name == name; });
}

/// What is multiplied with a total of a run to have that of a month: 730.5 hours at the run's own pace.
double months(const SizeReport& report, const Scenario& scenario) {
  const bool total = measure_named(report.objective).form == Measure::Form::total;
  return total ? kMonthS / to_seconds(scenario.horizon) : 1.0;
}

const Measure& objective_of(const SizeReport& report) {
  return measure_named(report.objective);
}

std::string fleet(const SizeReport& report, std::size_t candidate, int replicas) {
  const Candidate& one = report.space->candidates()[candidate];
  std::string server;
  for (const Pool& pool : one.scenario.pools) {
    server = pool.name == report.space->pool() ? pool.server : server;
  }
  return fmt::format("{}{} on {} x {}", one.is_static ? "" : "up to ", counted(replicas, "replica", "replicas"),
                     report.space->servers(one, replicas), server);
}

int whole(const SizeReport& report) {
  return static_cast<int>(report.plan.rungs.size()) - 1;
}

/// Whether the replicas that a candidate ended with were tried with all seeds, and met the SLO with each.
bool meets_all_seeds(const SizeReport& report, std::size_t candidate) {
  for (std::size_t seed = 0; seed < report.plan.seeds; ++seed) {
    const auto found =
        report.result.tried.find({candidate, report.result.ends[candidate].replicas, whole(report), seed});
    if (found == report.result.tried.end() || !found->second.meets()) {
      return false;
    }
  }
  return true;
}

std::string outcome(const SizeReport& report, std::size_t candidate) {
  const CandidateEnd& end = report.result.ends[candidate];
  switch (end.how) {
    case How::best:
      return "best";
    case How::met:
      // The search ends when the best has been confirmed; what costs more has met the SLO with the first seed alone.
      return report.plan.seeds == 1 || meets_all_seeds(report, candidate) ? "meets the SLO"
                                                                          : "meets it with the first seed";
    case How::dear:
      return "dearer without meeting it";
    case How::misses:
      return fmt::format("misses it with {}", report.plan.most);
  }
  return "";
}

/// "; 3 and 4 fail another seed", or nothing.
std::string failures(const CandidateEnd& end) {
  std::vector<std::string> numbers;
  for (const int replicas : end.failed_other_seeds) {
    numbers.push_back(std::to_string(replicas));
  }
  return numbers.empty() ? "" : fmt::format("; {} fail another seed", listed(numbers));
}

/// The rows in columns, the first `left` of them aligned to the left.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  TextTable table(std::vector<TextColumn>(left, {.left = true}));
  for (const auto& row : rows) {
    table.add(row);
  }
  return table.text();
}

/// Where the tried candidates ended, those that meet the SLO first and by objective.
std::string tried(const SizeReport& report) {
  std::vector<std::string> head{"candidate", "outcome", "replicas", objective_of(report).label + " a month"};
  for (const SloCondition& condition : report.slo) {
    head.push_back(condition.text);
  }
  std::vector<std::pair<double, std::vector<std::string>>> rows;
  for (std::size_t i = 0; i < report.plan.candidates; ++i) {
    const CandidateEnd& end = report.result.ends[i];
    const std::string& name = report.space->candidates()[i].name;
    std::vector<std::string> row{name.empty() ? "the scenario's" : name, outcome(report, i) + failures(end),
                                 std::to_string(end.replicas)};
    const auto summary = report.summaries.find({i, end.replicas, whole(report), 0});
    double order = 1e300;
    if (summary == report.summaries.end()) {
      row.resize(head.size(), "-");
    } else {
      const double value = objective_of(report).get(summary->second);
      order = end.how == How::best ? -1.0 : end.how == How::met ? value : 1e200 + value;
      row.push_back(amount(value * months(report, report.space->candidates()[i].scenario), objective_of(report).unit));
      for (const SloCondition& condition : report.slo) {
        row.push_back(amount(condition.value(summary->second), condition.unit));
      }
    }
    rows.emplace_back(order, std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::vector<std::string>> table{head};
  for (auto& [order, row] : rows) {
    table.push_back(std::move(row));
  }
  return aligned(table, 2);
}

std::string front(const SizeReport& report) {
  std::vector<std::vector<std::string>> table{
      {"fleet", "", objective_of(report).label + " a month", "worst of the limits"}};
  for (const Trial& trial : report.result.pareto(report.plan)) {
    const Verdict& verdict = report.result.tried.at(trial);
    table.push_back({report.space->candidates()[trial.candidate].name, fleet(report, trial.candidate, trial.replicas),
                     amount(verdict.objective * months(report, report.space->candidates()[trial.candidate].scenario),
                            objective_of(report).unit),
                     rounded(100.0 * verdict.worst, 3) + " %" + (verdict.meets() ? "" : ", missed")});
  }
  return aligned(table, 2);
}

std::vector<double> values_over_seeds(const SizeReport& report, const std::function<double(const Summary&)>& get) {
  std::vector<double> values;
  for (std::size_t seed = 0; seed < report.plan.seeds; ++seed) {
    values.push_back(get(report.summaries.at({*report.result.best, report.result.replicas, whole(report), seed})));
  }
  return values;
}

std::string with_interval(const Estimate& one, const std::string& unit) {
  // What differs in the last bits alone is the same.
  constexpr double rounding = 1e-9;
  const bool differs = std::isfinite(one.ci95) && one.ci95 > rounding * std::abs(one.mean);
  return amount(one.mean, unit) + (differs ? " ± " + amount(one.ci95, unit) : "");
}

std::string certainty(const SizeReport& report) {
  std::string text =
      fmt::format("  {}:\n", std::string(report.plan.seeds == 1
                                             ? "meets the SLO with one seed"
                                             : fmt::format("meets the SLO with each of {} seeds", report.plan.seeds)));
  for (const SloCondition& condition : report.slo) {
    const Estimate one = estimate(values_over_seeds(report, [&](const Summary& s) { return condition.value(s); }));
    text += fmt::format("    {}: {}\n", condition.text, with_interval(one, condition.unit));
  }
  if (report.result.one_more_was_tried) {
    text += report.result.one_more_was_worse
                ? "  one replica more meets it too, and is no better: as the search assumes\n"
                : "  one replica more misses the SLO: latency does not simply fall with "
                  "replicas here, so look at the table\n";
  }
  return text;
}

/// What the costs leave out, and whose rents they mix.
std::vector<std::string> notes_of(const SizeReport& report) {
  std::vector<Scenario> scenarios;
  for (std::size_t i = 0; i < report.space->candidates().size(); ++i) {
    scenarios.push_back(report.scenario({i, report.plan.fewest, whole(report), 0}));
  }
  return measure_named(report.objective).unit == "USD" ? search_notes(scenarios) : std::vector<std::string>();
}

std::string work(const SizeReport& report) {
  const double all = static_cast<double>(report.plan.candidates) * (report.plan.most - report.plan.fewest + 1);
  const double done = report.result.work(report.plan);
  return fmt::format("{}, the work of {} full ones; all {} combinations would be {} times as much.\n",
                     counted(static_cast<std::int64_t>(report.result.runs()), "run", "runs"), rounded(done, 3),
                     grouped(std::llround(all)), rounded(all / done, 2));
}

}  // namespace

std::vector<std::string> SizeReport::command() const {
  const Candidate& best = space->candidates()[*result.best];
  std::vector<std::string> arguments{"run", scenario_path};
  if (!best.variant.empty()) {
    arguments.insert(arguments.end(), {"--variant", best.variant});
  } else if (has_variants) {
    arguments.emplace_back("--no-variants");
  }
  for (const std::string& change : changes) {
    arguments.insert(arguments.end(), {"--set", change});
  }
  for (const std::string& change : space->overrides(best, result.replicas)) {
    arguments.insert(arguments.end(), {"--set", change});
  }
  arguments.insert(arguments.end(), {"-o", directory});
  return arguments;
}

Scenario SizeReport::scenario(const Trial& trial) const {
  return space->at(space->candidates()[trial.candidate], trial.replicas,
                   plan.rungs[static_cast<std::size_t>(trial.rung)], seeds[trial.seed]);
}

Verdict SizeReport::judge(const Summary& summary) const {
  return {.objective = measure_named(objective).get(summary), .worst = worst_ratio(slo, summary)};
}

std::string size_text(const SizeReport& report) {
  const TextStyle style = style_of_stdout();
  std::string text;
  if (report.result.best) {
    const std::size_t best = *report.result.best;
    const Candidate& candidate = report.space->candidates()[best];
    const Measure& objective = objective_of(report);
    text += bold((candidate.name.empty() ? "" : candidate.name + ": ") + fleet(report, best, report.result.replicas),
                 style) +
            "\n";
    text +=
        fmt::format("  {} {} for {}, {} a month\n", objective.label,
                    with_interval(estimate(values_over_seeds(report, objective.get)), objective.unit),
                    duration(to_seconds(candidate.scenario.horizon)),
                    amount(estimate(values_over_seeds(report, objective.get)).mean * months(report, candidate.scenario),
                           objective.unit));
    text += certainty(report);
    text += "  to run it: idlewatt";
    for (const std::string& argument : report.command()) {
      text += " " + shell_quoted(argument);
    }
    text += "\n";
  } else {
    text +=
        fmt::format("No candidate meets the SLO with up to {}.\n", counted(report.plan.most, "replica", "replicas"));
    if (report.result.nearest) {
      const Trial& nearest = *report.result.nearest;
      const Candidate& candidate = report.space->candidates()[nearest.candidate];
      text += fmt::format("  nearest: {}{}\n", candidate.name.empty() ? "" : candidate.name + ": ",
                          fleet(report, nearest.candidate, nearest.replicas));
      for (const SloCondition& condition : report.slo) {
        text += fmt::format("    {}: {}\n", condition.text,
                            amount(condition.value(report.summaries.at(nearest)), condition.unit));
      }
    }
  }
  text += "\nTried:\n" + tried(report);
  if (!report.space->impossible().empty()) {
    text +=
        fmt::format("  and {} that cannot be, such as {}: {}\n",
                    counted(static_cast<std::int64_t>(report.space->impossible().size()), "candidate", "candidates"),
                    report.space->impossible().front().first, report.space->impossible().front().second);
  }
  text += "\nNothing tried beats these in both (Pareto front):\n" + front(report);
  const std::vector<std::string> notes = notes_of(report);
  text += notes.empty() ? "" : "\n";
  for (const std::string& note : notes) {
    text += paragraph(note, style.width);
  }
  return text + "\n" + work(report);
}

std::string size_json(const SizeReport& report) {
  Json json;
  json["objective"] = report.objective;
  json["slo"] = Json::array();
  for (const SloCondition& condition : report.slo) {
    json["slo"].push_back(condition.text);
  }
  const auto describe = [&](std::size_t candidate, int replicas) {
    const Candidate& one = report.space->candidates()[candidate];
    return Json{{"candidate", one.name},
                {"axes", one.labels},
                {"replicas", replicas},
                {"servers", report.space->servers(one, replicas)}};
  };
  json["best"] = nullptr;
  if (report.result.best) {
    json["best"] = describe(*report.result.best, report.result.replicas);
    const Estimate one = estimate(values_over_seeds(report, objective_of(report).get));
    json["best"]["objective"] = one.mean;
    json["best"]["ci95"] = json_number(one.ci95);
    json["best"]["overrides"] =
        report.space->overrides(report.space->candidates()[*report.result.best], report.result.replicas);
    json["best"]["command"] = report.command();
  }
  json["nearest"] = nullptr;
  if (report.result.nearest) {
    json["nearest"] = describe(report.result.nearest->candidate, report.result.nearest->replicas);
  }
  json["tried"] = Json::array();
  for (const auto& [trial, verdict] : report.result.tried) {
    Json one = describe(trial.candidate, trial.replicas);
    one["share"] = report.plan.rungs[static_cast<std::size_t>(trial.rung)];
    one["seed"] = report.seeds[trial.seed];
    one["objective"] = verdict.objective;
    one["worst"] = json_number(verdict.worst);
    one["meets"] = verdict.meets();
    json["tried"].push_back(std::move(one));
  }
  json["pareto"] = Json::array();
  for (const Trial& trial : report.result.pareto(report.plan)) {
    json["pareto"].push_back(describe(trial.candidate, trial.replicas));
  }
  json["notes"] = notes_of(report);
  json["runs"] = report.result.runs();
  json["work"] = report.result.work(report.plan);
  return json_text(json, 1);
}

}  // namespace idlewatt
