#include "cli/calibrate/candidates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "scenario/catalog/entry_figures.hpp"
#include "scenario/uncertainty.hpp"

namespace idlewatt {
namespace {

// What is taken as known before the measurement: an efficiency within a factor of 2 of the catalogue's, a time within a
// factor of 4, each as one standard deviation. An assumption. It decides nothing that the data identify, and how far a
// figure that the data leave open may move the others.
const double kEfficiencySd = std::log(2.0);
const double kTimeSd = std::log(4.0);

/// A row of the table of candidates.
struct Row {
  const char* kind;
  const char* key;
  double offset;         ///< in the figure's unit: a value at which the figure no longer matters to a step or a request
  bool several = false;  ///< only for replicas of several accelerators
};

// One row for each effect that latencies can tell apart: figures with the same effect, such as the engine's factors
// beside the accelerator's efficiencies, keep the catalogue's values.
constexpr std::array kRows{
    Row{"engines", "step_overhead", 100e-6},          Row{"engines", "sequence_overhead", 10e-6},
    Row{"engines", "request_overhead", 1e-3},         Row{"accelerators", "bandwidth_efficiency", 0.0},
    Row{"accelerators", "kv_efficiency", 0.0},        Row{"accelerators", "compute_efficiency", 0.0},
    Row{"accelerators", "attention_efficiency", 0.0}, Row{"engines", "collective_overhead", 10e-6, true},
    Row{"accelerators", "link_bandwidth", 0.0, true}};

std::vector<EntryFigure> figures_of_kind(const Row& row, const Pool& pool, const Catalog& catalog) {
  return row.kind == std::string("engines") ? figures_of(catalog.engines.at(pool.engine))
                                            : figures_of(catalog.accelerators.at(pool.accelerator));
}

}  // namespace

double Candidate::at(double x) const {
  return std::max(0.0, (value + offset) * std::exp(x) - offset);
}

double Candidate::unknown(double figure) const {
  return std::log((figure + offset) / (value + offset));
}

double Candidate::least_x() const {
  return offset > 0.0 ? unknown(0.0) : -std::numeric_limits<double>::infinity();
}

double Candidate::greatest_x() const {
  return std::isfinite(highest) ? unknown(highest) : std::numeric_limits<double>::infinity();
}

std::vector<Candidate> time_candidates(const Pool& pool, const Catalog& catalog) {
  std::vector<Candidate> candidates;
  for (const Row& row : kRows) {
    if (row.several && pool.accelerators_per_replica() == 1) {
      continue;
    }
    const bool engine = row.kind == std::string("engines");
    Candidate candidate{.kind = row.kind,
                        .entry = engine ? pool.engine : pool.accelerator,
                        .key = row.key,
                        .dimension = Dimension::time,
                        .offset = row.offset,
                        .prior_sd = row.offset > 0.0 ? kTimeSd : kEfficiencySd};
    const std::vector<EntryFigure> figures = figures_of_kind(row, pool, catalog);
    const auto found = std::find_if(figures.begin(), figures.end(),
                                    [&](const EntryFigure& figure) { return figure.key == candidate.key; });
    if (found != figures.end()) {  // an engine may leave a figure out, which is then 0
      candidate.dimension = found->dimension;
      candidate.value = found->value;
    }
    candidate.highest = candidate.dimension == Dimension::share ? 1.0 : std::numeric_limits<double>::infinity();
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

void keep_used(Catalog& catalog, const Scenario& scenario) {
  std::set<std::string> models;
  std::set<std::string> engines;
  for (const Pool& pool : scenario.pools) {
    models.insert(pool.model);
    engines.insert(pool.engine);
    if (pool.speculation) {
      models.insert(pool.speculation->draft);
    }
  }
  std::erase_if(catalog.models, [&](const auto& entry) { return !models.contains(entry.first); });
  std::erase_if(catalog.engines, [&](const auto& entry) { return !engines.contains(entry.first); });
}

Catalog with_unknowns(const Catalog& catalog, const std::vector<Candidate>& candidates, const std::vector<double>& x) {
  std::vector<DrawnFigure> figures;
  std::vector<double> values;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    figures.push_back({candidates[i].path(), candidates[i].dimension, candidates[i].value, {}});
    values.push_back(candidates[i].at(x[i]));
  }
  return with_figures(catalog, figures, values);
}

}  // namespace idlewatt
