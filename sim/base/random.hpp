// Named random streams: each use draws from its own, so that adding one changes no other, and variants of a scenario
// see the same traffic (common random numbers).
#pragma once

#include <cstdint>
#include <string_view>

namespace idlewatt {

/// xoshiro256++ (Blackman and Vigna, 2019), seeded by SplitMix64 from a seed and a name. The draws are our own
/// arithmetic, so that every compiler and standard library gives the same numbers.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);

  std::uint64_t bits();
  /// In [0, 1), 53 bits.
  double uniform();
  /// In (0, 1]: safe under a logarithm.
  double uniform_positive() { return 1.0 - uniform(); }
  /// Mean 1.
  double exponential();

 private:
  std::uint64_t state_[4];
};

}  // namespace idlewatt
