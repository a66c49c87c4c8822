// Exponential smoothing with a daily and a weekly season, additive (double seasonal Holt-Winters: J. W. Taylor,
// "Short-term electricity demand forecasting using double seasonal exponential smoothing", Journal of the Operational
// Research Society 54, 2003; there multiplicative, and with a term for the error's autocorrelation, here without):
//
//   level(t)  = a (x(t) - day(t - s1) - week(t - s2)) + (1 - a) (level(t-1) + trend(t-1))
//   trend(t)  = b (level(t) - level(t-1))             + (1 - b) trend(t-1)
//   day(t)    = d (x(t) - level(t) - week(t - s2))    + (1 - d) day(t - s1)
//   week(t)   = w (x(t) - level(t) - day(t - s1))     + (1 - w) week(t - s2)
//   forecast of x(t + k) = level(t) + k trend(t) + day(t + k - s1) + week(t + k - s2)
//
// The smoothing starts as in textbooks. The first day gives the level (its mean) and the daily season. The first week
// gives both anew (mean of the week; mean of each time of day) and the weekly season (the rest). Before the first day
// is over, the last value is the forecast.
#pragma once

#include <cstdint>
#include <vector>

namespace idlewatt {

/// Weights of the newest value: the a, b, d and w above.
struct HoltWintersWeights {
  double level = 0.0;
  double trend = 0.0;
  double day = 0.0;
  double week = 0.0;
};

/// Smooths a series of values, one at a time, and forecasts later ones.
class HoltWinters {
 public:
  /// Makes the smoothing. `day` and `week` are the lengths of the seasons in values; `week` is a multiple of `day`.
  HoltWinters(const HoltWintersWeights& weights, std::int64_t day, std::int64_t week);

  /// Adds the next value.
  void add(double x);

  /// The forecast of the value `steps` after the last one (1: the next), at most a day ahead. At least 0.
  double forecast(std::int64_t steps) const;

 private:
  void start_from(std::int64_t values);
  static double& at(std::vector<double>& season, std::int64_t time);

  HoltWintersWeights weights_;
  std::int64_t seen_ = 0;
  std::vector<double> first_week_;  ///< emptied when it is over
  double last_ = 0.0;
  double level_ = 0.0;
  double trend_ = 0.0;
  std::vector<double> day_;
  std::vector<double> week_;
};

}  // namespace idlewatt
