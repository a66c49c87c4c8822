// The states of a replica, from its request to its end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace idlewatt {

/// The state of a replica. A replica is a member of its pool in every state except `gone`, `draining` and `stopping`.
enum class ReplicaState : std::uint8_t {
  gone,               ///< does not exist
  pending,            ///< wanted, but there is no room
  starting,           ///< has accelerators; its servers boot, weights are on their way, the engine starts
  ready,              ///< takes requests
  going_to_sleep,     ///< its engine releases the accelerators, on the way to asleep, unloaded or swapped_out
  asleep,             ///< holds its accelerators, weights in host memory
  unloaded,           ///< holds its accelerators, nothing loaded
  draining,           ///< finishes its requests, takes no new ones
  stopping,           ///< its engine ends
  draining_for_swap,  ///< finishes its requests, then leaves its accelerators to a replica of another model
  swapped_out,        ///< holds no accelerators until requests need it; its weights may be in host memory
};

inline constexpr std::size_t kReplicaStates = 11;

/// True when a wake brings the replica back.
constexpr bool can_be_woken(ReplicaState state) {
  return state == ReplicaState::asleep || state == ReplicaState::unloaded || state == ReplicaState::swapped_out;
}
/// True when the replica sleeps on accelerators that it holds.
constexpr bool sleeps_in_place(ReplicaState state) {
  return state == ReplicaState::asleep || state == ReplicaState::unloaded;
}
/// True when the servers of the replica must be on.
constexpr bool is_awake(ReplicaState state) {
  return state == ReplicaState::starting || state == ReplicaState::ready || state == ReplicaState::going_to_sleep ||
         state == ReplicaState::draining || state == ReplicaState::stopping || state == ReplicaState::draining_for_swap;
}

}  // namespace idlewatt
