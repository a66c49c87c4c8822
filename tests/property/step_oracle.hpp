// A replica that takes every batch step one by one: naive, slow, and simple enough to be seen to be right. The fast
// replica of sim/engine is judged by it. It shares with that one only the interfaces of physics and policies.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "base/energy.hpp"
#include "base/ticks.hpp"
#include "engine/report.hpp"
#include "physics/memory_plan.hpp"
#include "physics/step_model.hpp"
#include "policy/batch/batch.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "property/block_oracle.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The rules of a scheduler that are not those of 2025: the front end (15), steps in flight (16).
struct OracleScheduler {
  Ticks per_request = 0;
  Ticks per_prompt_token = 0;
  bool asynchronous = false;
};

/// One batch step that has begun.
struct OracleStep {
  Ticks from = 0;
  Ticks to = 0;
  Ticks cut = kNever;  ///< where it was broken off
  WorkKind kind = WorkKind::decode;
  Energy energy;
  std::int32_t sequences = 0;  ///< in the batch, whether they take part in the step or not
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;

  Ticks end() const { return std::min(to, cut); }
};

/// One output token.
struct OracleEmission {
  std::int64_t request = 0;
  std::int32_t number = 0;  ///< from 1
  Ticks at = 0;
};

/// What the oracle knows of a request that has left it.
struct OracleFinished {
  Finished finished;
  std::int64_t steps = 0;  ///< in which it took part: each may round its share of energy
};

class StepOracle {
 public:
  /// The order and the prefix policy outlive the oracle.
  StepOracle(const StepModel& physics, std::int64_t total_blocks, std::unique_ptr<BatchPolicy> policy,
             const QueuePolicy& order, const PrefixPolicy& prefix, bool hands_over = false, const KvLayout& layout = {},
             const OracleScheduler& scheduler = {});

  void enqueue(const Request& request, Ticks now);

  /// Rule 14: with one token, got at `first_token` elsewhere.
  void receive(const Request& request, Ticks first_token, Ticks now);
  /// Rule 13: the blocks of a request handed over.
  void release(std::int64_t id, Ticks now);

  /// Whether the request is here and somebody wants it.
  bool wants(std::int64_t id) const;
  /// Rule 11. Requires wants(id).
  void cancel(std::int64_t id, Ticks now);
  /// Rule 12.
  void price_by(const StepModel& physics) { physics_ = &physics; }

  /// When something happens next: the end of the step under way, a boundary without a plan, or the end of a wait.
  /// kNever: nothing.
  Ticks next_time() const {
    return stepping_ ? steps_.back().to : std::min(pending_ ? boundary_ : kNever, in_flight_ ? kNever : next_seen());
  }

  /// Completes the steps that end up to `now`, plans at the boundaries before `now`. A boundary at `now` waits for the
  /// arrivals of that tick.
  void advance_to(Ticks now);

  /// Everything that runs or waits, as it stands after the steps that ended so far; leaves the oracle empty. The step
  /// under way is cut at `now`, its tokens are lost.
  std::vector<OracleFinished> take_unfinished(Ticks now);

  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size() + unseen_.size()); }
  bool stepping() const { return stepping_; }
  std::int32_t running() const { return static_cast<std::int32_t>(batch_.size()); }
  std::int64_t free_blocks() const { return blocks_.free(); }

  /// All steps begun so far, the one under way included.
  const std::vector<OracleStep>& steps() const { return steps_; }
  const std::vector<OracleEmission>& emissions() const { return emissions_; }
  const std::vector<OracleFinished>& finished() const { return finished_; }
  /// Handed over.
  const std::vector<OracleFinished>& handed() const { return handed_; }
  /// Requests in the order of their preemptions.
  const std::vector<std::int64_t>& preempted() const { return preempted_; }

 private:
  struct Sequence {
    Request request;
    Ticks admitted = kNever;
    std::vector<Ticks> emissions;
    std::int32_t preemptions = 0;
    Energy energy;
    Energy prefill_energy;
    std::int64_t steps = 0;

    std::int64_t prefix_tokens = 0;
    std::int64_t reached = 0;  ///< the most tokens it had in the cache when it was preempted
    bool keeps_blocks = true;  ///< in the prefix cache, unless its first ones have come from elsewhere

    std::int64_t received = 0;  ///< tokens whose KV cache has come from elsewhere, while it waits
    bool decoding = false;
    bool done = false;                ///< has all its tokens and stays as padding
    std::int64_t cached = 0;          ///< tokens in the KV cache
    std::vector<std::size_t> blocks;  ///< its page table
    std::int64_t chunk = 0;           ///< prompt tokens in the step under way

    std::int64_t known_tokens() const { return request.prompt_tokens + static_cast<std::int64_t>(emissions.size()); }
  };

  /// Where a waiting request stands: smaller goes first.
  struct Standing {
    bool held = false;
    std::int64_t rank = 0;
    Ticks arrival = 0;
    std::int64_t id = 0;
    Ticks since = 0;

    bool before(const Standing& other) const {
      return std::tie(held, rank, arrival, id) < std::tie(other.held, other.rank, other.arrival, other.id);
    }
  };
  Standing standing(const Sequence& sequence, Ticks now) const;
  bool may_join(const Sequence& sequence, Ticks now) const;
  std::int64_t joinable(Ticks now) const;
  std::size_t head(Ticks now) const;  ///< queue_.size() when nobody may join
  Ticks next_release(Ticks now) const;
  Ticks waiting_since(Ticks now) const;
  void put_back(Sequence&& sequence);

  /// Blocks of so many tokens of a sequence, counted kind by kind.
  std::int64_t blocks_of(std::int64_t tokens) const;
  /// What the token at that position reads, token by token of its context.
  std::int64_t read_by(std::int64_t position) const;
  /// What the first token after `cached` others reads of them.
  std::int64_t read_before(std::int64_t cached) const { return read_by(cached + 1) - physics_->attended().whole(); }
  /// Whether the sequence has no room for one more token.
  bool full(const Sequence& sequence) const {
    return static_cast<std::int64_t>(sequence.blocks.size()) < blocks_of(sequence.cached + 1);
  }

  struct Held {
    std::int64_t request = 0;
    std::vector<std::size_t> blocks;
  };
  struct Unseen {
    Ticks seen = 0;
    Sequence sequence;
  };
  void come(Sequence&& sequence, Ticks seen, Ticks now);
  void arrive(Sequence&& sequence, Ticks now);
  std::size_t first_unseen() const;
  Ticks next_seen() const { return unseen_.empty() ? kNever : unseen_[first_unseen()].seen; }
  Sequence take_unseen();
  void join_received();
  std::int64_t wanted(const Sequence& sequence) const;

  void plan();
  bool plan_step();
  void let_go_of_ended();
  std::int32_t seats_taken() const { return running() + ended_seats_; }
  void wait(Ticks until, std::int64_t number);
  BatchView view() const;
  bool is_unfinished() const;
  bool give_room_to_decoding();
  std::size_t victim() const;
  void preempt(std::size_t place);
  void keep_filled();
  void begin_step(bool decode);
  void end_step();
  bool end_step_of(Sequence& sequence, Ticks now);
  void share_energy();
  void drop_cancelled(Ticks now);
  void finish(Sequence&& sequence, Ticks now);
  void emit(Sequence& sequence, Ticks now);
  OracleFinished leave(Sequence&& sequence, Ticks end);

  const StepModel* physics_;
  const StepModel* step_physics_ = nullptr;  ///< of the step under way
  std::int64_t total_blocks_;
  KvLayout layout_;
  std::unique_ptr<BatchPolicy> policy_;
  const QueuePolicy* order_;
  BlockOracle blocks_;
  bool hands_over_;

  OracleScheduler scheduler_;

  std::vector<Unseen> unseen_;   ///< in the front end, as they came
  std::vector<Sequence> queue_;  ///< as they were seen
  std::vector<Sequence> batch_;  ///< in order of admission
  bool pending_ = false;         ///< a boundary waits for its plan
  Ticks boundary_ = 0;
  bool in_flight_ = false;  ///< the plan of the boundary was made when the step that ended there began
  Ticks planned_at_ = 0;    ///< then
  std::vector<std::vector<std::size_t>> ended_blocks_;  ///< of those that ended there
  std::int32_t ended_seats_ = 0;                        ///< and their seats
  bool waits_ = false;                                  ///< boundary_ is the end of a wait
  std::int64_t wait_for_ = 0;
  std::vector<std::int64_t> cancelled_;  ///< in the batch, until it can leave
  bool together_ = false;
  bool stepping_ = false;
  bool step_decodes_ = false;
  StepShape shape_;           ///< of the step under way
  std::int64_t context_ = 0;  ///< of the step under way

  std::vector<OracleStep> steps_;
  std::vector<OracleEmission> emissions_;
  std::vector<OracleFinished> finished_;
  std::vector<OracleFinished> handed_;
  std::vector<Held> held_;
  std::vector<std::int64_t> preempted_;
};

}  // namespace idlewatt
