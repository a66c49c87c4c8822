// Other plausible values of a run's figures: draws from their ranges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A figure with a range that scenarios use, of any status: the range of a measured figure is the error of its fit.
struct DrawnFigure {
  std::string path;  ///< "accelerators.l4.idle_loaded", as in /provenance
  Dimension dimension = Dimension::number;
  double value = 0.0;
  FigureRange range;
};

struct DrawnFigures {
  std::vector<DrawnFigure> ranged;
  std::vector<std::string> without_range;  ///< paths of assumed figures without a range, which keep their values
};

/// The figures with a range in the scenarios' catalogue entries. Each comes once, in the order of /provenance.
DrawnFigures drawn_figures(const std::vector<Scenario>& scenarios);

/// Draws `draws` values for each figure: result[draw][figure]. The distribution is triangular between the ends of the
/// range, with its peak at the figure's value. The draws form a Latin hypercube: each distribution is divided into
/// `draws` equal parts, and each part is drawn from once (McKay, Beckman and Conover, Technometrics 21, 1979). Each
/// figure has a random stream of its own, so its draws do not depend on the other figures.
std::vector<std::vector<double>> draw_figures(const std::vector<DrawnFigure>& figures, std::size_t draws,
                                              std::uint64_t seed);

/// The catalogue with these values in place of the figures'. Powers that a draw puts out of order (idle_empty above
/// idle_loaded, for example) are lowered to the power that they may not exceed.
Catalog with_figures(const Catalog& catalog, const std::vector<DrawnFigure>& figures,
                     const std::vector<double>& values);

/// The `share` quantile of the triangular distribution between `low` and `high` with its peak at `peak`.
double triangular_quantile(double low, double peak, double high, double share);

}  // namespace idlewatt
