#include "cli/claims/draws.hpp"

#include <memory>

#include "base/error.hpp"
#include "base/statistics.hpp"

namespace idlewatt {

std::optional<Uncertainty> draw_for(const ClaimCase& one, std::uint64_t draws) {
  // The steps' entries count as if a scenario had pools of them.
  std::vector<Scenario> scenarios = one.selection.scenarios;
  Scenario steps;
  steps.catalog = one.catalog;
  for (const ClaimStep& step : one.claim.steps) {
    steps.pools.add(step.pool);
  }
  scenarios.push_back(std::move(steps));
  if (drawn_figures(scenarios).ranged.empty()) {
    return std::nullopt;
  }
  return draw_uncertainty(scenarios, draws);
}

DrawnVerdicts drawn_verdicts(const ClaimCase& one, const Uncertainty& uncertainty) {
  DrawnVerdicts result;
  std::vector<std::vector<double>> values(one.claim.given.size() + one.claim.find.size());
  for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
    std::vector<ClaimRun> runs;
    for (std::size_t i = 0; i < one.selection.scenarios.size(); ++i) {
      if (const std::optional<Summary>& summary = uncertainty.summaries[i][draw]) {
        runs.push_back({one.selection.scenarios[i].variant, *summary});
      }
    }
    if (runs.size() < one.selection.scenarios.size()) {
      ++result.left_out;
      continue;
    }
    const Catalog catalog = with_figures(*one.catalog, uncertainty.figures.ranged, uncertainty.values[draw]);
    try {
      const ClaimAnswer answer = judge(one.claim, claim_values(one.claim, catalog, runs));
      ++result.counts[static_cast<std::size_t>(answer.verdict)];
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i].push_back(answer.quantities[i].value);
      }
    } catch (const InputError&) {
      // A quantity without a value in this draw: nothing serves within its limits, for example.
      ++result.left_out;
    }
  }
  constexpr double tail = 0.05;
  for (const std::vector<double>& some : values) {
    result.intervals.emplace_back(quantile(some, tail), quantile(some, 1.0 - tail));
  }
  return result;
}

}  // namespace idlewatt
