#include "cli/size_report.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/ticks.hpp"
#include "cli/summary_table.hpp"
#include "cli/text.hpp"
#include "sweep/shell_command.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {

namespace {

using How = CandidateEnd::How;
using Json = nlohmann::ordered_json;

constexpr int kDigits = 4;

const Measure& measure_named(const std::string& name) {
  return *std::find_if(measures().begin(), measures().end(), [&](const Measure& one) { return one.name == name; });
}

const Measure& objective_of(const SizeReport& report) {
  return measure_named(report.objective);
}

std::string quantity(double value, const std::string& unit) {
  if (unit == "s" && value < 1.0) {
    return rounded(value * 1e3, kDigits) + " ms";
  }
  return unit == "1" ? rounded(value * 100.0, kDigits) + " %" : rounded(value, kDigits) + " " + unit;
}

std::string share(double value) {
  return value >= 1.0 ? "all of the trace" : "the first " + rounded(100.0 * value, 2) + " % of the trace";
}

std::string fleet(const SizeReport& report, std::size_t candidate, int replicas) {
  const Candidate& one = report.space->candidates()[candidate];
  std::string server;
  for (const Pool& pool : one.scenario.pools) {
    server = pool.name == report.space->pool() ? pool.server : server;
  }
  return (one.is_static ? "" : "up to ") + counted(replicas, "replica", "replicas") + " on " +
         std::to_string(report.space->servers(one, replicas)) + " x " + server;
}

std::string how(const SizeReport& report, const CandidateEnd& end) {
  const double part = report.plan.rungs[static_cast<std::size_t>(end.rung)];
  switch (end.how) {
    case How::best:
      return "best";
    case How::met:
      return "meets the SLO";
    case How::dear:
      return "dearer without meeting it";
    case How::misses:
      return "misses it with " + std::to_string(report.plan.most);
    case How::halved:
      return "dropped after " + share(part);
  }
  return "";
}

/// Columns of equal width, the first `left` of them aligned to the left.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i > 0 ? "  " : "  ") + (i < left ? left_aligned(row[i], widths[i]) : right_aligned(row[i], widths[i]));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

/// Where the tried candidates ended, those that meet the SLO first and by objective.
std::string tried(const SizeReport& report) {
  std::vector<std::string> head{"candidate", "outcome", "replicas", objective_of(report).label};
  for (const SloCondition& condition : report.slo) {
    head.push_back(condition.text);
  }
  std::vector<std::pair<double, std::vector<std::string>>> rows;
  for (std::size_t i = 0; i < report.plan.candidates; ++i) {
    const CandidateEnd& end = report.result.ends[i];
    const std::string& name = report.space->candidates()[i].name;
    std::vector<std::string> row{name.empty() ? "the scenario's" : name, how(report, end),
                                 std::to_string(end.replicas)};
    const auto summary = report.summaries.find({i, end.replicas, end.rung, 0});
    double order = 1e300;
    if (summary == report.summaries.end()) {
      row.resize(head.size(), "-");
    } else {
      const double value = objective_of(report).get(summary->second);
      order = end.how == How::best ? -1.0 : end.how == How::met ? value : 1e200 + value;
      row.push_back(quantity(value, objective_of(report).unit));
      for (const SloCondition& condition : report.slo) {
        row.push_back(quantity(condition.value(summary->second), condition.unit));
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
  std::vector<std::vector<std::string>> table{{"fleet", "", objective_of(report).label, "worst of the limits"}};
  for (const Trial& trial : report.result.pareto(report.plan)) {
    const Verdict& verdict = report.result.tried.at(trial);
    table.push_back({report.space->candidates()[trial.candidate].name, fleet(report, trial.candidate, trial.replicas),
                     quantity(verdict.objective, objective_of(report).unit),
                     rounded(100.0 * verdict.worst, 3) + " %" + (verdict.meets() ? "" : ", missed")});
  }
  return aligned(table, 2);
}

std::vector<double> values_over_seeds(const SizeReport& report, const std::function<double(const Summary&)>& get) {
  std::vector<double> values;
  const int last = static_cast<int>(report.plan.rungs.size()) - 1;
  for (std::size_t seed = 0; seed < report.plan.seeds; ++seed) {
    values.push_back(get(report.summaries.at({*report.result.best, report.result.replicas, last, seed})));
  }
  return values;
}

std::string with_interval(const Estimate& one, const std::string& unit) {
  return quantity(one.mean, unit) + (std::isfinite(one.ci95) ? " ± " + quantity(one.ci95, unit) : "");
}

std::string certainty(const SizeReport& report) {
  std::string text = "  " +
                     std::string(report.plan.seeds == 1
                                     ? "meets the SLO with one seed"
                                     : "meets the SLO with each of " + std::to_string(report.plan.seeds) + " seeds") +
                     ":\n";
  for (const SloCondition& condition : report.slo) {
    const Estimate one = estimate(values_over_seeds(report, [&](const Summary& s) { return condition.value(s); }));
    text += "    " + condition.text + ": " + with_interval(one, condition.unit) + "\n";
  }
  if (report.result.one_more_was_tried) {
    text += report.result.one_more_was_worse
                ? "  one replica more meets it too, and is no better: as the search assumes\n"
                : "  one replica more misses the SLO: latency does not simply fall with "
                  "replicas here, so look at the table\n";
  }
  return text;
}

std::string work(const SizeReport& report) {
  const double all = static_cast<double>(report.plan.candidates) * (report.plan.most - report.plan.fewest + 1);
  const double done = report.result.work(report.plan);
  return counted(static_cast<std::int64_t>(report.result.runs()), "run", "runs") + ", the work of " + rounded(done, 3) +
         " full ones; all " + grouped(std::llround(all)) + " combinations would be " + rounded(all / done, 2) +
         " times as much.\n";
}

}  // namespace

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
    text += "  " + objective.label + " " +
            with_interval(estimate(values_over_seeds(report, objective.get)), objective.unit) + " for " +
            duration(to_seconds(candidate.scenario.horizon)) + "\n";
    text += certainty(report);
    text += "  to run it: idlewatt run " + shell_quoted(report.scenario_path);
    for (const std::string& change : report.space->overrides(candidate, report.result.replicas)) {
      text += " --set " + shell_quoted(change);
    }
    text += "\n";
  } else {
    text += "No candidate meets the SLO with up to " + counted(report.plan.most, "replica", "replicas") + ".\n";
  }
  text += "\nTried:\n" + tried(report);
  if (!report.space->impossible().empty()) {
    text += "  and " +
            counted(static_cast<std::int64_t>(report.space->impossible().size()), "candidate", "candidates") +
            " that cannot be, such as " + report.space->impossible().front().first + ": " +
            report.space->impossible().front().second + "\n";
  }
  text += "\nNothing tried beats these in both (Pareto front):\n" + front(report);
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
    json["best"]["ci95"] = std::isfinite(one.ci95) ? Json(one.ci95) : Json(nullptr);
    json["best"]["overrides"] =
        report.space->overrides(report.space->candidates()[*report.result.best], report.result.replicas);
  }
  json["tried"] = Json::array();
  for (const auto& [trial, verdict] : report.result.tried) {
    Json one = describe(trial.candidate, trial.replicas);
    one["share"] = report.plan.rungs[static_cast<std::size_t>(trial.rung)];
    one["seed"] = report.seeds[trial.seed];
    one["objective"] = verdict.objective;
    one["worst"] = std::isfinite(verdict.worst) ? Json(verdict.worst) : Json(nullptr);
    one["meets"] = verdict.meets();
    json["tried"].push_back(std::move(one));
  }
  json["pareto"] = Json::array();
  for (const Trial& trial : report.result.pareto(report.plan)) {
    json["pareto"].push_back(describe(trial.candidate, trial.replicas));
  }
  json["runs"] = report.result.runs();
  json["work"] = report.result.work(report.plan);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
