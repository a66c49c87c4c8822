// A replica in its place: charges the accelerators it runs on, and tells its pool what ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "datacenter/fleet.hpp"
#include "engine/replica.hpp"

namespace idlewatt {

class PoolRuntime;

/// The life of a replica. It is a member of its pool from pending to asleep; when draining it is on its way out.
enum class Life : std::uint8_t {
  gone,      ///< does not exist
  pending,   ///< wanted, and there is no room
  starting,  ///< has accelerators; its servers boot, weights are on their way, the engine starts
  ready,     ///< takes requests
  resting,   ///< its engine lets go of the accelerators, on its way to asleep or unloaded
  asleep,    ///< holds its accelerators, weights in host memory
  unloaded,  ///< holds its accelerators, nothing loaded
  draining,  ///< finishes what it has, takes no more
  stopping,  ///< its engine ends
  yielding,  ///< finishes what it has, then another model's replica has its accelerators
  away,      ///< pushed off its accelerators, until requests want it; perhaps with its weights in host memory
};

inline constexpr std::size_t kLives = 11;

/// Sleeping members, which a wake brings back.
constexpr bool can_be_woken(Life life) {
  return life == Life::asleep || life == Life::unloaded || life == Life::away;
}
/// Those of them that hold accelerators.
constexpr bool rests_in_place(Life life) {
  return life == Life::asleep || life == Life::unloaded;
}
/// Whether its servers must be on.
constexpr bool is_awake(Life life) {
  return life == Life::starting || life == Life::ready || life == Life::resting || life == Life::draining ||
         life == Life::stopping || life == Life::yielding;
}

class HostedReplica final : public ReplicaObserver {
 public:
  HostedReplica(PoolRuntime& pool, std::int32_t number);

  PoolRuntime& pool() { return *pool_; }
  const PoolRuntime& pool() const { return *pool_; }
  std::int32_t number() const { return number_; }
  Replica& serving() { return serving_; }
  const Replica& serving() const { return serving_; }
  std::int64_t outstanding() const { return outstanding_; }
  /// Nothing to do, and nothing held for others.
  bool empty() const { return outstanding_ == 0 && serving_.held() == 0; }
  std::int64_t outstanding_prompt_tokens() const { return outstanding_prompt_tokens_; }
  Ticks idle_since() const { return idle_since_; }  ///< meaningful while it is ready and empty()
  /// Since it last had a request, whatever it did meanwhile; since it was first ready, when it has had none.
  Ticks free_since() const { return free_since_; }

  Life life() const { return life_; }
  Ticks life_since() const { return life_since_; }
  bool parked() const { return parked_; }  ///< ready, with the clocks of its accelerators down
  const Placement& placement() const { return placement_; }

  /// While it is pending: accelerators that are set aside for it, some of which others are about to leave. Else empty.
  const Placement& claim() const { return claim_; }
  void set_claim(Placement claim) { claim_ = std::move(claim); }
  /// The server that has its weights in memory, from the moment at which it begins to leave its accelerators for
  /// another until it is ready again; kNowhere when none has.
  static constexpr std::int32_t kNowhere = -1;
  std::int32_t sleeps_on() const { return sleeps_on_; }
  void sleep_on(std::int32_t server) { sleeps_on_ = server; }

  /// For its pool alone, which counts lives.
  void set_life(Life life, Ticks now);
  /// From now on it holds these accelerators; the pointers outlive its stay.
  void hold(Placement placement, std::vector<AcceleratorSlot*> accelerators);
  void let_go();
  void park() { parked_ = true; }
  /// From `now` on its clocks go up; no step begins before `up`.
  void unpark(Ticks now, Ticks up);

  void enqueue(Request request, Ticks now);
  void cancel(std::int64_t id, Ticks now);
  /// A request is on its way here with its KV cache; it counts among those outstanding.
  void expect(const Request& request);
  void expect_no_more(const Request& request, Ticks now);
  /// It is there.
  void receive(const Request& request, const RequestProgress& progress, Ticks now);
  /// Of a request that it handed over: the KV blocks are free.
  void release(std::int64_t id, Ticks now);
  /// Takes out all it has, as it stands: the energy of a step under way is charged so far, its tokens are lost.
  std::vector<Finished> lose_all(Ticks now);
  /// Takes its next change (Replica::change).
  void change(Ticks now);
  void worked(const Work& work) override;
  void finished(Finished&& finished) override;
  void last_chunk_began(const Request& request, std::int64_t tokens, Ticks now) override;
  void handed_over(HandOver&& handed) override;

 private:
  void tell_waiting();
  void count_in(const Request& request);
  void count_out(const Request& request, Ticks now);

  PoolRuntime* pool_;
  std::int32_t number_;
  Replica serving_;
  Placement placement_;
  Placement claim_;
  std::int32_t sleeps_on_ = kNowhere;
  std::vector<AcceleratorSlot*> accelerators_;
  std::int64_t outstanding_ = 0;
  std::int64_t waiting_ = 0;  ///< as the pool was told
  std::int64_t outstanding_prompt_tokens_ = 0;
  Ticks idle_since_ = 0;
  Ticks free_since_ = kNever;  ///< not ready yet
  bool had_requests_ = false;   ///< in its present place
  Life life_ = Life::gone;
  Ticks life_since_ = 0;
  bool parked_ = false;
};

}  // namespace idlewatt
