// What a description of synthetic traffic says about arrivals, as plain structs. generator.hpp makes requests of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace idlewatt {

/// Law of the gaps between arrivals, before the rate stretches them.
enum class GapLaw { exponential, gamma, weibull };

/// Gaps of mean 1 with the coefficient of variation `cv` (standard deviation / mean; an exponential's is always 1).
struct Gaps {
  GapLaw law = GapLaw::exponential;
  double cv = 1.0;
};

/// The rate switches between two levels (a Markov-modulated process); their weighted mean is the rate as described.
struct OnOff {
  double on_s = 0.0;      ///< mean time at the upper level, exponentially distributed; 0 = no switching
  double off_s = 0.0;     ///< mean time at the lower
  double off_rate = 0.0;  ///< lower level / upper level, 0 (silence) to 1
};

/// A rate given at points in time. Before the first point it is the first one's, after the last the last one's.
struct RateTable {
  std::vector<double> t_s;       ///< ascending, at least 0
  std::vector<double> rate_rps;  ///< at least 0
  bool stepwise = false;         ///< each rate holds to the next point; otherwise linear between the points
};

/// A crowd at a given time: the extra rate rises linearly to its height and then decays exponentially.
struct FlashCrowd {
  double at_s = 0.0;     ///< where the rise begins
  double height = 0.0;   ///< in multiples of the mean rate
  double rise_s = 0.0;   ///< 0 = at once
  double decay_s = 0.0;  ///< time constant
};

/// Many clients whose arrivals add up to the traffic, each a renewal process of its own under the common rate.
struct Population {
  /// Who sends how much: of the i-th client of n, i^-skew (zipf), or exp(skew z) at the normal quantile z of
  /// (i - 1/2) / n (lognormal), over the sum of all. Nothing is drawn, so the skew is the same for every seed.
  enum class Shares { zipf, lognormal };

  std::int32_t clients = 0;  ///< 0 = no population
  Shares shares = Shares::zipf;
  double skew = 1.0;
  Gaps gaps;              ///< cv is the clients' median
  double cv_sigma = 0.0;  ///< each client's cv is drawn from a lognormal distribution with this sigma
};

/// Time between the end of an answer and the next request: lognormal.
struct ThinkTime {
  double median_s = 0.0;
  double sigma = 0.0;  ///< of the logarithm; 0 = always the median

  double mean_s() const;
};

/// Closed-loop clients: each sends its next request a think time after its last one ended (traffic/closed_loop.hpp).
struct ClosedLoop {
  std::int32_t clients = 0;   ///< 0 = none
  ThinkTime think_time;       ///< with a number of requests it may be 0: then all begin at time 0, as load tests do
  std::int64_t requests = 0;  ///< of all clients together, then they ask no more; 0 = as many as fit into the duration
};

}  // namespace idlewatt
