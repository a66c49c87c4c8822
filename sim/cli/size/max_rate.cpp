#include "cli/size/max_rate.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/ticks.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/run/summary_json.hpp"
#include "cli/text/text.hpp"
#include "sweep/highest_scale.hpp"
#include "sweep/recorded_run.hpp"
#include "sweep/stop_signal.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {
namespace {

using Json = nlohmann::ordered_json;

/// Ctrl-C.
struct Interrupted {};

/// What was found of one fleet.
struct MaxRate {
  std::string name;
  std::vector<SloCondition> slo;
  std::optional<ScaleLimit> limit = {};
  Summary at_limit = {};     ///< with the first seed
  std::string stopper = {};  ///< "ttft p99 1.602 s": the condition that more traffic misses by most
};

/// One fleet under multiples of its traffic.
class ScaledRuns {
 public:
  ScaledRuns(const Scenario& scenario, std::vector<SloCondition> slo, std::size_t seeds, int at_once)
      : scenario_(&scenario), slo_(std::move(slo)), seeds_(seeds), at_once_(at_once) {}

  /// Whether all seeds meet the SLO.
  bool meets(double scale) {
    std::vector<Job> jobs;
    for (std::size_t seed = 0; seed < seeds_; ++seed) {
      jobs.emplace_back([this, scale, seed](const std::function<void(const Progress&)>& report) {
        Scenario scaled = *scenario_;
        scaled.seed += seed;
        for (Traffic& traffic : scaled.traffic) {
          traffic.scale *= scale;
        }
        return run_recorded(scaled, "", {program_version(), {}}, report);
      });
    }
    const std::vector<JobReport> reports = run_jobs(jobs, at_once_, [](const auto&) {});
    double worst = -1.0;
    for (const JobReport& report : reports) {
      if (stop_requests() > 0) {
        throw Interrupted();
      }
      if (report.state != JobReport::State::done) {
        throw Error(report.message);
      }
      if (const double ratio = worst_ratio(slo_, report.result.summary); ratio > worst) {
        worst = ratio;
        worst_[scale] = report.result.summary;
      }
    }
    runs_[scale] = reports.front().result.summary;
    return worst <= 1.0;
  }

  const Summary& at(double scale) const { return runs_.at(scale); }

  /// The condition that is missed by most at a scale, with the seed that misses it by most.
  std::string stopper(double scale) const {
    const Summary& worst = worst_.at(scale);
    const auto found = std::max_element(slo_.begin(), slo_.end(), [&](const SloCondition& a, const SloCondition& b) {
      return a.ratio(worst) < b.ratio(worst);
    });
    return found->name() + " " + amount(found->value(worst), found->unit);
  }

 private:
  const Scenario* scenario_;
  std::vector<SloCondition> slo_;
  std::size_t seeds_;
  int at_once_;
  std::map<double, Summary> runs_;   ///< by scale, with the first seed
  std::map<double, Summary> worst_;  ///< by scale, with the seed that comes nearest to missing, or misses by most
};

MaxRate find(const Scenario& scenario, const std::vector<SloCondition>& slo, std::size_t seeds, int at_once) {
  ScaledRuns runs(scenario, slo, seeds, at_once);
  MaxRate found{.name = scenario.variant, .slo = slo};
  found.limit = highest_scale([&](double scale) { return runs.meets(scale); });
  if (found.limit) {
    found.at_limit = runs.at(found.limit->meets);
    found.stopper = found.limit->misses ? runs.stopper(*found.limit->misses) : "";
  }
  return found;
}

double rate_rps(const Summary& summary) {
  return summary.requests_in / summary.horizon_s;
}

std::string text_of(const std::vector<MaxRate>& found, std::size_t seeds) {
  std::string text = "The highest rate within the SLO with each of " +
                     counted(static_cast<std::int64_t>(seeds), "seed", "seeds") + ", to one part in a hundred:\n";
  for (const MaxRate& one : found) {
    text += "  " + (one.name.empty() ? "" : one.name + ": ");
    if (!one.limit) {
      text += "none: not even a thousandth of the traffic meets it\n";
      continue;
    }
    const double rate = rate_rps(one.at_limit);
    text += rounded(rate, 3) + " requests/s in the mean, " + rounded(rate * 86400.0, 3) + " a day, " +
            rounded(one.limit->meets, 3) + " times the scenario's";
    text += one.limit->misses ? "; beyond it " + one.stopper : "; no limit was found";
    text += "\n    there: " + rounded(one.at_limit.wh_per_request, 4) + " Wh a request, " +
            rounded(one.at_limit.usd_per_million_output_tokens, 4) + " " + one.at_limit.currency +
            " per million output tokens, idle waste " + rounded(100.0 * one.at_limit.idle_waste_share, 3) + " %\n";
  }
  return text;
}

std::string json_of(const std::vector<MaxRate>& found) {
  Json json = Json::array();
  for (const MaxRate& one : found) {
    Json entry{{"variant", one.name}, {"slo", Json::array()}};
    for (const SloCondition& condition : one.slo) {
      entry["slo"].push_back(condition.text);
    }
    entry["scale"] = one.limit ? Json(one.limit->meets) : Json();
    entry["misses_at"] = one.limit && one.limit->misses ? Json(*one.limit->misses) : Json();
    entry["rate_rps"] = one.limit ? Json(rate_rps(one.at_limit)) : Json();
    Json summary = Json::object();
    for (const Measure& measure : measures()) {
      if (one.limit) {
        summary[name_in(measure, one.at_limit.currency)] = number_json(measure, measure.get(one.at_limit));
      }
    }
    entry["summary"] = std::move(summary);
    json.push_back(std::move(entry));
  }
  return Json{{"max_rates", std::move(json)}}.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ExitStatus find_max_rates(const CommandLine& line, ScenarioSource& source, const std::vector<SloCondition>& slo) {
  const std::vector<Scenario> scenarios = source.read_all();
  const auto seeds = static_cast<std::size_t>(line.number("seeds", 1).value_or(3));
  std::vector<MaxRate> found;
  try {
    for (const Scenario& scenario : scenarios) {
      found.push_back(find(scenario, slo.empty() ? own_slo(scenario) : slo, seeds, processes_at_once(line)));
    }
  } catch (const Interrupted&) {
    std::cerr << "interrupted\n";
    return ExitStatus::interrupted;
  }
  std::cout << (line.has("json") ? json_of(found) : text_of(found, seeds));
  const bool all = std::all_of(found.begin(), found.end(), [](const MaxRate& one) { return one.limit.has_value(); });
  return all ? ExitStatus::ok : ExitStatus::no;
}

}  // namespace idlewatt
