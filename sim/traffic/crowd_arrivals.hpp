// Arrivals of flash crowds: bursts at given times, on top of all other arrivals.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/ticks.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// The crowds' extra rates as superposed Poisson processes, each drawn by inversion of its integral: h u^2 / (2 rise)
/// while it rises, then h decay (1 - exp(-(u - rise) / decay)). Random streams "<name>/crowd-<i>", i from 0.
class CrowdArrivals {
 public:
  /// Requires a checked description.
  CrowdArrivals(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

  /// The next arrival; kNever when it would not come before `end`.
  Ticks next(Ticks end);

 private:
  struct Crowd {
    FlashCrowd shape;
    double height_rps = 0.0;
    RandomStream random;
    double area = 0.0;  // integral up to its next arrival
    Ticks arrival = 0;
  };

  static void draw(Crowd& crowd);

  std::vector<Crowd> crowds_;  // few: the earliest is looked for
};

}  // namespace idlewatt
