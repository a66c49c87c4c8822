// A replica in its place: charges the accelerators it runs on, and tells its pool what ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "control/replica_state.hpp"
#include "engine/replica.hpp"
#include "fleet/fleet.hpp"

namespace idlewatt {

class RunningPool;

class HostedReplica final : private ReplicaObserver {
 public:
  HostedReplica(RunningPool& pool, ReplicaId id);

  RunningPool& pool() { return *pool_; }
  const RunningPool& pool() const { return *pool_; }
  ReplicaId id() const { return id_; }
  Replica& serving() { return serving_; }
  const Replica& serving() const { return serving_; }
  std::int64_t outstanding() const { return outstanding_; }
  /// Nothing to do, and nothing held for others.
  bool empty() const { return outstanding_ == 0 && serving_.held() == 0; }
  std::int64_t outstanding_prompt_tokens() const { return outstanding_prompt_tokens_; }
  /// Work done since it was made, as far as it was reported.
  struct WorkDone {
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
    Ticks busy = 0;  ///< time in batch steps
  };
  const WorkDone& work_done() const { return work_done_; }
  Ticks idle_since() const { return idle_since_; }  ///< meaningful while it is ready and empty()
  /// Since it last had a request, whatever it did meanwhile; since it was first ready, when it has had none.
  Ticks free_since() const { return free_since_; }

  ReplicaState state() const { return state_; }
  Ticks state_since() const { return state_since_; }
  bool parked() const { return parked_; }  ///< ready, with the clocks of its accelerators down
  const Placement& placement() const { return placement_; }

  /// While it is pending: accelerators that are set aside for it, some of which others are about to leave. Else empty.
  const Placement& claim() const { return claim_; }
  void set_claim(Placement claim) { claim_ = std::move(claim); }
  /// The server that has the weights in its memory, from the moment at which the replica begins to leave its
  /// accelerators for another until it is ready again; empty when none has.
  std::optional<ServerId> weights_cached_on() const { return weights_cached_on_; }

  // For the ReplicaSet alone, which counts states and tells the server.
  void set_state(ReplicaState state, Ticks now);
  void set_weights_cached_on(std::optional<ServerId> server) { weights_cached_on_ = server; }
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
  /// Charges the accelerators for the work done up to `now`, which has been settled.
  void report_work(Ticks now) { serving_.report_work(now, *this); }

 private:
  void worked(const Work& work) override;
  void finished(Finished&& finished) override;
  void last_chunk_began(const Request& request, std::int64_t tokens, Ticks now) override;
  void handed_over(HandOver&& handed) override;

  void tell_waiting();
  void count_in(const Request& request);
  void count_out(const Request& request, Ticks now);

  RunningPool* pool_;
  ReplicaId id_;
  Replica serving_;
  Placement placement_;
  Placement claim_;
  std::optional<ServerId> weights_cached_on_;
  std::vector<AcceleratorSlot*> accelerators_;
  std::int64_t outstanding_ = 0;
  std::int64_t waiting_ = 0;  ///< as the pool was told
  std::int64_t outstanding_prompt_tokens_ = 0;
  WorkDone work_done_;
  Ticks idle_since_ = 0;
  Ticks free_since_ = kNever;  ///< not ready yet
  bool had_requests_ = false;  ///< in its present place
  ReplicaState state_ = ReplicaState::gone;
  Ticks state_since_ = 0;
  bool parked_ = false;
};

}  // namespace idlewatt
