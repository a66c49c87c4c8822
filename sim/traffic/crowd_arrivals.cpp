#include "traffic/crowd_arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <string>

namespace idlewatt {

CrowdArrivals::CrowdArrivals(const GeneratedTraffic& traffic, double scale, std::uint64_t seed) {
  for (const FlashCrowd& crowd : traffic.flash_crowds) {
    crowds_.push_back({.shape = crowd,
                       .height_rps = crowd.height * traffic.mean_rate_rps * scale,
                       .random = RandomStream(seed, fmt::format("{}/crowd-{}", traffic.name, crowds_.size()))});
    draw(crowds_.back());
  }
}

void CrowdArrivals::draw(Crowd& crowd) {
  crowd.area += crowd.random.exponential();
  const FlashCrowd& shape = crowd.shape;
  const double risen = crowd.height_rps * shape.rise_s / 2.0;
  double after_s = 0.0;
  if (crowd.area < risen) {
    after_s = std::sqrt(2.0 * crowd.area * shape.rise_s / crowd.height_rps);
  } else {
    const double whole = crowd.height_rps * shape.decay_s;
    const double share = crowd.area - risen < whole ? (crowd.area - risen) / whole : 1.0;
    if (!(share < 1.0)) {
      crowd.arrival = kNever;
      return;
    }
    after_s = shape.rise_s - shape.decay_s * std::log1p(-share);
  }
  const double ticks = (shape.at_s + after_s) * static_cast<double>(kTicksPerSecond);
  crowd.arrival = ticks < 9e18 ? static_cast<Ticks>(ticks + 0.5) : kNever;
}

Ticks CrowdArrivals::next(Ticks end) {
  const auto earliest = std::min_element(crowds_.begin(), crowds_.end(),
                                         [](const Crowd& a, const Crowd& b) { return a.arrival < b.arrival; });
  if (earliest == crowds_.end() || earliest->arrival >= end) {
    return kNever;
  }
  const Ticks arrival = earliest->arrival;
  draw(*earliest);
  return arrival;
}

}  // namespace idlewatt
