// The description of synthetic arrivals, as plain structs. generator.hpp makes requests from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace idlewatt {

/// The distribution of the gaps between arrivals, before the rate stretches them.
enum class GapLaw { exponential, gamma, weibull };

/// Gaps with mean 1 and the coefficient of variation `cv` (standard deviation / mean; always 1 for exponential
/// gaps).
struct Gaps {
  GapLaw law = GapLaw::exponential;
  double cv = 1.0;
};

/// A rate that switches between two levels (a Markov-modulated process). The weighted mean of the levels is the
/// described rate.
struct OnOff {
  double on_s = 0.0;      ///< mean seconds at the upper level, exponentially distributed; 0 = no switching
  double off_s = 0.0;     ///< mean seconds at the lower level, exponentially distributed
  double off_rate = 0.0;  ///< lower level / upper level, 0 (silence) to 1
};

/// A rate given at points in time. Before the first point and after the last, the rate of that point holds.
struct RateTable {
  std::vector<double> t_s;       ///< ascending, at least 0
  std::vector<double> rate_rps;  ///< at least 0
  bool stepwise = false;         ///< each rate holds to the next point; otherwise linear between the points
};

/// A crowd at a given time: the extra rate rises linearly to its height, then decays exponentially.
struct FlashCrowd {
  double at_s = 0.0;     ///< start of the rise
  double height = 0.0;   ///< in multiples of the mean rate
  double rise_s = 0.0;   ///< 0 = at once
  double decay_s = 0.0;  ///< time constant
};

/// Many clients whose arrivals add up to the traffic. Each client is a renewal process of its own under the common
/// rate.
struct Population {
  /// The share of the traffic that each client sends: for the i-th client of n in proportion to i^-skew (zipf), or
  /// to exp(skew z) at the normal quantile z of (i - 1/2) / n (lognormal). Nothing is drawn, so the shares are the same
  /// for every seed.
  enum class Shares { zipf, lognormal };

  std::int32_t clients = 0;  ///< 0 = no population
  Shares shares = Shares::zipf;
  double skew = 1.0;
  Gaps gaps;              ///< gaps of a client; their cv is the median of the clients' cv
  double cv_sigma = 0.0;  ///< each client's cv is drawn from a lognormal distribution with this sigma
};

/// The time between the end of an answer and the client's next request, lognormally distributed.
struct ThinkTime {
  double median_s = 0.0;
  double sigma = 0.0;  ///< standard deviation of the logarithm; 0 = always the median

  double mean_s() const;
};

/// Closed-loop clients: each sends its next request one think time after its last request ended
/// (traffic/closed_loop.hpp).
struct ClosedLoop {
  std::int32_t clients = 0;  ///< 0 = none
  ThinkTime think_time;
};

}  // namespace idlewatt
