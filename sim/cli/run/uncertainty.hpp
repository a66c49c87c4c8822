// `idlewatt run --uncertainty N`: the range of the answer that follows from the ranges of the figures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/run/summary_table.hpp"
#include "ledger/summary.hpp"
#include "scenario/uncertainty.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// Runs of scenarios with figures drawn from their ranges. Every scenario uses the same draws.
struct Uncertainty {
  DrawnFigures figures;
  std::vector<std::vector<double>> values;                     ///< [draw][figure]
  std::vector<std::vector<std::optional<Summary>>> summaries;  ///< [scenario][draw]; nothing for a run that failed

  std::size_t draws() const { return values.size(); }
};

/// Draws the figures for `scenarios`, without running anything. Throws InputError when no figure has a range.
Uncertainty draw_uncertainty(const std::vector<Scenario>& scenarios, std::size_t draws);

/// The scenario with the figures of one draw. Throws InputError when a pool's model no longer fits.
Scenario drawn_scenario(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw);

/// The rank correlation of a figure with a measure over the draws.
struct Influence {
  std::string path;
  double rank_correlation = 0.0;
};

/// The distribution of a measure over the draws of one scenario.
struct MeasureInterval {
  const Measure* measure = nullptr;
  double low = 0.0;  ///< 5 % of the draws are below this value
  double median = 0.0;
  double high = 0.0;                  ///< 5 % of the draws are above this value
  std::vector<Influence> influences;  ///< correlations beyond chance, the strongest first
};

std::vector<MeasureInterval> intervals(const Uncertainty& uncertainty, std::size_t scenario);

/// The text for people: for each variant its headline measures, their intervals and the figures that influence them
/// most. `values` are the summaries with the figures' own values.
std::string uncertainty_text(const Uncertainty& uncertainty, const std::vector<TableColumn>& values,
                             const TextStyle& style);

/// CSV with a row for each variant and draw: the drawn figures, and the measures that resulted.
std::string uncertainty_csv(const Uncertainty& uncertainty, const std::vector<std::string>& variants);

}  // namespace idlewatt
