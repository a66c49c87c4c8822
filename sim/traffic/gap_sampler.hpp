// Gaps between arrivals of a renewal process of unit rate.
#pragma once

#include "base/random.hpp"
#include "traffic/arrivals.hpp"

namespace idlewatt {

/// Standard normal deviates, drawn exactly by the polar method (Marsaglia and Bray, 1964).
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

  /// The limits of the cv of a gamma or Weibull law. Beyond them the arithmetic fails: gaps become 0, or all equal.
  static constexpr double kMinCv = 0.05;
  static constexpr double kMaxCv = 50.0;

  double draw();
  /// The gap from an arbitrary time to the next arrival of a process that has been running for ever. It is the
  /// stationary excess: a uniform share of a gap chosen in proportion to its length (Cox, Renewal Theory, 1962, chapter
  /// 5). A process that starts with this gap has rate 1 from the beginning, however bursty it is.
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
