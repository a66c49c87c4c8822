// Gaps between arrivals of a renewal process of unit rate.
#pragma once

#include "base/random.hpp"
#include "traffic/arrivals.hpp"

namespace idlewatt {

/// Standard normal deviates by the polar method (Marsaglia and Bray, 1964), exact.
class NormalSampler {
 public:
  double draw(RandomStream& random);

 private:
  double spare_ = 0.0;
  bool has_spare_ = false;
};

/// Gaps of mean 1. Gamma deviates by squeezed rejection (Marsaglia and Tsang, 2000), Weibull deviates by inversion.
class GapSampler {
 public:
  /// Requires a cv within kMinCv and kMaxCv.
  GapSampler(const Gaps& gaps, RandomStream random);

  /// Of a gamma or Weibull law. Beyond, the arithmetic gives out: gaps of 0, or of one length.
  static constexpr double kMinCv = 0.05;
  static constexpr double kMaxCv = 50.0;

  double draw();
  /// From an arbitrary time to the next arrival of a process that has been going on for ever: the stationary excess, a
  /// uniform share of a gap chosen in proportion to its length (Cox, Renewal Theory, 1962, chapter 5). Starting with
  /// it, the process has rate 1 from the beginning, however bursty it is.
  double draw_first();

 private:
  double gamma(double shape);

  GapLaw law_;
  double shape_ = 1.0;
  double scale_ = 1.0;
  RandomStream random_;
  NormalSampler normal_;
};

/// The shape k of a Weibull distribution with coefficient of variation `cv`, where cv^2 + 1 = G(1 + 2/k) / G(1 +
/// 1/k)^2.
double weibull_shape(double cv);

/// The standard normal quantile at `p`, 0 < p < 1, to 1e-9 (Acklam's rational approximation, one step of Halley's).
double normal_quantile(double p);

}  // namespace idlewatt
