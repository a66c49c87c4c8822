#include "engine/decode_group.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "engine/kv_blocks.hpp"
#include "physics/series_sum.hpp"

namespace idlewatt {

// ---- Blocks ----

std::int64_t DecodeGroup::blocks_of(std::int64_t steps) const {
  std::int64_t blocks = steps / kKvBlockTokens * page_blocks_;
  for (std::int64_t i = 0; i < steps % kKvBlockTokens; ++i) {
    blocks += in_phase_[phase(count_ + i)];
  }
  return blocks;
}

std::int64_t DecodeGroup::steps_with(std::int64_t blocks, std::int64_t limit) const {
  if (pages_for(limit) * page_blocks_ <= blocks) {
    return limit;
  }
  std::int64_t steps = blocks / page_blocks_ * kKvBlockTokens;
  std::int64_t left = blocks % page_blocks_;
  while (steps < limit && in_phase_[phase(count_ + steps)] <= left) {
    left -= in_phase_[phase(count_ + steps)];
    ++steps;
  }
  return std::min(steps, limit);
}

// ---- Who is in it ----

void DecodeGroup::join(std::int32_t slot, Slots& slots) {
  Sequence& sequence = at(slot, slots);
  sequence.kv_base = sequence.computed - count_;
  sequence.joined_at = count_;
  sequence.shares_before = shares_;
  take_law(slot, slots);
  ++size_;
  newcomers_.push_back(slot);
  finishes_.push_back({count_ + sequence.request.output_tokens - sequence.progress.generated, sequence.order, slot});
  std::push_heap(finishes_.begin(), finishes_.end(), std::greater<>());
}

/// Straight lines for what the sequence reads and takes, from the next step on.
void DecodeGroup::take_law(std::int32_t slot, Slots& slots) {
  Sequence& sequence = at(slot, slots);
  const std::int64_t tokens = kv_tokens(sequence);
  const AttendedContext::Law read = attended_->law(tokens + 1);
  const KvLayout::Law take = layout_->law(tokens);
  sequence.read_base = read.base + read.slope * (sequence.kv_base + 1);
  sequence.read_slope = read.slope;
  sequence.page_blocks = take.blocks;
  read_base_ += sequence.read_base;
  growth_ += sequence.read_slope;
  page_blocks_ += sequence.page_blocks;
  in_phase_[phase(-sequence.kv_base)] += sequence.page_blocks;
  const std::int64_t until = std::min(read.until - 1, take.until);
  if (until < std::numeric_limits<std::int64_t>::max() - 1) {
    windows_.push_back({until - sequence.kv_base, sequence.order, slot});
    std::push_heap(windows_.begin(), windows_.end(), std::greater<>());
  }
}

void DecodeGroup::drop_law(const Sequence& sequence) {
  read_base_ -= sequence.read_base;
  growth_ -= sequence.read_slope;
  page_blocks_ -= sequence.page_blocks;
  in_phase_[phase(-sequence.kv_base)] -= sequence.page_blocks;
}

/// Adds its share of the energy since the last time.
void DecodeGroup::settle_share(Sequence& sequence) const {
  const ShareSums& before = sequence.shares_before;
  sequence.progress.energy.fj += shares_.fixed_fj - before.fixed_fj +
                                 (shares_.slope_fj - before.slope_fj) * sequence.read_base +
                                 (shares_.moment_fj - before.moment_fj) * sequence.read_slope;
  sequence.shares_before = shares_;
}

/// Of those that pass a window in the next step.
void DecodeGroup::renew_laws(Slots& slots) {
  while (!windows_.empty() && windows_.front().at <= count_) {
    std::pop_heap(windows_.begin(), windows_.end(), std::greater<>());
    const std::int32_t slot = windows_.back().slot;
    windows_.pop_back();
    settle_share(at(slot, slots));
    drop_law(at(slot, slots));
    take_law(slot, slots);
  }
}

void DecodeGroup::leave(std::int32_t slot, Slots& slots) {
  std::erase_if(finishes_, [slot](const Finish& entry) { return entry.slot == slot; });
  std::make_heap(finishes_.begin(), finishes_.end(), std::greater<>());
  bring_up_to_date(slot, slots);
}

std::int32_t DecodeGroup::take_finished(Slots& slots) {
  std::pop_heap(finishes_.begin(), finishes_.end(), std::greater<>());
  const std::int32_t slot = finishes_.back().slot;
  finishes_.pop_back();
  bring_up_to_date(slot, slots);
  return slot;
}

void DecodeGroup::bring_up_to_date(std::int32_t slot, Slots& slots) {
  Sequence& sequence = at(slot, slots);
  RequestProgress& progress = sequence.progress;
  progress.generated = static_cast<std::int32_t>(kv_tokens(sequence) - sequence.request.prompt_tokens + 1);
  settle_share(sequence);
  // Its first gap after it joined began with its own last token and was taken then.
  progress.worst_gap = std::max(progress.worst_gap, gaps_.longest_after(sequence.joined_at + 1));
  if (count_ > sequence.joined_at) {
    progress.last_emission = last_emission_;
  } else {
    std::erase(newcomers_, slot);
  }
  sequence.computed = kv_tokens(sequence);
  drop_law(sequence);
  if (!windows_.empty()) {
    std::erase_if(windows_, [slot](const Finish& entry) { return entry.slot == slot; });
    std::make_heap(windows_.begin(), windows_.end(), std::greater<>());
  }
  --size_;
  start_anew_if_empty();
}

void DecodeGroup::become_padding(std::int32_t slot, Slots& slots) {
  at(slot, slots).shares_before = shares_;
  ++padding_;
}

void DecodeGroup::drop_padding(std::int32_t slot, Slots& slots) {
  Sequence& sequence = at(slot, slots);
  sequence.progress.energy.fj += shares_.fixed_fj - sequence.shares_before.fixed_fj;
  --padding_;
  start_anew_if_empty();
}

std::vector<std::int32_t> DecodeGroup::members() const {
  std::vector<std::int32_t> slots;
  slots.reserve(finishes_.size());
  for (const Finish& entry : finishes_) {
    slots.push_back(entry.slot);
  }
  return slots;
}

// ---- Steps ----

void DecodeGroup::end_steps(std::int64_t steps, Ticks start, Ticks first, Ticks total, Slots& slots) {
  const Ticks first_end = start + first;
  // Who joined since the last step waited from its own last token, the others from that step.
  for (const std::int32_t slot : newcomers_) {
    RequestProgress& progress = at(slot, slots).progress;
    progress.worst_gap = std::max(progress.worst_gap, first_end - progress.last_emission);
  }
  if (static_cast<std::int32_t>(newcomers_.size()) < size_) {
    gaps_.push(count_ + 1, first_end - last_emission_);
  }
  newcomers_.clear();
  Ticks longest = 0;  // of the steps after the first: on each piece, the last one's
  std::int64_t ended = 0;
  line().for_each_piece(context(), growth_, steps, [&](const CostPiece& piece, std::int64_t context, std::int64_t n) {
    add_shares(piece, count_ + ended, n);
    ended += n;
    if (ended > 1) {
      longest = std::max(longest, piece.at(context + (n - 1) * growth_).duration);
    }
  });
  if (steps > 1) {
    gaps_.push(count_ + steps, longest);
  }
  last_emission_ = start + total;
  count_ += steps;
  renew_laws(slots);
}

/// Of `steps` steps on one piece of the line, of which the first is number `from`.
void DecodeGroup::add_shares(const CostPiece& piece, std::int64_t from, std::int64_t steps) {
  const int128_t per_token = piece.energy_per_token_fj;
  shares_.fixed_fj += quotient(piece.energy_at_zero_fj * steps, size_ + padding_);
  shares_.slope_fj += per_token * steps;
  with_series_sum(from, 1, steps, [&](auto numbers) { shares_.moment_fj += numbers * per_token; });
}

void DecodeGroup::start_anew_if_empty() {
  if (size_ + padding_ == 0) {
    // Nobody refers to the running sums any more: start them anew, so that they stay small.
    count_ = 0;
    shares_ = {};
    gaps_.clear();
  }
}

}  // namespace idlewatt
