// A part of the bill: who spent energy and money, and what for. The rule by which it is shared is in attribution.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace idlewatt {

/// What energy or money was spent for.
enum class Purpose : std::uint8_t { prefill, decode, idle, startup, host, facility, lost };

inline constexpr std::size_t kPurposes = 7;

constexpr const char* to_string(Purpose purpose) {
  constexpr const char* names[kPurposes] = {"prefill", "decode", "idle", "startup", "host", "facility", "lost"};
  return names[static_cast<std::size_t>(purpose)];
}

/// An amount (J or USD) by purpose.
struct Purposes {
  std::array<double, kPurposes> amounts{};

  double& operator[](Purpose purpose) { return amounts[static_cast<std::size_t>(purpose)]; }
  double operator[](Purpose purpose) const { return amounts[static_cast<std::size_t>(purpose)]; }
  double total() const;
  Purposes& operator+=(const Purposes& other);
  Purposes operator*(double factor) const;
};

/// One part of the bill. The parts of a run sum to its facility energy and its cost.
struct Attribution {
  static constexpr std::int32_t kNobody = -1;

  std::int32_t pool = kNobody;    ///< index into Books.pools
  std::int32_t tenant = kNobody;  ///< whose requests they were
  std::int64_t served = 0;        ///< requests
  Purposes energy_j;              ///< facility energy
  Purposes cost_usd;
};

}  // namespace idlewatt
