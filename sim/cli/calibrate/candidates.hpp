// The figures that a load test may identify, as unknowns of a fit.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "catalog/catalog.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A figure of the catalogue as an unknown of a fit. The unknown is x = ln((figure + offset) / (value + offset)), 0 at
/// the catalogue's value. The offset keeps a time of 0 in reach.
struct Candidate {
  std::string kind;   ///< "accelerators" or "engines"
  std::string entry;  ///< name of the catalogue's entry
  std::string key;    ///< "step_overhead"
  Dimension dimension = Dimension::number;
  double value = 0.0;     ///< the catalogue's value
  double offset = 0.0;    ///< in the figure's unit; 0 for figures that cannot be 0
  double prior_sd = 0.0;  ///< standard deviation of x before the measurement
  double highest = 0.0;   ///< the greatest legal value

  std::string path() const { return kind + "." + entry + "." + key; }
  /// The figure at x, at least 0. Beyond greatest_x() it is no legal value, but its slope is that below.
  double at(double x) const;
  /// The unknown at which the figure has this value.
  double unknown(double figure) const;
  /// The bounds of x.
  double least_x() const;
  double greatest_x() const;
};

/// The figures of time that the pool's latencies may depend on: times of the host, efficiencies of the accelerator, and
/// the links if a replica has several accelerators.
std::vector<Candidate> time_candidates(const Pool& pool, const Catalog& catalog);

/// Removes the models and engines that no pool of the scenario uses: every simulation copies the catalogue.
void keep_used(Catalog& catalog, const Scenario& scenario);

/// The catalogue with the figures of `candidates` at `x`.
Catalog with_unknowns(const Catalog& catalog, const std::vector<Candidate>& candidates, const std::vector<double>& x);

}  // namespace idlewatt
