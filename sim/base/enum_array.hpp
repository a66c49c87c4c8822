// A value for each enumerator of an enumeration.
#pragma once

#include <array>
#include <cstddef>

namespace idlewatt {

/// An array whose index is an enumerator: `seconds[AcceleratorState::parked]`. The enumerators count from 0, and `N` is
/// their number.
template <class Enum, class Value, std::size_t N>
struct EnumArray {
  std::array<Value, N> values{};  ///< in the order of the enumerators

  constexpr Value& operator[](Enum key) { return values[static_cast<std::size_t>(key)]; }
  constexpr const Value& operator[](Enum key) const { return values[static_cast<std::size_t>(key)]; }

  static constexpr std::size_t size() { return N; }
  constexpr auto begin() { return values.begin(); }
  constexpr auto end() { return values.end(); }
  constexpr auto begin() const { return values.begin(); }
  constexpr auto end() const { return values.end(); }
};

/// All enumerators in their order, for a range-based for.
template <class Enum, std::size_t N>
constexpr std::array<Enum, N> every() {
  std::array<Enum, N> all{};
  for (std::size_t i = 0; i < N; ++i) {
    all[i] = static_cast<Enum>(i);
  }
  return all;
}

}  // namespace idlewatt
