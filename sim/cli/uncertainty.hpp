// `idlewatt run --uncertainty N`: what the ranges of the figures make of the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/summary_table.hpp"
#include "ledger/summary.hpp"
#include "scenario/uncertainty.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// Runs of scenarios with figures drawn from their ranges; every scenario sees the same draws.
struct Uncertainty {
  DrawnFigures figures;
  std::vector<std::vector<double>> values;                     ///< [draw][figure]
  std::vector<std::vector<std::optional<Summary>>> summaries;  ///< [scenario][draw]; nothing where a run failed

  std::size_t draws() const { return values.size(); }
};

/// The draws for `scenarios`, nothing run yet. Throws InputError when no figure has a range.
Uncertainty draw_uncertainty(const std::vector<Scenario>& scenarios, std::size_t draws);

/// The scenario with the figures of one draw. Throws InputError where a pool's model no longer fits.
Scenario drawn_scenario(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw);

/// How far a figure goes together with a measure.
struct Influence {
  std::string path;
  double rank_correlation = 0.0;
};

/// A measure over the draws of one scenario.
struct MeasureInterval {
  const Measure* measure = nullptr;
  double low = 0.0;  ///< 5 % of the draws are below
  double median = 0.0;
  double high = 0.0;                  ///< 5 % are above
  std::vector<Influence> influences;  ///< those beyond chance, the strongest first
};

std::vector<MeasureInterval> intervals(const Uncertainty& uncertainty, std::size_t scenario);

/// For people: for each variant its headline measures, their interval and what moves them. `values` are the summaries
/// with the figures as they stand.
std::string uncertainty_text(const Uncertainty& uncertainty, const std::vector<TableColumn>& values,
                             const TextStyle& style);

/// A row for each variant and draw: the figures drawn, and the measures that came of them.
std::string uncertainty_csv(const Uncertainty& uncertainty, const std::vector<std::string>& variants);

}  // namespace idlewatt
