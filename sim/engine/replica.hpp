// One replica of a model: a queue, KV blocks, and batch steps. A replica is advanced, not stepped: all steps between
// two changes of its batch are one jump in closed form, exact to the tick and to the femtojoule.
//
// The rules of the engine are those of vLLM V1, with KV blocks reserved for the whole prompt at admission:
//
//  1. *Boundaries*. A step begins at a boundary. A boundary is the end of the step before, the arrival of a request at
//     an idle replica, or the end of a wait (rule 8). The queue then holds every request that has arrived, requests of
//     the boundary's own tick included. The batching policy is asked for a plan.
//  2. *Decoding*. If the plan lets sequences decode, each decoding sequence gets room for one more token, in order of
//     admission. A sequence takes a new block when its tokens fill its blocks. If no block is free, the sequence that
//     was admitted last is preempted, whether it decodes or still computes its prompt. Under a queue policy that
//     preempts by rank, the sequence with the largest (rank, arrival, id) is preempted instead. The victim may be the
//     sequence that asked, or a sequence that has its room already. The victim's blocks are freed, and the victim goes
//     back to the queue. Its computed tokens are lost, except for those that the prefix cache keeps (rule 10).
//  3. *Prompts under way*. Admitted sequences with an unfinished prompt share the plan's `prefill_tokens`, in order of
//     admission.
//  4. *Joining*. If rule 2 preempted nothing, requests join from the head of the queue. A request joins while the
//     plan's `admit` allows it, prefill tokens are left, and blocks are free for all its known tokens: the prompt, and
//     the tokens that were generated before a preemption. The blocks are taken at once. With `whole_prompts`, a request
//     joins only if the tokens left suffice for all that the request has to compute, or if all tokens are left.
//  5. *Cost and end of a step*. The cost follows from the step's shape and from the sum of the decoding sequences'
//     contexts. A context is the tokens in the KV cache, the new one included. At the end of the step, the computed
//     tokens are in the cache. Each decoding sequence has one more output token, and so has each sequence whose last
//     known token was computed in the step. A sequence with all its output tokens ends and frees its blocks. If several
//     sequences end together, decoding sequences are reported first, each kind in order of admission.
//     If layers keep or read only a window of the context, a sequence has the blocks of its KvLayout. Past the window,
//     the sequence takes and reads fewer blocks, and its context counts as AttendedContext says.
//  6. *Jumps*. A step without prefill is repeated until something changes: a sequence ends, a block is wanted and no
//     block is free, or a request that could join arrives or is released by the queue. In the last case, the step under
//     way is completed first.
//  7. *The queue* is ordered by its policy, and then by (arrival, id). Under `fcfs`, the order is that of arrival, and
//     preempted sequences stand at the front. Under other policies, the order is that of the rank, for preempted
//     sequences too. A request that the policy holds back stands behind all others. Such a request may join only while
//     fewer than the policy's spare seats are taken. The queue releases it at its time, as if it arrived then.
//  8. *Waits*. If a plan begins no step, the replica waits: until the plan's `wait_until`, until a request is released,
//     or until `wait_for` requests may join. If the batch is empty and no request may join, the replica waits without
//     asking the policy. A plan that begins no step and waits for no later time is an Error, since the replica would
//     never go on.
//  9. *Static batches* (`together`). A sequence with all its output tokens stays as padding until every member of the
//     batch is finished; then all members end at that time. In each step in which a sequence decodes, padding counts as
//     decoding sequences that read no context. Padding generates no output tokens and holds no blocks. (Real engines of
//     that kind reserved memory for the longest answer; here they are no worse off than others.)
// 10. *The prefix cache*. A full block is in the cache from the boundary at which the step begins that computes the
//     last of the block's tokens, in a prompt or in an answer. The order is: blocks of decoding sequences, blocks of
//     prompts under way, each in order of admission, then blocks of a request that joins, before the next request
//     joins. PrefixContent says which blocks are equal. A request that joins holds the leading blocks of its known
//     tokens that are in the cache, and does not compute them again. Its last known token is always computed. Of equal
//     blocks, the one that came into the cache first is held; the others stay. A block that no sequence holds stays and
//     counts as free. Such a block is evicted when a block is taken and none is without content. The block that was
//     released least recently goes first; of one sequence, the last block goes first. Blocks of a received request
//     (rule 14) are not in the cache.
// 11. *Cancelling*. A cancelled request leaves the queue at once. A request in the batch leaves at the end of the step
//     under way, or at once if there is no step. Cancelled requests leave after those that end with the step, in order
//     of admission. The blocks are freed, and the generated tokens stay counted. The batching policy is then asked
//     again. If the step completes the cancelled request, the request ends as any other. A finished member of a static
//     batch leaves with its batch. A wait (rule 8) goes on when a queued request is cancelled, and ends when a request
//     in the batch is. A replica without requests is idle.
// 12. *Pace*. The costs of steps may change: from the next boundary on, another ReplicaSpec gives them. The step under
//     way keeps its cost. Steps of a jump that have not begun are planned again.
// 13. *Handing over* (`hands_over`: the replica computes prompts only). A sequence with its first token that is to have
//     more leaves the batch at that boundary. The sequence is reported, and its blocks stay held until they are
//     released. A replica that lacks free blocks meanwhile, and has nothing else to do, waits for the release, which is
//     a boundary.
// 14. *Received requests* come with one token and with the keys and values of all tokens before that token. They wait
//     in the queue as others do. They join before the plan of a boundary while one of them is at the head, the batch
//     has a seat, and blocks are free for all known tokens and for the next decode step (rule 2). Blocks for the
//     received tokens are taken, and the sequence decodes from then on. If the sequence is preempted, its cache is lost
//     and computed here.
// 15. *The front end*. The scheduler sees a request FrontEndTimes after the request has come to the replica. In all
//     other rules, a request arrives when the scheduler may see it. Requests that may be seen earlier stand first.
//     Received requests (rule 14) and preempted requests do not pass the front end again.
// 16. *Two steps in flight* (asynchronous scheduling; vLLM V1's AsyncScheduler and step_with_batch_queue). A step is
//     planned when the step before it begins. The plan is carried out at the boundary at which the step before ends.
//     - The plan sees the requests that had arrived when the step before began, and is told that time as its own.
//     - In the plan, requests that end with the step before still have their seats and blocks. The next plan finds them
//       free.
//     A request whose last token the step before generates is not in the planned step, since its length is known. If a
//     plan begins no step, nothing is in flight, and the replica plans again at that boundary, as in rule 1. An idle
//     replica does the same. Static batches (rule 9) are not planned ahead: no engine of that kind is asynchronous.
//     vLLM learns nothing of requests while the step under way runs. Here, at the end of that step, cancelled requests
//     leave (rule 11), released blocks are free (rule 13), and the prefix cache (rule 10) is as of the boundary.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/require.hpp"
#include "base/ticks.hpp"
#include "engine/decode_group.hpp"
#include "engine/front_end.hpp"
#include "engine/kv_blocks.hpp"
#include "engine/report.hpp"
#include "engine/request_queue.hpp"
#include "engine/sequence.hpp"
#include "physics/cost_line.hpp"
#include "physics/memory_plan.hpp"
#include "physics/step_model.hpp"
#include "policy/batch/batch.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The properties shared by all replicas of a pool. A spec must outlive its replicas.
struct ReplicaSpec {
  const StepModel* physics = nullptr;
  std::int64_t total_blocks = 0;  ///< KV blocks of the whole replica
  std::int64_t most_blocks =
      0;  ///< largest number of KV blocks of one sequence; `total_blocks` unless ranks share them
  std::int32_t context_tokens = 0;       ///< longest prompt and output together
  std::vector<CostLine> decode_lines;    ///< costs of steps that only decode, by number of sequences - 1
  const QueuePolicy* queue = nullptr;    ///< null stands for `fcfs`
  const PrefixPolicy* prefix = nullptr;  ///< null stands for `none`
  bool hands_over = false;               ///< true: computes prompts only (rule 13)
  KvLayout layout;                       ///< layout of a sequence in the blocks
  FrontEndTimes front_end;               ///< delays of requests (rule 15)
  bool asynchronous = false;             ///< true: two steps in flight (rule 16)

  std::int32_t max_sequences() const { return static_cast<std::int32_t>(decode_lines.size()); }

  /// True when a replica could serve the request; false when the request is too long.
  bool fits(const Request& request) const;

  ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences,
              const KvLayout& layout = {});
  /// A copy of this spec with the costs of another model of steps.
  ReplicaSpec with_physics(const StepModel& model) const;
};

/// The time and kind of a replica's change: the end of its steps (`at_end`), or a boundary at which the replica has
/// work and no plan yet (`at_plan`). A plan waits for every arrival of its tick. Keys order by time; ends come before
/// plans.
using ChangeKey = std::uint64_t;
inline constexpr ChangeKey kNoChange = std::numeric_limits<ChangeKey>::max();
constexpr ChangeKey at_end(Ticks time) {
  return 2 * static_cast<ChangeKey>(time);
}
constexpr ChangeKey at_plan(Ticks time) {
  return at_end(time) + 1;
}
constexpr Ticks time_of(ChangeKey key) {
  return static_cast<Ticks>(key / 2);
}

/// One replica of a model.
class Replica {
 public:
  /// Makes an empty replica. `spec` must outlive the replica.
  Replica(const ReplicaSpec& spec, std::unique_ptr<BatchPolicy> policy);

  /// True when the replica could serve the request; false when the request is too long.
  bool fits(const Request& request) const { return spec_->fits(request); }

  /// Adds a request that arrives at `now`, which is not before `request.arrival`. Requires fits(request). Requires that
  /// every change with a key up to at_end(now) has been taken, and that no plan at `now` or later has been made.
  void enqueue(Request&& request, Ticks now);

  /// Adds a request that another replica handed over, with its KV cache (rule 14). Requires the same as enqueue().
  void receive(Request request, const RequestProgress& progress, Ticks now);

  /// Frees the blocks of a request that was handed over. Requires that changes have been taken as for enqueue().
  void release(std::int64_t id, Ticks now);
  /// The number of requests that were handed over and whose blocks are still held.
  std::int64_t held() const { return static_cast<std::int64_t>(held_.size()); }

  /// Cancels a request (rule 11). The request is reported as finished when it leaves: now, or at the end of the step
  /// under way. Requires that the request is at the replica, and that changes have been taken as for enqueue().
  void cancel(std::int64_t id, Ticks now, ReplicaObserver& observer);

  /// Allows no boundary before `time`, at which the accelerators are ready. Requires outstanding() == 0.
  void hold_until(Ticks time) {
    require(outstanding() == 0, "an empty replica");
    not_before_ = time;
  }

  /// Sets the costs of steps from the next boundary on (rule 12). `spec` differs from the spec before in costs alone,
  /// and must outlive the replica. Requires that changes have been taken as for enqueue().
  void price_by(const ReplicaSpec& spec, Ticks now);

  /// The next change; kNoChange when nothing changes without a new request.
  ChangeKey next_change() const { return next_change_; }

  /// Takes the next change. Requires next_change() <= at_end(now). If the change ends at a boundary before `now`, the
  /// plan of that boundary is made too.
  void change(Ticks now, ReplicaObserver& observer);

  /// Takes every change up to `now`.
  void advance_to(Ticks now, ReplicaObserver& observer) {
    while (next_change_ <= at_end(now)) {
      change(now, observer);
    }
  }

  /// Reports the work that was done up to `now` and is not reported yet. A step under way is split in proportion to
  /// time. The call changes nothing that happens later. Requires that every change up to at_end(now) has been taken.
  void report_work(Ticks now, ReplicaObserver& observer);

  /// The number of requests in the queue or in the front end.
  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size() + front_end_.size()); }
  /// The number of requests in the batch, finished members of a static batch included.
  std::int32_t running() const { return unfinished() + decoding_.padding(); }
  /// The number of requests at the replica.
  std::int64_t outstanding() const { return waiting() + running(); }
  /// True while a step is under way.
  bool stepping() const { return stepping_; }
  /// The number of KV blocks that sequences hold at `now`. Blocks that a step takes count from the start of the step; the
  /// number is exact also in the midst of a run of steps that is computed as one. Blocks that only the prefix cache has
  /// do not count. The caller must have called change() until next_change() is later than at_end(now).
  std::int64_t blocks_in_use(Ticks now) const;
  /// The share of the replica's KV blocks that sequences hold, 0 to 1. Requires the same as blocks_in_use().
  double kv_usage(Ticks now) const {
    return static_cast<double>(blocks_in_use(now)) / static_cast<double>(std::max<std::int64_t>(blocks_.total(), 1));
  }

  /// Takes out all requests as they stand at `now`, for the books at the horizon: running sequences in order of
  /// admission, then the queue. The step under way is lost: its tokens do not count, and no request bears its energy,
  /// which report_work() has reported up to `now`. The replica is empty afterwards: its prefix cache and the blocks of
  /// requests that were handed over are gone. Requires that report_work(now) has been called.
  std::vector<Finished> take_unfinished(Ticks now);

  /// Empties the KV memory with its prefixes, as when the engine stops. Requires outstanding() == 0 and held() == 0.
  void lose_memory() {
    require(outstanding() == 0 && held() == 0, "an empty replica");
    blocks_ = KvBlocks(spec_->total_blocks, spec_->prefix, spec_->layout);
  }

 private:
  // Events from outside (replica_arrivals.cpp).
  void enqueue(Waiting&& waiting, Ticks now);
  void arrive(Waiting&& waiting, Ticks now);
  void arrived_while_waiting(Ticks now);
  void leave_front_end();
  std::int64_t steps_until_seen(Ticks time, std::int64_t limit) const;
  /// True when the next step is planned while the step under way runs (rule 16).
  bool plans_ahead() const { return spec_->asynchronous && !together_; }
  void cut_to(std::int64_t steps);
  void cut_to_step_under_way(Ticks now);
  void set_boundary(ChangeKey boundary);
  void be_idle();

  // Planning (replica.cpp).
  void make_plan(ReplicaObserver& observer);
  bool begin_step(ReplicaObserver& observer);
  void join_received();
  std::int64_t wanted_by(const Waiting& waiting) const;
  BatchView view();
  bool wait_for_release();
  bool wait(const BatchPlan& plan);
  void let_go_of_ended() {
    in_flight_ = false;
    ended_seats_ = 0;
    if (!ended_.empty()) {
      free_what_ended_held();
    }
  }
  void free_what_ended_held();
  bool give_blocks_to_decoding();
  void preempt_for_blocks();
  std::size_t victim_of(const std::vector<std::int32_t>& unfinished);
  void preempt(std::int32_t slot);
  void leave_batch(std::int32_t slot);
  void continue_prefill(std::int64_t tokens, bool decode);
  void admit(const BatchPlan& plan, bool decode);
  void give_chunk(Sequence& sequence, std::int64_t tokens, bool decode);
  void start_decode_run();

  // Answers that others may find (replica_answers.cpp).
  void share_answer(std::int32_t slot);
  void drop_shared_answer(std::int32_t slot);
  void keep_answers_for(const Request& request, std::int64_t steps);
  void keep_answers(std::uint64_t label, std::int64_t steps);
  std::int64_t steps_until_answer_block(const Request& request);

  void start_prefill_step(bool decode, ReplicaObserver& observer);
  void begin(std::int64_t steps, const StepCost& total);
  std::int32_t new_slot();

  // The end of steps (replica_steps.cpp).
  void end_steps(ReplicaObserver& observer);
  void end_decode(std::int64_t steps);
  void finish_decoded(ReplicaObserver& observer);
  void end_prefill(ReplicaObserver& observer);
  void hand_over(std::int32_t slot, ReplicaObserver& observer);
  void has_all_tokens(std::int32_t slot, ReplicaObserver& observer);
  void end_static_batch(ReplicaObserver& observer);
  void finish(std::int32_t slot, ReplicaObserver& observer);
  void drop_cancelled(ReplicaObserver& observer);
  WorkKind work_kind() const;
  void sort_by_admission(std::vector<std::int32_t>& slots) const;

  /// An answer whose blocks other requests may find while it is generated.
  struct SharedAnswer {
    std::int32_t slot = 0;
    std::uint64_t label = 0;  ///< PrefixContent::earlier_answer of requests that may find it; 0: any request may
    bool is_of(std::uint64_t other) const { return label == 0 || label == other; }
  };
  /// Consecutive steps of equal shape.
  struct StepRun {
    bool decodes = false;
    bool prefills = false;
    std::int64_t steps = 0;
    StepCost total;
    Ticks end = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t prefill_emissions = 0;  ///< prompts that the step completes
    Energy decode_energy;                ///< energy of a mixed step without its prompts
  };
  struct Reported {
    Ticks until = 0;
    Energy energy;
    std::int64_t steps = 0;
  };
  struct WaitUnderWay {
    bool on = false;
    Ticks until = 0;
    std::int64_t number = 0;  ///< the wait ends when this many requests may join
  };

  /// A sequence that has ended, but that the next plan still counts (rule 16).
  struct Ended {
    std::int32_t slot = 0;
    bool has_blocks = false;  ///< true: it holds blocks; false: it holds a seat
  };

  std::int32_t seats_taken() const { return running() + ended_seats_; }
  std::int32_t unfinished() const { return decoding_.size() + static_cast<std::int32_t>(prefilling_.size()); }
  Sequence& at(std::int32_t slot) { return slots_[static_cast<std::size_t>(slot)]; }

  const ReplicaSpec* spec_;
  const ReplicaSpec* next_spec_;  ///< spec from the next boundary on
  std::unique_ptr<BatchPolicy> policy_;

  FrontEnd front_end_;
  RequestQueue queue_;
  KvBlocks blocks_;
  std::vector<Sequence> slots_;
  std::vector<std::int32_t> free_slots_;
  std::vector<std::int32_t> prefilling_;  ///< slots with unfinished prompts, in order of admission
  DecodeGroup decoding_;
  std::vector<SharedAnswer> shared_answers_;                 ///< answers of decoding sequences
  std::vector<std::int32_t> padding_;                        ///< slots of finished members of a static batch
  std::vector<std::int64_t> cancelled_;                      ///< requests that leave the batch at the next boundary
  std::vector<std::pair<std::int64_t, std::int32_t>> held_;  ///< requests that were handed over, with their slots
  bool together_ = false;                                    ///< true: finished sequences become padding
  std::int64_t admissions_ = 0;

  bool stepping_ = false;
  bool arrivals_matter_ = true;  ///< true: a request that arrives now could join at the next boundary
  Ticks clock_ = 0;              ///< time of the last boundary
  StepRun run_;                  ///< steps under way, or just planned, from clock_ on
  Reported reported_;            ///< work of run_ that has been reported

  bool in_flight_ = false;    ///< true: a step has ended while the next step, which has no plan yet, was in flight
  Ticks planned_at_ = 0;      ///< time of the plan under way; with in_flight_, time of the next plan
  std::vector<Ended> ended_;  ///< with in_flight_: sequences that ended with the last step
  std::int32_t ended_seats_ = 0;

  WaitUnderWay pause_;

  Ticks not_before_ = 0;  ///< earliest time of the next boundary

  ChangeKey boundary_ = kNoChange;  ///< next boundary, unless it is the end of the steps under way
  ChangeKey next_change_ = kNoChange;
};

}  // namespace idlewatt
