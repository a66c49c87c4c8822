// Spreads numbers over 64 bits, for keys that must not collide.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). The function is one to one: distinct numbers stay
/// distinct.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace idlewatt
