// The states of hardware, and time and energy by state.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/energy.hpp"
#include "base/enum_array.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// The state of an accelerator. Every accelerator is always in exactly one state.
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

inline constexpr auto kEveryAcceleratorState = every<AcceleratorState, kAcceleratorStates>();

constexpr const char* to_string(AcceleratorState state) {
  constexpr EnumArray<AcceleratorState, const char*, kAcceleratorStates> names{
      {"off", "booting", "idle_empty", "loading", "idle_loaded", "prefill", "decode", "mixed", "parked", "failed"}};
  return names[state];
}

/// True when the accelerator works on requests.
constexpr bool is_busy(AcceleratorState state) {
  return state == AcceleratorState::prefill || state == AcceleratorState::decode || state == AcceleratorState::mixed;
}

/// True when the accelerator is powered and does no work for any request: the definition of idle waste.
constexpr bool is_idle_waste(AcceleratorState state) {
  return state == AcceleratorState::booting || state == AcceleratorState::idle_empty ||
         state == AcceleratorState::loading || state == AcceleratorState::idle_loaded ||
         state == AcceleratorState::parked;
}

enum class ServerState : std::uint8_t { off, booting, on, shutting_down, failed };

inline constexpr std::size_t kServerStates = 5;

constexpr const char* to_string(ServerState state) {
  constexpr EnumArray<ServerState, const char*, kServerStates> names{
      {"off", "booting", "on", "shutting_down", "failed"}};
  return names[state];
}

/// Exact time and energy by state, in 128 bits, so that fleets and years do not overflow.
template <class State, std::size_t N>
struct StateTotals {
  EnumArray<State, int128_t, N> ticks;
  EnumArray<State, Energy, N> energy;

  void charge(State state, int128_t duration, Energy amount) {
    ticks[state] += duration;
    energy[state] += amount;
  }
  StateTotals& operator+=(const StateTotals& other) {
    for (std::size_t i = 0; i < N; ++i) {
      ticks.values[i] += other.ticks.values[i];
      energy.values[i] += other.energy.values[i];
    }
    return *this;
  }
  StateTotals& operator-=(const StateTotals& other) {
    for (std::size_t i = 0; i < N; ++i) {
      ticks.values[i] -= other.ticks.values[i];
      energy.values[i] -= other.energy.values[i];
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
