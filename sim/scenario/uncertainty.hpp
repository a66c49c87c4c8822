// What the figures of a run may well be instead: draws from their ranges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A figure that scenarios rest on and that has a range, whatever its status: a measured one has the error of its fit.
struct DrawnFigure {
  std::string path;  ///< "accelerators.l4.idle_loaded", as in /provenance
  Dimension dimension = Dimension::number;
  double value = 0.0;
  FigureRange range;
};

struct DrawnFigures {
  std::vector<DrawnFigure> ranged;
  std::vector<std::string> without_range;  ///< paths of assumed ones that stay as they are
};

/// The figures with a range of the scenarios' catalogue entries, each once, in the order of /provenance.
DrawnFigures drawn_figures(const std::vector<Scenario>& scenarios);

/// `draws` values for each figure: result[draw][figure]. Triangular between the ends of its range with the peak at its
/// value; a Latin hypercube, so that of the `draws` equal parts of each distribution every one is met once (McKay,
/// Beckman and Conover, Technometrics 21, 1979). Each figure has a random stream of its own: what is drawn for it does
/// not depend on which others there are.
std::vector<std::vector<double>> draw_figures(const std::vector<DrawnFigure>& figures, std::size_t draws,
                                              std::uint64_t seed);

/// The catalogue with these values in place of the figures'. Powers that a draw leaves out of order (idle_empty above
/// idle_loaded, say) are lowered to the one that they may not exceed.
Catalog with_figures(const Catalog& catalog, const std::vector<DrawnFigure>& figures,
                     const std::vector<double>& values);

/// Where the triangular distribution between `low` and `high` with its peak at `peak` has the share `share` below it.
double triangular_quantile(double low, double peak, double high, double share);

}  // namespace idlewatt
