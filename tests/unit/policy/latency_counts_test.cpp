#include "policy/autoscale/latency_counts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::size_t searched(double seconds) {
  return static_cast<std::size_t>(std::lower_bound(kLatencyEdges.begin(), kLatencyEdges.end(), seconds) -
                                  kLatencyEdges.begin());
}

}  // namespace

TEST_CASE("latency counts: a latency is in the first bucket whose edge is not below it") {
  for (const double edge : kLatencyEdges) {
    for (const double seconds : {std::nextafter(edge, 0.0), edge, std::nextafter(edge, 1e9)}) {
      CHECK(LatencyBuckets::of(seconds) == searched(seconds));
    }
  }
  CHECK(LatencyBuckets::of(0.0) == 0);
  CHECK(LatencyBuckets::of(std::numeric_limits<double>::infinity()) == kLatencyEdges.size());
  RandomStream random(1, "latencies");
  for (int i = 0; i < 10'000; ++i) {
    const double seconds = std::ldexp(random.uniform(), static_cast<int>(random.uniform() * 30.0) - 14);
    REQUIRE(LatencyBuckets::of(seconds) == searched(seconds));
  }
}

}  // namespace idlewatt
