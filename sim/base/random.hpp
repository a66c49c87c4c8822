// Named random streams. Each use draws from a stream of its own, so a new use changes no other draws, and the
// variants of a scenario see the same traffic (common random numbers).
#pragma once

#include <cstdint>
#include <string_view>

namespace idlewatt {

/// xoshiro256++ (Blackman and Vigna, 2019), seeded by SplitMix64 from a seed and a name. All arithmetic is written
/// here, so that every compiler and standard library gives the same numbers.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);

  std::uint64_t bits();
  /// A draw from [0, 1) with 53 random bits.
  double uniform();
  /// A draw from (0, 1], safe as the argument of a logarithm.
  double uniform_positive() { return 1.0 - uniform(); }
  /// A draw from the exponential distribution with mean 1.
  double exponential();

 private:
  std::uint64_t state_[4];
};

}  // namespace idlewatt
