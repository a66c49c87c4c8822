#include "traffic/generator.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "traffic/crowd_arrivals.hpp"
#include "traffic/rate_clock.hpp"
#include "traffic/token_sampler.hpp"
#include "traffic/unit_arrivals.hpp"

namespace idlewatt {
namespace {

constexpr double kDayS = 86400.0;

double ticks_of(double seconds) {
  return seconds * static_cast<double>(kTicksPerSecond);
}

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

/// All arrivals of a description in order.
class Arrivals {
 public:
  Arrivals(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
      : end_(to_ticks(traffic.duration_s)),
        clock_(traffic, scale, seed),
        unit_(traffic.gaps, traffic.population, seed, traffic.name),
        spikes_(traffic, scale, seed),
        crowds_(traffic, scale, seed) {
    next_profile_ = clock_.next(unit_.gap(), end_);
    next_spike_ = spikes_.next(end_);
    next_crowd_ = crowds_.next(end_);
  }

  /// Fills arrival and tenant; false at the end.
  bool next(Request& request) {
    request.arrival = std::min({next_profile_, next_spike_, next_crowd_});
    if (request.arrival == kNever) {
      return false;
    }
    // Of equal arrivals, the profile's go first.
    if (next_profile_ == request.arrival) {
      request.tenant = unit_.client();
      next_profile_ = clock_.next(unit_.gap(), end_);
    } else if (next_spike_ == request.arrival) {
      next_spike_ = spikes_.next(end_);
    } else {
      next_crowd_ = crowds_.next(end_);
    }
    return true;
  }

 private:
  Ticks end_;
  RateClock clock_;
  UnitArrivals unit_;
  SpikeArrivals spikes_;
  CrowdArrivals crowds_;
  Ticks next_profile_ = kNever;
  Ticks next_spike_ = kNever;
  Ticks next_crowd_ = kNever;
};

class GeneratedReader final : public TraceReader {
 public:
  GeneratedReader(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
      : arrivals_(traffic, scale, seed),
        prompt_(traffic.prompt_tokens, RandomStream(seed, traffic.name + "/prompt")),
        output_(traffic.output_tokens, RandomStream(seed, traffic.name + "/output")) {}

  bool next(Request& request) override {
    request = Request{};
    if (!arrivals_.next(request)) {
      return false;
    }
    request.prompt_tokens = prompt_.draw();
    request.output_tokens = output_.draw();
    return true;
  }

 private:
  Arrivals arrivals_;
  TokenSampler prompt_;
  TokenSampler output_;
};

}  // namespace

std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed) {
  check(traffic, scale);
  const Sessions& sessions = traffic.sessions;
  if (!(sessions.mean_turns > 0.0)) {
    return std::make_unique<GeneratedReader>(traffic, scale, seed);
  }
  // The arrivals' draws of lengths are those of the first turns.
  return converse(std::make_unique<GeneratedReader>(traffic, scale / sessions.mean_turns, seed), traffic, seed);
}

}  // namespace idlewatt
