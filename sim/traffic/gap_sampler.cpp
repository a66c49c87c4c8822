#include "traffic/gap_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace idlewatt {

double NormalSampler::draw(RandomStream& random) {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  for (;;) {
    const double x = 2.0 * random.uniform() - 1.0;
    const double y = 2.0 * random.uniform() - 1.0;
    const double square = x * x + y * y;
    if (square > 0.0 && square < 1.0) {
      const double factor = std::sqrt(-2.0 * std::log(square) / square);
      spare_ = y * factor;
      has_spare_ = true;
      return x * factor;
    }
  }
}

GapSampler::GapSampler(const Gaps& gaps, RandomStream random) : law_(gaps.law), random_(random) {
  if (law_ == GapLaw::gamma) {
    shape_ = 1.0 / (gaps.cv * gaps.cv);
    scale_ = gaps.cv * gaps.cv;
  } else if (law_ == GapLaw::weibull) {
    shape_ = weibull_shape(gaps.cv);
    scale_ = 1.0 / std::tgamma(1.0 + 1.0 / shape_);
  }
}

double GapSampler::draw() {
  switch (law_) {
    case GapLaw::exponential:
      break;
    case GapLaw::gamma:
      return scale_ * gamma(shape_);
    case GapLaw::weibull:
      return scale_ * std::pow(random_.exponential(), 1.0 / shape_);
  }
  return random_.exponential();
}

double GapSampler::draw_first() {
  // A gap chosen in proportion to its length x has density x f(x): of a gamma law the next shape; of a Weibull law,
  // (x / scale)^shape has density y^(1/shape) e^-y.
  switch (law_) {
    case GapLaw::exponential:
      break;
    case GapLaw::gamma:
      return random_.uniform() * scale_ * gamma(shape_ + 1.0);
    case GapLaw::weibull:
      return random_.uniform() * scale_ * std::pow(gamma(1.0 + 1.0 / shape_), 1.0 / shape_);
  }
  return random_.exponential();
}

double GapSampler::gamma(double shape) {
  // Below 1: a deviate of shape + 1 times a power of a uniform one.
  const double boost = shape < 1.0 ? std::exp(-random_.exponential() / shape) : 1.0;
  const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal_.draw(random_);
    const double root = 1.0 + c * x;
    if (root <= 0.0) {
      continue;
    }
    const double v = root * root * root;
    const double u = random_.uniform_positive();
    const double square = x * x;
    if (u < 1.0 - 0.0331 * square * square || std::log(u) < 0.5 * square + d * (1.0 - v + std::log(v))) {
      return boost * d * v;
    }
  }
}

double weibull_shape(double cv) {
  // The cv falls with the shape. Bisection of the logarithm, since shapes range from 0.1 to 30.
  const double wanted = std::log1p(cv * cv);
  double low = std::log(0.05);
  double high = std::log(100.0);
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    const double shape = std::exp(middle);
    const double spread = std::lgamma(1.0 + 2.0 / shape) - 2.0 * std::lgamma(1.0 + 1.0 / shape);
    (spread > wanted ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

double normal_quantile(double p) {
  if (p > 0.5) {
    return -normal_quantile(1.0 - p);
  }
  double x = 0.0;
  if (p < 0.02425) {
    const double q = std::sqrt(-2.0 * std::log(p));
    x = (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q +
          4.374664141464968) *
             q +
         2.938163982698783) /
        ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q +
         1.0);
  } else {
    const double q = p - 0.5;
    const double r = q * q;
    x = (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
           1.383577518672690e+02) *
              r -
          3.066479806614716e+01) *
             r +
         2.506628277459239) *
        q /
        (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
           6.680131188771972e+01) *
              r -
          1.328068155288572e+01) *
             r +
         1.0);
  }
  const double error = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
  const double step = error * std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * x * x);
  return x - step / (1.0 + 0.5 * x * step);
}

double ThinkTime::mean_s() const {
  return median_s * std::exp(0.5 * sigma * sigma);
}

}  // namespace idlewatt
