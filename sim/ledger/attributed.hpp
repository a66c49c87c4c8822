// A part of the bill: the pool or tenant that spent energy and money, and the purpose. The rule of sharing is in
// attribution.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/enum_array.hpp"
#include "base/id.hpp"

namespace idlewatt {

/// The purpose for which energy or money was spent.
enum class Purpose : std::uint8_t { prefill, decode, idle, startup, host, facility, lost };

inline constexpr std::size_t kPurposes = 7;

inline constexpr auto kEveryPurpose = every<Purpose, kPurposes>();

constexpr const char* to_string(Purpose purpose) {
  constexpr EnumArray<Purpose, const char*, kPurposes> names{
      {"prefill", "decode", "idle", "startup", "host", "facility", "lost"}};
  return names[purpose];
}

/// An amount (J or USD) by purpose.
struct Purposes {
  EnumArray<Purpose, double, kPurposes> amounts;

  double& operator[](Purpose purpose) { return amounts[purpose]; }
  double operator[](Purpose purpose) const { return amounts[purpose]; }
  double total() const;
  Purposes& operator+=(const Purposes& other);
  Purposes operator*(double factor) const;
};

/// One part of the bill. The parts of a run sum to its facility energy and its cost.
struct Attribution {
  std::optional<PoolId> pool = {};          ///< pool whose steps and accelerators they were; empty: no pool's
  std::optional<std::int32_t> tenant = {};  ///< tenant whose requests they were; empty: no tenant's
  std::int64_t served = 0;                  ///< number of served requests
  Purposes energy_j;                        ///< facility energy
  Purposes cost_usd;
};

}  // namespace idlewatt
