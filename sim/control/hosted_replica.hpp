// A replica in its place: charges the accelerators that it runs on, and tells its pool when requests end.
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

/// A replica of a pool with its place and its state.
class HostedReplica final : private ReplicaObserver {
 public:
  HostedReplica(RunningPool& pool, ReplicaId id);

  RunningPool& pool() { return *pool_; }
  const RunningPool& pool() const { return *pool_; }
  ReplicaId id() const { return id_; }
  Replica& serving() { return serving_; }
  const Replica& serving() const { return serving_; }
  std::int64_t outstanding() const { return outstanding_; }
  /// True when the replica has no requests and holds no KV blocks for others.
  bool empty() const { return outstanding_ == 0 && serving_.held() == 0; }
  std::int64_t outstanding_prompt_tokens() const { return outstanding_prompt_tokens_; }
  /// The work since the replica was made, as far as it has been reported.
  struct WorkDone {
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
    Ticks busy = 0;  ///< time in batch steps
  };
  const WorkDone& work_done() const { return work_done_; }
  Ticks idle_since() const { return idle_since_; }  ///< meaningful while it is ready and empty()
  /// Time since which the replica has had no request, whatever it has done since; the time at which it was first ready
  /// when it has had none.
  Ticks free_since() const { return free_since_; }

  ReplicaState state() const { return state_; }
  Ticks state_since() const { return state_since_; }
  bool parked() const { return parked_; }  ///< ready, with the clocks of its accelerators down
  const Placement& placement() const { return placement_; }

  /// For a pending replica: the accelerators that are set aside for it, some of which other replicas are about to
  /// leave. Otherwise empty.
  const Placement& claim() const { return claim_; }
  void set_claim(Placement claim) { claim_ = std::move(claim); }
  /// The server that keeps the replica's weights in its memory. Set from the moment at which the replica begins to
  /// leave its accelerators until it is ready again; empty when no server keeps them.
  std::optional<ServerId> weights_cached_on() const { return weights_cached_on_; }

  // The functions below are for ReplicaSet alone, which counts states and tells the server.
  void set_state(ReplicaState state, Ticks now);
  void set_weights_cached_on(std::optional<ServerId> server) { weights_cached_on_ = server; }
  /// Gives the replica these accelerators. The pointers must stay valid while it holds them.
  void hold(Placement placement, std::vector<AcceleratorSlot*> accelerators);
  void let_go();
  void park() { parked_ = true; }
  /// Raises the clocks from `now` on. No step begins before `up`.
  void unpark(Ticks now, Ticks up);

  void enqueue(Request&& request, Ticks now);
  void cancel(std::int64_t id, Ticks now);
  /// Counts a request whose KV cache is on its way here as outstanding.
  void expect(const Request& request);
  void expect_no_more(const Request& request, Ticks now);
  /// Takes a request whose KV cache has arrived.
  void receive(const Request& request, const RequestProgress& progress, Ticks now);
  /// Frees the KV blocks of a request that this replica handed over.
  void release(std::int64_t id, Ticks now);
  /// Takes out all requests as they are. The energy of a step under way is charged up to `now`; its tokens are lost.
  std::vector<Finished> lose_all(Ticks now);
  /// Settles the next change (Replica::change).
  void change(Ticks now);
  /// Charges the accelerators for the work done up to `now`. Requires that the replica is settled up to `now`.
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
  std::int64_t waiting_ = 0;  ///< number that the pool was told
  std::int64_t outstanding_prompt_tokens_ = 0;
  WorkDone work_done_;
  Ticks idle_since_ = 0;
  Ticks free_since_ = kNever;  ///< kNever: not ready yet
  bool had_requests_ = false;  ///< true: it has had requests in its present place
  ReplicaState state_ = ReplicaState::gone;
  Ticks state_since_ = 0;
  bool parked_ = false;
};

}  // namespace idlewatt
