// The sequences of a replica that decode: all take part in every decode step, so that n steps are one sum.
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

/// Sequences are numbers of `slots`, which its owner keeps and hands over. Members that have all their tokens and keep
/// their seats (static batching) are *padding*: they take part in the steps, read no context and want no blocks.
class DecodeGroup {
 public:
  using Slots = std::vector<Sequence>;

  /// One of `lines` for each number of sequences from 1; what their contexts count, and how many blocks a sequence
  /// takes. All outlive the group.
  DecodeGroup(const std::vector<CostLine>& lines, const AttendedContext& attended, const KvLayout& layout)
      : lines_(&lines), attended_(&attended), layout_(&layout) {}

  /// Steps cost by these lines from now on; they count contexts as those before.
  void price_by(const std::vector<CostLine>& lines) { lines_ = &lines; }

  std::int32_t size() const { return size_; }
  std::int32_t padding() const { return padding_; }

  /// What the next step costs, by its context.
  const CostLine& line() const { return (*lines_)[static_cast<std::size_t>(size_ + padding_ - 1)]; }
  std::int64_t context() const { return read_base_ + growth_ * count_; }
  StepCost next_step() const { return line().at(context()); }
  /// Of at most steps_until_window() steps, as all that follows.
  StepCost sum(std::int64_t steps) const { return line().sum(context(), growth_, steps); }
  /// The step that comes after `steps` others.
  StepCost step_after(std::int64_t steps) const { return line().at(context() + steps * growth_); }
  std::int64_t steps_begun_before(Ticks elapsed, std::int64_t limit) const {
    return line().steps_begun_before(elapsed, context(), growth_, limit);
  }
  /// Decode steps until one of them passes a window: up to there what all read, and the blocks that they take, are
  /// straight lines of the count of steps.
  std::int64_t steps_until_window() const {
    return windows_.empty() ? std::numeric_limits<std::int64_t>::max() : windows_.front().at - count_;
  }

  /// KV tokens of one of them.
  std::int64_t kv_tokens(const Sequence& sequence) const { return sequence.kv_base + count_; }
  /// New KV blocks of the next step, of the next `steps`.
  std::int64_t blocks_of_next_step() const { return in_phase_[phase(count_)]; }
  std::int64_t blocks_of(std::int64_t steps) const;
  /// The most steps, up to `limit`, for which `blocks` suffice.
  std::int64_t steps_with(std::int64_t blocks, std::int64_t limit) const;

  /// A sequence whose known tokens are computed joins.
  void join(std::int32_t slot, Slots& slots);
  /// One leaves, for whatever reason; its progress is brought up to date.
  void leave(std::int32_t slot, Slots& slots);
  /// One that has left with all its tokens goes on as padding, until drop_padding().
  void become_padding(std::int32_t slot, Slots& slots);
  /// Its share of the energy of the steps that it was padding in is added to its progress.
  void drop_padding(std::int32_t slot, Slots& slots);

  /// `steps` steps that began at `start` have ended; the first took `first` ticks, all of them `total`.
  void end_steps(std::int64_t steps, Ticks start, Ticks first, Ticks total, Slots& slots);

  /// Decode steps until the next of them has all its tokens. Requires size() > 0.
  std::int64_t steps_until_finish() const { return finishes_.front().at - count_; }
  /// Takes one that has all its tokens out, as leave() does, in order of admission; -1 when there is none.
  std::int32_t take_finished(Slots& slots);

  /// All of them, in no order; padding is not among them.
  std::vector<std::int32_t> members() const;

 private:
  struct Finish {
    std::int64_t at = 0;  ///< count_ at which it happens
    std::int64_t order = 0;
    std::int32_t slot = 0;

    bool operator>(const Finish& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void add_shares(std::int64_t steps);
  void take_law(std::int32_t slot, Slots& slots);
  void drop_law(const Sequence& sequence);
  void settle_share(Sequence& sequence) const;
  void renew_laws(Slots& slots);
  void start_anew_if_empty();
  void bring_up_to_date(std::int32_t slot, Slots& slots);
  static Sequence& at(std::int32_t slot, Slots& slots) { return slots[static_cast<std::size_t>(slot)]; }
  /// Phase of the sequences that want a new block in step number `count`: their tokens fill their blocks.
  static std::size_t phase(std::int64_t count) { return static_cast<std::size_t>(-count & (kKvBlockTokens - 1)); }

  const std::vector<CostLine>* lines_;
  const AttendedContext* attended_;
  const KvLayout* layout_;
  std::int32_t size_ = 0;
  std::int32_t padding_ = 0;
  std::int64_t count_ = 0;                               ///< steps taken
  std::int64_t read_base_ = 0;                           ///< sum of their read_base
  std::int64_t growth_ = 0;                              ///< and of their read_slope
  std::int64_t page_blocks_ = 0;                         ///< and of their page_blocks
  std::array<std::int64_t, kKvBlockTokens> in_phase_{};  ///< the latter by phase(-kv_base)
  std::vector<Finish> finishes_;                         ///< a heap, the next to end on top
  std::vector<Finish> windows_;                          ///< likewise, the next to pass a window on top
  ShareSums shares_;
  GapTracker gaps_;
  Ticks last_emission_ = 0;
  std::vector<std::int32_t> newcomers_;  ///< slots that joined after the last step
};

}  // namespace idlewatt
