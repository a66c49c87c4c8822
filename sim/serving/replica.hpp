// One replica of a model: a queue, KV blocks, and batch steps. It is advanced, not stepped: between two changes of its
// batch any number of steps is one jump in closed form, exact to the tick and to the femtojoule.
//
// The rule of the engine (vLLM V1 with KV blocks reserved for the whole prompt at admission):
//
//  1. A step begins at a *boundary*: the end of the step before, or the arrival of a query at an idle replica. Queries
//     that have arrived by then (at the boundary's tick, too) are in the queue. The batching policy is asked for a
//     plan.
//  2. If the plan lets sequences decode: each decoding sequence, in order of admission, gets room for one more token: a
//     new block when its tokens in the KV cache fill its blocks. Where there is no free block, the sequence admitted
//     last (decoding or not yet decoding) is preempted: its blocks are freed, its computed tokens are lost, and it goes
//     to the front of the queue; if that is the very sequence that asked, no later one is left to serve.
//  3. Admitted sequences whose prompt is not computed yet get, in order of admission, up to the plan's prefill_tokens.
//  4. If nothing was preempted in 2: queries join from the front of the queue while the plan's `admit` allows, prefill
//     tokens are left, and the blocks for all their known tokens (prompt, and what they had generated before a
//     preemption) are free; these blocks are taken at once.
//  5. The step's cost follows from its shape and, for the decoding sequences, the sum of their context (tokens in the
//     KV cache, the new one included). At its end each decoding sequence, and each whose last known token was computed
//     in this step, has one more output token; computed tokens are in the cache. A sequence with all its output tokens
//     ends and frees its blocks; sequences that end together are reported in order of admission.
//  6. A step without prefill is repeated as long as nothing changes: until a sequence ends, a block is wanted and none
//     is free, or a query arrives that could join (the step then under way is completed first).
//  7. A plan that begins no step (nobody decodes, no prompt token is computed) while there is work, waiting or running,
//     is an Error: the replica would stand still, for it asks again only at the end of a step.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "physics/cost_line.hpp"
#include "physics/memory_plan.hpp"
#include "physics/step_model.hpp"
#include "policy/batch/batch.hpp"
#include "serving/gap_tracker.hpp"
#include "serving/report.hpp"
#include "units/ring_queue.hpp"
#include "units/ticks.hpp"
#include "workload/query.hpp"

namespace idlewatt {

/// What all replicas of a pool have in common. Outlives them.
struct ReplicaSpec {
  const StepModel* physics = nullptr;
  std::int64_t total_blocks = 0;       ///< KV blocks of the whole replica
  std::int32_t context_tokens = 0;     ///< longest prompt and output together
  std::vector<CostLine> decode_lines;  ///< of pure decode steps, by number of sequences - 1

  /// Whether a replica could ever serve the query; otherwise it is too long.
  bool fits(const Query& query) const;

  ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences);
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

  /// Whether the query could ever be served here; otherwise it is too long.
  bool fits(const Query& query) const { return spec_->fits(query); }

  /// The query arrives at `query.arrival` or later, at `now`. Every change with a key up to at_end(now) must have been
  /// taken, and no plan at `now` or later made. Requires fits(query).
  void enqueue(Query query, Ticks now);

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

  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size()); }
  std::int32_t running() const { return decoding_ + static_cast<std::int32_t>(prefilling_.size()); }
  std::int64_t outstanding() const { return waiting() + running(); }
  bool stepping() const { return stepping_; }
  std::int64_t free_blocks() const { return free_blocks_; }

  /// Takes out everything that is waiting or running, as it stands at `now`: for the books at the horizon. Running
  /// sequences first, in order of admission, then the queue. A step under way is lost: its tokens do not count and its
  /// energy, which report_work() has reported up to `now`, is nobody's share. Leaves the replica empty. Requires
  /// report_work(now).
  std::vector<Finished> take_unfinished(Ticks now);

 private:
  /// What a query has behind it that left the batch by preemption.
  struct Progress {
    Ticks admitted = kNever;
    Ticks first_token = kNever;
    Ticks last_emission = kNever;
    Ticks worst_gap = 0;
    std::int32_t generated = 0;
    std::int32_t preemptions = 0;
    Energy energy;
  };

  struct Waiting {
    Query query;
    std::unique_ptr<Progress> progress;  ///< null for one that was never in a batch
  };

  // Every decoding sequence takes part in every decode step, so each one's share of their energy is a difference of
  // running sums: of the fixed part / sequences, of the part per context token, and of that times decode_count_.
  struct ShareSums {
    int128_t fixed_fj = 0;
    int128_t slope_fj = 0;
    int128_t moment_fj = 0;
  };

  struct Sequence {
    Query query;
    Progress progress;
    std::int64_t order = 0;     ///< of admission
    std::int64_t computed = 0;  ///< tokens in the KV cache, while its prompt is being computed
    std::int64_t chunk = 0;     ///< tokens of its prompt in the step under way
    // While decoding: tokens in the cache are kv_base + decode_count_.
    std::int64_t kv_base = 0;
    std::int64_t joined_at = 0;  ///< decode_count_ when it began to decode
    ShareSums shares_before;     ///< shares_ then

    std::int64_t known_tokens() const { return query.prompt_tokens + progress.generated; }
  };

  struct Finish {
    std::int64_t at = 0;  ///< decode_count_ at which the sequence has all its tokens
    std::int64_t order = 0;
    std::int32_t slot = 0;

    bool operator>(const Finish& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void make_plan();
  bool give_blocks_to_decoding();
  void preempt_for_blocks();
  void preempt(std::int32_t slot);
  void continue_prefill(std::int64_t tokens);
  void admit(std::int32_t limit, std::int64_t tokens);
  std::int64_t give_chunk(Sequence& sequence, std::int64_t tokens);
  void start_decode_run();
  void start_prefill_step(bool decode);
  void begin(std::int64_t steps, const StepCost& total);
  std::int64_t blocks_wanted(std::int64_t steps) const;
  std::int64_t steps_with_blocks(std::int64_t blocks, std::int64_t limit) const;

  void end_steps(ReplicaObserver& observer);
  void end_decode(std::int64_t steps);
  void add_decode_shares(std::int64_t steps);
  void add_gaps(std::int64_t steps);
  void finish_decoded(ReplicaObserver& observer);
  void end_prefill(ReplicaObserver& observer);
  void start_decoding(std::int32_t slot);
  void stop_decoding(std::int32_t slot);
  void finish(std::int32_t slot, ReplicaObserver& observer);
  Finished to_finished(Sequence&& sequence, Ticks end) const;

  std::int32_t new_slot();
  std::int64_t decode_context() const { return context_base_ + decoding_ * (decode_count_ + 1); }
  const CostLine& decode_line() const { return spec_->decode_lines[static_cast<std::size_t>(decoding_ - 1)]; }
  std::int64_t kv_tokens(const Sequence& sequence) const { return sequence.kv_base + decode_count_; }
  /// Phase of the sequences that want a new block in decode step number `count`: their tokens fill their blocks.
  static std::size_t phase(std::int64_t count) { return static_cast<std::size_t>(-count & (kKvBlockTokens - 1)); }

  const ReplicaSpec* spec_;
  std::unique_ptr<BatchPolicy> policy_;

  RingQueue<Waiting> queue_;
  std::vector<Sequence> slots_;
  std::vector<std::int32_t> free_slots_;
  std::vector<std::int32_t> prefilling_;  ///< slots, in order of admission
  std::vector<Finish> finishes_;          ///< decoding sequences: a heap, the next to end on top
  std::int32_t decoding_ = 0;
  std::int64_t admissions_ = 0;
  std::int64_t free_blocks_;

  std::int64_t decode_count_ = 0;                        ///< decode steps taken
  std::int64_t context_base_ = 0;                        ///< sum of kv_base over decoding sequences
  std::array<std::int32_t, kKvBlockTokens> in_phase_{};  ///< decoding sequences by phase(-kv_base)
  ShareSums shares_;
  GapTracker gaps_;
  Ticks last_decode_emission_ = 0;
  std::vector<std::int32_t> newcomers_;  ///< slots that began to decode after the last decode step

  // The steps under way, or just planned: `run_steps_` alike, from run_start_ to run_end_.
  bool stepping_ = false;
  bool run_decodes_ = false;
  bool run_prefills_ = false;
  bool arrivals_matter_ = true;  ///< whether a query that arrives now could join at the next boundary
  Ticks clock_ = 0;              ///< the last boundary
  Ticks run_end_ = 0;
  std::int64_t run_steps_ = 0;
  StepCost run_total_;
  std::int64_t run_prompt_tokens_ = 0;
  std::int64_t run_prefill_emissions_ = 0;  ///< prompts that the step completes
  std::int32_t run_sequences_ = 0;
  Energy run_decode_energy_;  ///< what a mixed step would have cost without its prompts
  // Of the steps under way, what was reported.
  Ticks reported_until_ = 0;
  Energy reported_energy_;
  std::int64_t reported_steps_ = 0;

  ChangeKey next_change_ = kNoChange;
};

}  // namespace idlewatt
