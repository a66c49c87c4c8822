// The states of hardware, and time and energy by state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/energy.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Every accelerator is always in exactly one of these.
enum class AcceleratorState : std::uint8_t {
  off,
  booting,      ///< its server boots
  idle_empty,   ///< powered, no model
  loading,      ///< weights on their way, engine starting
  idle_loaded,  ///< model in memory, no work
  prefill,      ///< a step of prompts only
  decode,       ///< a step of output tokens only
  mixed,        ///< a step of both
  parked,       ///< clocked down
  failed,
};

inline constexpr std::size_t kAcceleratorStates = 10;

constexpr const char* to_string(AcceleratorState state) {
  constexpr std::array<const char*, kAcceleratorStates> names{
      "off", "booting", "idle_empty", "loading", "idle_loaded", "prefill", "decode", "mixed", "parked", "failed"};
  return names[static_cast<std::size_t>(state)];
}

/// Working on requests.
constexpr bool is_busy(AcceleratorState state) {
  return state == AcceleratorState::prefill || state == AcceleratorState::decode || state == AcceleratorState::mixed;
}

/// Powered and doing no work for any request: the definition of idle waste.
constexpr bool is_idle_waste(AcceleratorState state) {
  return state == AcceleratorState::booting || state == AcceleratorState::idle_empty ||
         state == AcceleratorState::loading || state == AcceleratorState::idle_loaded ||
         state == AcceleratorState::parked;
}

enum class ServerState : std::uint8_t { off, booting, on, shutting_down, failed };

inline constexpr std::size_t kServerStates = 5;

constexpr const char* to_string(ServerState state) {
  constexpr std::array<const char*, kServerStates> names{"off", "booting", "on", "shutting_down", "failed"};
  return names[static_cast<std::size_t>(state)];
}

/// Exact time and energy by state; 128 bits, so that fleets and years never overflow.
template <class State, std::size_t N>
struct StateTotals {
  std::array<int128_t, N> ticks{};
  std::array<Energy, N> energy{};

  void charge(State state, int128_t duration, Energy amount) {
    ticks[static_cast<std::size_t>(state)] += duration;
    energy[static_cast<std::size_t>(state)] += amount;
  }
  StateTotals& operator+=(const StateTotals& other) {
    for (std::size_t i = 0; i < N; ++i) {
      ticks[i] += other.ticks[i];
      energy[i] += other.energy[i];
    }
    return *this;
  }
  StateTotals& operator-=(const StateTotals& other) {
    for (std::size_t i = 0; i < N; ++i) {
      ticks[i] -= other.ticks[i];
      energy[i] -= other.energy[i];
    }
    return *this;
  }
  int128_t total_ticks() const {
    int128_t sum = 0;
    for (const int128_t t : ticks) {
      sum += t;
    }
    return sum;
  }
  Energy total_energy() const {
    Energy sum;
    for (const Energy e : energy) {
      sum += e;
    }
    return sum;
  }
};

using AcceleratorTotals = StateTotals<AcceleratorState, kAcceleratorStates>;
using ServerTotals = StateTotals<ServerState, kServerStates>;

}  // namespace idlewatt
