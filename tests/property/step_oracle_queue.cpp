// The oracle's queue, rule 7 of sim/engine/replica.hpp.
#include <algorithm>
#include <utility>

#include "property/step_oracle.hpp"

namespace idlewatt {

StepOracle::Standing StepOracle::standing(const Sequence& sequence, Ticks now) const {
  const Request& request = sequence.request;
  const QueuePlace place = order_->place(request);
  const bool held = place.held_until > now;
  return {held, place.rank, request.arrival, request.id,
          held ? request.arrival : std::max(request.arrival, place.held_until)};
}

bool StepOracle::may_join(const Sequence& sequence, Ticks now) const {
  return order_->first_come() || !standing(sequence, now).held ||
         running() < order_->spare_seats(policy_->max_sequences());
}

std::int64_t StepOracle::joinable(Ticks now) const {
  return std::count_if(queue_.begin(), queue_.end(), [&](const Sequence& s) { return may_join(s, now); });
}

std::size_t StepOracle::head(Ticks now) const {
  if (order_->first_come()) {
    return 0;
  }
  std::size_t best = queue_.size();
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    if (may_join(queue_[i], now) &&
        (best == queue_.size() || standing(queue_[i], now).before(standing(queue_[best], now)))) {
      best = i;
    }
  }
  return best;
}

Ticks StepOracle::next_release(Ticks now) const {
  Ticks next = kNever;
  for (const Sequence& sequence : queue_) {
    if (!order_->first_come() && standing(sequence, now).held) {
      next = std::min(next, order_->place(sequence.request).held_until);
    }
  }
  return next;
}

Ticks StepOracle::waiting_since(Ticks now) const {
  if (order_->first_come()) {
    return queue_.front().request.arrival;
  }
  const bool held = standing(queue_[head(now)], now).held;
  Ticks since = kNever;
  for (const Sequence& sequence : queue_) {
    if (standing(sequence, now).held == held) {
      since = std::min(since, standing(sequence, now).since);
    }
  }
  return since;
}

void StepOracle::put_back(Sequence&& sequence) {
  queue_.insert(queue_.begin(), std::move(sequence));
}

// ---- What layers keep and read of a sequence, counted one by one ----

std::int64_t StepOracle::blocks_of(std::int64_t tokens) const {
  std::int64_t blocks = tokens > 0 ? layout_.state_blocks : 0;
  for (const KvLayout::Group& group : layout_.groups) {
    std::int64_t pages = 0;
    for (std::int64_t token = 0; token < tokens; token += kKvBlockTokens) {
      pages += group.pages == 0 || pages < group.pages ? 1 : 0;
    }
    blocks += pages * group.blocks;
  }
  return blocks;
}

std::int64_t StepOracle::read_by(std::int64_t position) const {
  std::int64_t units = 0;
  for (const AttendedKind& kind : physics_->attended().kinds()) {
    // Positions before `from` are out of its window.
    std::int64_t from = 1;
    if (kind.window > 0) {
      from = kind.chunked ? (position - 1) / kind.window * kind.window + 1
                          : std::max<std::int64_t>(1, position - kind.window + 1);
    }
    units += kind.weight * (position - from + 1);
  }
  return units;
}

}  // namespace idlewatt
