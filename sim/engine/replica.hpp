// One replica of a model: a queue, KV blocks, and batch steps. It is advanced, not stepped: between two changes of its
// batch any number of steps is one jump in closed form, exact to the tick and to the femtojoule.
//
// The rule of the engine (vLLM V1 with KV blocks reserved for the whole prompt at admission):
//
//  1. A step begins at a *boundary*: the end of the step before, the arrival of a request at an idle replica, or the
//     end of a wait (8). Requests that have arrived by then (at the boundary's tick, too) are in the queue. The
//     batching policy is asked for a plan.
//  2. If the plan lets sequences decode: each decoding sequence, in order of admission, gets room for one more token: a
//     new block when its tokens in the KV cache fill its blocks. Where there is no free block, the sequence admitted
//     last (decoding or not yet decoding) is preempted; with a queue policy that preempts by rank, the sequence of the
//     largest (rank, arrival, id). Its blocks are freed, its computed tokens are lost but for what the prefix cache (10)
//     keeps of them, and it goes back to the queue. It may be the very sequence that asked, or one that had room
//     already.
//  3. Admitted sequences whose prompt is not computed yet get, in order of admission, up to the plan's prefill_tokens.
//  4. If nothing was preempted in 2: requests join from the head of the queue while the plan's `admit` allows, prefill
//     tokens are left (with `whole_prompts`: enough for all that the request has to compute, or all of them), and the
//     blocks for all their known tokens (prompt, and what they had generated before a preemption) are free; these
//     blocks are taken at once.
//  5. The step's cost follows from its shape and, for the decoding sequences, the sum of their context (tokens in the
//     KV cache, the new one included). At its end each decoding sequence, and each whose last known token was computed
//     in this step, has one more output token; computed tokens are in the cache. A sequence with all its output tokens
//     ends and frees its blocks; of sequences that end together, those that decode are reported first, each kind in
//     order of admission.
//     Where layers keep or read only a window of the context, a sequence has the blocks that its KvLayout says, takes
//     and reads less once it has passed the window, and its context counts by AttendedContext.
//  6. A step without prefill is repeated as long as nothing changes: until a sequence ends, a block is wanted and none
//     is free, a request that could join arrives, or is let go by the queue (the step then under way is completed
//     first).
//  7. The *queue* is in the order of its policy, equals by (arrival, id). `fcfs`: in order of arrival, preempted
//     sequences at the front. Any other: by rank, preempted sequences at their place. A request that the policy holds
//     back stands behind all others, and may join only while fewer than the policy's spare seats are taken; it is let
//     go at its time, as if it arrived then.
//  8. Where a plan begins no step, the replica *waits*: until the plan's `wait_until`, until a request is let go, or
//     until `wait_for` requests may join. Where nobody runs and nobody may join it waits without being asked. A plan
//     that begins no step and waits for no later time is an Error: the replica would stand still.
//  9. *Static batches* (`together`): a sequence with all its output tokens stays as padding until nobody in the batch
//     is unfinished; then all end, at that time. Padding takes part in every step in which somebody decodes, as a
//     decoding sequence that reads no context. Its token is no output token, it wants no block, and its blocks are free. (Real
//     engines of that kind reserved memory for the longest answer; here they are no worse off than others.)
// 10. The *prefix cache*, where there is one: a full block is in the cache from the boundary on at which the step begins
//     that computes the last of its tokens, in a prompt or in an answer: first those of the sequences that decode, then
//     those of the prompts under way, each in order of admission, then those of a request that joins, before the next
//     one joins. PrefixContent says which blocks are alike. When a request joins, the leading blocks of its known tokens
//     that are in the cache are held and not computed again, but for its last known token: that is always computed. Of
//     several alike the one is held that came into the cache first; the others stay. A block that nobody holds stays,
//     and counts as free: it is evicted when a block is taken and none is without content, least recently let go of
//     first; of one sequence, the last block first. Blocks of a request that was received (14) are not in the cache.
// 11. A request that is *cancelled* leaves the queue at once. One in the batch leaves at the end of the step under way
// (at
//     once, where there is none), after those that end with that step, in order of admission: its blocks are freed, and
//     what it has generated stays generated. The batching policy is asked again there. If that step completes it, it
//     ends as any other; a finished member of a static batch leaves with its batch, as before. A wait (8) goes on
//     when a waiting request is cancelled, and ends when one in the batch is; a replica with nothing to do is idle.
// 12. Its *pace* may change: from the next boundary on its steps cost by another ReplicaSpec. The step under way ends
//     as it began; of a run of several, those that have not begun are planned anew.
// 13. *Handing over* (`hands_over`: the replica computes prompts only): a sequence that got its first token, and is to
//     have more, leaves the batch at that boundary. It is reported, and its blocks stay held until they are released.
//     Who finds too few free blocks meanwhile, and nothing else to do, waits for that: a release is a boundary.
// 14. *Received requests* come with a token and with the keys and values of all tokens before that. They wait in the
//     queue as others do, and join before the plan of a boundary, while one is at the head, the batch is not full, and
//     there are free blocks for all its known tokens beside those of the next decode step (2); blocks for the tokens
//     received are taken. It decodes from then on. When it is preempted, all of that is lost and computed here.
// 15. The *front end*: the scheduler sees a request not when it comes to the replica, but FrontEndTimes later. In all of
//     the above a request arrives when it may be seen; those that may be seen sooner stand before the others. Requests
//     received (14) and those that were preempted do not pass it again.
// 16. With two *steps in flight* (asynchronous scheduling; vLLM V1's AsyncScheduler and step_with_batch_queue) a step is
//     planned when the step before it begins. The plan for the boundary at which a step ends, which is carried out there,
//     - sees the requests that had arrived when that step began, and is told that time as its own;
//     - finds the seats and blocks of requests that end with that step taken: they are free from the next plan on.
//     A request whose last token that step generates is not in the next one: its length is known. Where a plan begins no
//     step nothing is in flight any more, and the replica plans anew at that boundary, as in 1; so does an idle one.
//     Static batches (9) are not planned ahead: no engine of that kind is asynchronous.
//     vLLM knows nothing of what becomes of requests while the step under way runs; here those cancelled leave, and
//     blocks that are released are free, at its end (11, 13), and the prefix cache (10) is as old as the boundary.
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

/// What all replicas of a pool have in common. Outlives them.
struct ReplicaSpec {
  const StepModel* physics = nullptr;
  std::int64_t total_blocks = 0;    ///< KV blocks of the whole replica
  std::int64_t most_blocks = 0;     ///< KV blocks of one sequence at the most; `total_blocks` unless ranks divide them
  std::int32_t context_tokens = 0;  ///< longest prompt and output together
  std::vector<CostLine> decode_lines;    ///< of pure decode steps, by number of sequences - 1
  const QueuePolicy* queue = nullptr;    ///< null: `fcfs`
  const PrefixPolicy* prefix = nullptr;  ///< null: `none`
  bool hands_over = false;               ///< computes prompts only (rule 13)
  KvLayout layout;                       ///< of a sequence in the blocks
  FrontEndTimes front_end;               ///< rule 15
  bool asynchronous = false;             ///< two steps in flight (rule 16)

  std::int32_t max_sequences() const { return static_cast<std::int32_t>(decode_lines.size()); }

  /// Whether a replica could ever serve the request; otherwise it is too long.
  bool fits(const Request& request) const;

  ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences,
              const KvLayout& layout = {});
  /// The same replica with the costs of another physics.
  ReplicaSpec with_physics(const StepModel& model) const;
};

/// When a replica changes next: the end of its steps (`at_end`), or a boundary at which it has work and no plan yet
/// (`at_plan`), which waits for every arrival of the same tick. Keys order by time, ends before plans.
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

class Replica {
 public:
  /// `spec` must outlive the replica.
  Replica(const ReplicaSpec& spec, std::unique_ptr<BatchPolicy> policy);

  /// Whether the request could ever be served here; otherwise it is too long.
  bool fits(const Request& request) const { return spec_->fits(request); }

  /// The request arrives at `request.arrival` or later, at `now`. Every change with a key up to at_end(now) must have
  /// been taken, and no plan at `now` or later made. Requires fits(request).
  void enqueue(Request request, Ticks now);

  /// The same of a request that a replica elsewhere handed over, with its KV cache (rule 14).
  void receive(Request request, const RequestProgress& progress, Ticks now);

  /// The blocks of a request that was handed over are free at `now`; of the changes taken it requires what enqueue()
  /// does.
  void release(std::int64_t id, Ticks now);
  /// Requests handed over whose blocks are held.
  std::int64_t held() const { return static_cast<std::int64_t>(held_.size()); }

  /// Nobody wants the answer to this request any more (rule 11). It is reported as finished when it leaves: now or at
  /// the end of the step under way. Requires that it is here, and of the changes taken what enqueue() requires.
  void cancel(std::int64_t id, Ticks now, ReplicaObserver& observer);

  /// No boundary comes before `time`: its accelerators are not ready sooner. Requires outstanding() == 0.
  void hold_until(Ticks time) {
    require(outstanding() == 0, "an empty replica");
    not_before_ = time;
  }

  /// Its steps cost by `spec` from the next boundary on (rule 12), which differs from the one before in costs alone and
  /// outlives the replica. Requires of the changes taken what enqueue() requires.
  void price_by(const ReplicaSpec& spec, Ticks now);

  ChangeKey next_change() const { return next_change_; }

  /// Takes the next change. Requires next_change() <= at_end(now). Where it leaves a boundary before `now`, the plan of
  /// that boundary is made as well.
  void change(Ticks now, ReplicaObserver& observer);

  /// Takes every change up to `now`.
  void advance_to(Ticks now, ReplicaObserver& observer) {
    while (next_change_ <= at_end(now)) {
      change(now, observer);
    }
  }

  /// Reports work done up to `now` and not reported yet: a step under way is split pro rata. Changes nothing that
  /// happens later. Requires that every change up to at_end(now) was taken.
  void report_work(Ticks now, ReplicaObserver& observer);

  /// In the queue or in the front end.
  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size() + front_end_.size()); }
  /// In the batch, members of a static batch that are finished included.
  std::int32_t running() const { return unfinished() + decoding_.padding(); }
  std::int64_t outstanding() const { return waiting() + running(); }
  bool stepping() const { return stepping_; }
  /// KV blocks that sequences hold at `now`, with those of the steps that began before `now`: exact at any instant
  /// within a jump. Blocks of the prefix cache that no sequence holds are not in use. Requires that every change up to
  /// at_end(now) was taken.
  std::int64_t blocks_in_use(Ticks now) const;
  /// The same as a share of all blocks of the replica.
  double kv_usage(Ticks now) const {
    return static_cast<double>(blocks_in_use(now)) / static_cast<double>(std::max<std::int64_t>(blocks_.total(), 1));
  }

  /// Takes out everything that is waiting or running, as it stands at `now`: for the books at the horizon. Running
  /// sequences first, in order of admission, then the queue. A step under way is lost: its tokens do not count and its
  /// energy, which report_work() has reported up to `now`, is nobody's share. Leaves the replica empty, its prefix
  /// cache too; what it held for requests handed over is gone. Requires report_work(now).
  std::vector<Finished> take_unfinished(Ticks now);

  /// Its KV memory is lost, with the prefixes in it: its engine has stopped. Requires outstanding() == 0 and
  /// held() == 0.
  void lose_memory() {
    require(outstanding() == 0 && held() == 0, "an empty replica");
    blocks_ = KvBlocks(spec_->total_blocks, spec_->prefix, spec_->layout);
  }

 private:
  // What comes to it from outside (replica_arrivals.cpp).
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
    std::uint64_t label = 0;  ///< PrefixContent::earlier_answer of those that may; 0: of any
    bool is_of(std::uint64_t other) const { return label == 0 || label == other; }
  };
  /// Steps that are alike, one after the other.
  struct StepRun {
    bool decodes = false;
    bool prefills = false;
    std::int64_t steps = 0;
    StepCost total;
    Ticks end = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t prefill_emissions = 0;  ///< prompts that the step completes
    Energy decode_energy;                ///< what a mixed step would have cost without its prompts
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

  /// A sequence that has ended, until the plan is made that does not know it yet (rule 16).
  struct Ended {
    std::int32_t slot = 0;
    bool has_blocks = false;  ///< else it has the seat
  };

  std::int32_t seats_taken() const { return running() + ended_seats_; }
  std::int32_t unfinished() const { return decoding_.size() + static_cast<std::int32_t>(prefilling_.size()); }
  Sequence& at(std::int32_t slot) { return slots_[static_cast<std::size_t>(slot)]; }

  const ReplicaSpec* spec_;
  const ReplicaSpec* next_spec_;  ///< from the next boundary on
  std::unique_ptr<BatchPolicy> policy_;

  FrontEnd front_end_;
  RequestQueue queue_;
  KvBlocks blocks_;
  std::vector<Sequence> slots_;
  std::vector<std::int32_t> free_slots_;
  std::vector<std::int32_t> prefilling_;  ///< slots, in order of admission
  DecodeGroup decoding_;
  std::vector<SharedAnswer> shared_answers_;                 ///< of those that decode
  std::vector<std::int32_t> padding_;                        ///< slots: finished members of a static batch
  std::vector<std::int64_t> cancelled_;                      ///< requests that leave the batch at the next boundary
  std::vector<std::pair<std::int64_t, std::int32_t>> held_;  ///< requests handed over, and their slots
  bool together_ = false;                                    ///< whether who finishes becomes padding
  std::int64_t admissions_ = 0;

  bool stepping_ = false;
  bool arrivals_matter_ = true;  ///< whether a request that arrives now could join at the next boundary
  Ticks clock_ = 0;              ///< the last boundary
  StepRun run_;                  ///< the steps under way, or just planned, from clock_ on
  Reported reported_;            ///< of them

  bool in_flight_ = false;    ///< a step has ended while the next one, not planned yet, was in flight
  Ticks planned_at_ = 0;      ///< of the plan under way, or of the one to come if in_flight_
  std::vector<Ended> ended_;  ///< if in_flight_, of the step that has ended
  std::int32_t ended_seats_ = 0;

  WaitUnderWay pause_;

  Ticks not_before_ = 0;  ///< of the next boundary

  ChangeKey boundary_ = kNoChange;  ///< the next one, if it is not the end of the steps under way
  ChangeKey next_change_ = kNoChange;
};

}  // namespace idlewatt
