#include "workload/generator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "units/error.hpp"
#include "units/random.hpp"
#include "workload/token_sampler.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kHours = 24;
constexpr double kHourS = 3600.0;
constexpr double kDayS = 86400.0;

double ticks_of(double seconds) {
  return seconds * static_cast<double>(kTicksPerSecond);
}

/// Arrivals of the daily profile. Between two hours' middles the rate is a line, a + b u at u seconds from the
/// segment's start, and its integral a u + b u^2 / 2; a Poisson process of unit rate, mapped back through the integral,
/// has the wanted rate. The time is kept as whole segments and seconds within one, so that it is as fine in a year as
/// in a day.
class ProfileArrivals {
 public:
  ProfileArrivals(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
      : random_(seed, traffic.name + "/arrivals") {
    const std::vector<double>& profile = traffic.hour_profile;
    const double mean_rps = traffic.mean_rate_rps * scale;
    std::array<double, kHours> middle_rps{};
    middle_rps.fill(mean_rps);
    if (!profile.empty()) {
      // Each middle weighs one hour of the day's integral, so the mean over the day is the mean of the middles.
      const double mean = std::accumulate(profile.begin(), profile.end(), 0.0) / kHours;
      std::transform(profile.begin(), profile.end(), middle_rps.begin(),
                     [&](double relative) { return mean_rps * relative / mean; });
    }
    for (std::size_t hour = 0; hour < kHours; ++hour) {
      const double left = middle_rps[hour];
      const double right = middle_rps[(hour + 1) % kHours];
      lines_[hour] = {left, (right - left) / kHourS};
    }
    // Midnight is half-way between the middles of the last hour and the first.
    line_ = kHours - 1;
    line_start_ = -kTicksPerSecond * 1800;
    u_ = kHourS / 2;
  }

  /// The next arrival, or kNever once it is not before `end`.
  Ticks next(Ticks end) {
    double area = random_.exponential();
    for (;;) {
      const Line line = lines_[line_];
      const double rate = std::max(0.0, line.a + line.b * u_);
      // Solves rate x + b x^2 / 2 = area; this form of the root does not cancel, and holds for b = 0.
      const double root = rate * rate + 2.0 * line.b * area;
      if (root > 0.0) {
        const double reached = u_ + 2.0 * area / (rate + std::sqrt(root));
        if (reached < kHourS) {
          u_ = reached;
          const Ticks arrival = line_start_ + static_cast<Ticks>(ticks_of(u_) + 0.5);
          return arrival < end ? arrival : kNever;
        }
      }
      area -= (kHourS - u_) * (rate + line.b * (kHourS - u_) / 2.0);
      area = std::max(area, 0.0);
      u_ = 0.0;
      line_ = (line_ + 1) % kHours;
      line_start_ += kTicksPerSecond * 3600;
      if (line_start_ >= end) {
        return kNever;
      }
    }
  }

 private:
  struct Line {
    double a = 0.0;  // 1/s
    double b = 0.0;  // 1/s^2
  };

  RandomStream random_;
  std::array<Line, kHours> lines_;
  std::size_t line_ = 0;
  Ticks line_start_ = 0;
  double u_ = 0.0;
};

/// Arrivals of the spikes. All decay with one time constant, so that however many overlap, their sum is one exponential
/// c exp(-u / decay) from the last spike's start; its integral is c decay (1 - exp(-u / decay)).
class SpikeArrivals {
 public:
  SpikeArrivals(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
      : spikes_(traffic.spikes),
        mean_rps_(traffic.mean_rate_rps * scale),
        spike_random_(seed, traffic.name + "/spikes"),
        random_(seed, traffic.name + "/spike-arrivals") {
    next_start_ = draw_start();
  }

  /// The next arrival, or kNever once it is not before `end`.
  Ticks next(Ticks end) {
    for (;;) {
      // Left of the integral, were there no further spike: beyond it lies no arrival.
      if (left_ > 0.0) {
        const double area = random_.exponential();
        if (area < left_) {
          u_ -= spikes_.decay_s * std::log1p(-area / left_);
          left_ -= area;
          const Ticks arrival = start_ + static_cast<Ticks>(std::min(ticks_of(u_), 9e18) + 0.5);
          if (arrival < next_start_) {
            return arrival < end ? arrival : kNever;
          }
        }
        // The process forgets: what the next spike cuts off is drawn anew from there.
      }
      if (next_start_ >= end) {
        return kNever;
      }
      begin_spike();
    }
  }

 private:
  void begin_spike() {
    const double passed_s = to_seconds(next_start_ - start_);
    const double height = spikes_.height_min + (spikes_.height_max - spikes_.height_min) * spike_random_.uniform();
    rate_rps_ = rate_rps_ * std::exp(-passed_s / spikes_.decay_s) + height * mean_rps_;
    left_ = rate_rps_ * spikes_.decay_s;
    u_ = 0.0;
    start_ = next_start_;
    next_start_ = draw_start();
  }

  Ticks draw_start() {
    if (!(spikes_.per_day > 0.0)) {
      return kNever;
    }
    const double gap = ticks_of(spike_random_.exponential() * kDayS / spikes_.per_day);
    return gap < 4e18 && start_ < kNever / 2 ? start_ + static_cast<Ticks>(gap) : kNever;
  }

  Spikes spikes_;
  double mean_rps_;
  RandomStream spike_random_;
  RandomStream random_;
  Ticks start_ = 0;  // of the last spike
  Ticks next_start_ = 0;
  double rate_rps_ = 0.0;  // at start_
  double u_ = 0.0;         // seconds from start_ to the last arrival
  double left_ = 0.0;      // integral of the rate from there on
};

void check(const QuantileTable& table, const std::string& where) {
  const auto& p = table.probability;
  const auto& v = table.value;
  if (p.size() != v.size() || p.size() < 2 || p.front() != 0.0 || p.back() != 1.0) {
    throw InputError(where + ": the quantiles do not run from 0 to 1 (expected a value at 0, one at 1, any between)");
  }
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!(v[i] >= 0.0 && v[i] <= 1e9)) {
      throw InputError(where + ": a quantile is " + std::to_string(v[i]) + " (expected 0 to 1e9 tokens)");
    }
    if (i > 0 && !(p[i] > p[i - 1] && v[i] >= v[i - 1])) {
      throw InputError(where +
                       ": the quantiles are out of order (expected ascending shares, values that never descend)");
    }
  }
}

void check(const GeneratedTraffic& traffic, double scale) {
  const auto require = [&](bool holds, const char* field, const char* expectation) {
    if (!holds) {
      throw InputError(traffic.name + ": " + field + " makes no sense (expected " + expectation + ")");
    }
  };
  const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
  require(within(scale, 0.0, 1e9) && scale > 0.0, "scale", "a number above 0, at most 1e9");
  require(within(traffic.duration_s, 0.0, 9e7), "duration", "0 s to 2.8 years");
  require(within(traffic.mean_rate_rps, 0.0, 1e9), "mean_rate", "0 to 1e9 queries/s");
  const std::vector<double>& profile = traffic.hour_profile;
  if (!profile.empty()) {
    require(profile.size() == kHours, "hour_profile", "24 numbers, or none");
    require(std::all_of(profile.begin(), profile.end(), [&](double rate) { return within(rate, 0.0, 1e9); }) &&
                std::accumulate(profile.begin(), profile.end(), 0.0) > 0.0,
            "hour_profile", "numbers of at least 0, not all of them 0");
  }
  const Spikes& spikes = traffic.spikes;
  require(within(spikes.per_day, 0.0, 1e6), "spikes.per_day", "0 to 1e6");
  if (spikes.per_day > 0.0) {
    require(within(spikes.height_min, 0.0, spikes.height_max) && spikes.height_max <= 1e9, "spikes.height",
            "two multiples of the mean rate, the smaller first, at least 0");
    require(within(spikes.decay_s, 1e-3, 9e7), "spikes.decay", "at least 1 ms");
  }
  check(traffic.prompt_tokens, traffic.name + ": prompt_tokens");
  check(traffic.output_tokens, traffic.name + ": output_tokens");
}

class GeneratedReader final : public TraceReader {
 public:
  GeneratedReader(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
      : end_(to_ticks(traffic.duration_s)),
        profile_(traffic, scale, seed),
        spikes_(traffic, scale, seed),
        prompt_(traffic.prompt_tokens, RandomStream(seed, traffic.name + "/prompt")),
        output_(traffic.output_tokens, RandomStream(seed, traffic.name + "/output")),
        next_profile_(profile_.next(end_)),
        next_spike_(spikes_.next(end_)) {}

  bool next(Query& query) override {
    const bool spike = next_spike_ < next_profile_;
    const Ticks arrival = spike ? next_spike_ : next_profile_;
    if (arrival == kNever) {
      return false;
    }
    if (spike) {
      next_spike_ = spikes_.next(end_);
    } else {
      next_profile_ = profile_.next(end_);
    }
    query = Query{};
    query.arrival = arrival;
    query.prompt_tokens = prompt_.draw();
    query.output_tokens = output_.draw();
    return true;
  }

 private:
  Ticks end_;
  ProfileArrivals profile_;
  SpikeArrivals spikes_;
  TokenSampler prompt_;
  TokenSampler output_;
  Ticks next_profile_;
  Ticks next_spike_;
};

}  // namespace

std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed) {
  check(traffic, scale);
  return std::make_unique<GeneratedReader>(traffic, scale, seed);
}

}  // namespace idlewatt
