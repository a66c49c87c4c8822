// The decoding sequences of a replica. All of them take part in every decode step, so the cost of n steps is one sum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/ticks.hpp"
#include "engine/gap_tracker.hpp"
#include "engine/sequence.hpp"
#include "physics/attended_context.hpp"
#include "physics/cost_line.hpp"
#include "physics/memory_plan.hpp"

namespace idlewatt {

/// The group of decoding sequences. A sequence is named by its index in `slots`, a vector that the replica owns and
/// passes to each call. Sequences that have all their tokens and stay in the batch (static batching) are *padding*:
/// they take part in the steps, read no context and need no blocks.
class DecodeGroup {
 public:
  using Slots = std::vector<Sequence>;

  /// Makes an empty group. `lines` has the cost of a step for each number of sequences from 1. `attended` says which
  /// part of a context is read, `layout` how many blocks a sequence takes. All of them must outlive the group.
  DecodeGroup(const std::vector<CostLine>& lines, const AttendedContext& attended, const KvLayout& layout)
      : lines_(&lines), attended_(&attended), layout_(&layout) {}

  /// Sets the costs of all later steps. The units of context must be those of the old lines. `lines` must outlive this.
  void price_by(const std::vector<CostLine>& lines) { lines_ = &lines; }

  std::int32_t size() const { return size_; }
  std::int32_t padding() const { return padding_; }

  /// The cost of the next step, as a function of the context.
  const CostLine& line() const { return (*lines_)[static_cast<std::size_t>(size_ + padding_ - 1)]; }
  std::int64_t context() const { return read_base_ + growth_ * count_; }
  StepCost next_step() const { return line().at(context()); }
  /// The cost of the next `steps` steps. Requires steps <= steps_until_window(), as do the functions below.
  StepCost sum(std::int64_t steps) const { return line().sum(context(), growth_, steps); }
  /// The cost of the step after the next `steps` steps.
  StepCost step_after(std::int64_t steps) const { return line().at(context() + steps * growth_); }
  std::int64_t steps_begun_before(Ticks elapsed, std::int64_t limit) const {
    return line().steps_begun_before(elapsed, context(), growth_, limit);
  }
  /// Number of decode steps until a sequence passes an attention window. Up to that step, the tokens that all sequences
  /// read and the blocks that they take are linear in the number of steps.
  std::int64_t steps_until_window() const {
    return windows_.empty() ? std::numeric_limits<std::int64_t>::max() : windows_.front().at - count_;
  }

  /// KV tokens of one of them.
  std::int64_t kv_tokens(const Sequence& sequence) const { return sequence.kv_base + count_; }
  /// New KV blocks that the next step takes; blocks_of() for the next `steps` steps.
  std::int64_t blocks_of_next_step() const { return in_phase_[phase(count_)]; }
  std::int64_t blocks_of(std::int64_t steps) const;
  /// The largest number of steps, up to `limit`, for which `blocks` blocks suffice.
  std::int64_t steps_with(std::int64_t blocks, std::int64_t limit) const;

  /// Adds a sequence whose known tokens are computed.
  void join(std::int32_t slot, Slots& slots);
  /// Removes a sequence, for any reason, and brings its progress up to date.
  void leave(std::int32_t slot, Slots& slots);
  /// Adds a sequence that has left with all its tokens as padding, until drop_padding().
  void become_padding(std::int32_t slot, Slots& slots);
  /// Removes padding, and adds its share of the energy of the steps since to its progress.
  void drop_padding(std::int32_t slot, Slots& slots);

  /// Records that `steps` steps, which began at `start`, have ended. The first took `first` ticks, all together
  /// `total`.
  void end_steps(std::int64_t steps, Ticks start, Ticks first, Ticks total, Slots& slots);

  /// Number of decode steps until the next sequence has all its tokens. Requires size() > 0.
  std::int64_t steps_until_finish() const { return finishes_.front().at - count_; }
  /// True while some sequence has all its tokens.
  bool any_finished() const { return !finishes_.empty() && finishes_.front().at == count_; }
  /// Removes one sequence that has all its tokens, as leave() does, in order of admission. Returns its slot. Requires
  /// any_finished().
  std::int32_t take_finished(Slots& slots);

  /// The slots of all sequences, in no order, without padding.
  std::vector<std::int32_t> members() const;

 private:
  struct Finish {
    std::int64_t at = 0;  ///< count_ at which it happens
    std::int64_t order = 0;
    std::int32_t slot = 0;

    bool operator>(const Finish& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void add_shares(const CostPiece& piece, std::int64_t from, std::int64_t steps);
  void take_law(std::int32_t slot, Slots& slots);
  void drop_law(const Sequence& sequence);
  void settle_share(Sequence& sequence) const;
  void renew_laws(Slots& slots);
  void start_anew_if_empty();
  void bring_up_to_date(std::int32_t slot, Slots& slots);
  static Sequence& at(std::int32_t slot, Slots& slots) { return slots[static_cast<std::size_t>(slot)]; }
  /// The phase of the sequences that need a new block in step number `count`, since their tokens then fill their
  /// blocks.
  static std::size_t phase(std::int64_t count) { return static_cast<std::size_t>(-count & (kKvBlockTokens - 1)); }

  const std::vector<CostLine>* lines_;
  const AttendedContext* attended_;
  const KvLayout* layout_;
  std::int32_t size_ = 0;
  std::int32_t padding_ = 0;
  std::int64_t count_ = 0;                               ///< steps taken
  std::int64_t read_base_ = 0;                           ///< sum of the sequences' read_base
  std::int64_t growth_ = 0;                              ///< sum of the sequences' read_slope
  std::int64_t page_blocks_ = 0;                         ///< sum of the sequences' page_blocks
  std::array<std::int64_t, kKvBlockTokens> in_phase_{};  ///< sums of page_blocks by phase(-kv_base)
  std::vector<Finish> finishes_;                         ///< a heap, the next to end on top
  std::vector<Finish> windows_;                          ///< a heap, the next to pass a window on top
  ShareSums shares_;
  GapTracker gaps_;
  Ticks last_emission_ = 0;
  std::vector<std::int32_t> newcomers_;  ///< slots that joined after the last step
};

}  // namespace idlewatt
