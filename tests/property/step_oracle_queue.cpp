// The oracle's front end and queue, rules 7, 11 and 15 of sim/engine/replica.hpp.
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
         seats_taken() < order_->spare_seats(policy_->max_sequences());
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

// ---- Who is not seen yet, who is not wanted any more ----

// Rule 15.
void StepOracle::come(Sequence&& sequence, Ticks seen, Ticks now) {
  if (stepping_ || in_flight_ || seen > now) {
    unseen_.push_back({seen, std::move(sequence)});
  } else {
    arrive(std::move(sequence), now);
  }
}

std::size_t StepOracle::first_unseen() const {
  std::size_t first = 0;
  for (std::size_t i = 1; i < unseen_.size(); ++i) {
    first = unseen_[i].seen < unseen_[first].seen ? i : first;
  }
  return first;
}

StepOracle::Sequence StepOracle::take_unseen() {
  const std::size_t first = first_unseen();
  Sequence sequence = std::move(unseen_[first].sequence);
  unseen_.erase(unseen_.begin() + static_cast<std::ptrdiff_t>(first));
  return sequence;
}

/// While no step is under way, the scheduler sees a request.
void StepOracle::arrive(Sequence&& sequence, Ticks now) {
  queue_.push_back(std::move(sequence));
  if (waits_) {
    boundary_ = std::min(boundary_, joinable(now) >= wait_for_ ? now : next_release(now));
  } else if (!pending_) {
    pending_ = true;
    boundary_ = now;
  }
}

// Rule 11.
void StepOracle::cancel(std::int64_t id, Ticks now) {
  const auto waiting =
      std::find_if(queue_.begin(), queue_.end(), [id](const Sequence& s) { return s.request.id == id; });
  const auto unseen =
      std::find_if(unseen_.begin(), unseen_.end(), [id](const Unseen& u) { return u.sequence.request.id == id; });
  if (unseen != unseen_.end()) {
    Sequence sequence = std::move(unseen->sequence);
    unseen_.erase(unseen);
    finished_.push_back(leave(std::move(sequence), now));
  } else if (waiting != queue_.end()) {
    Sequence sequence = std::move(*waiting);
    queue_.erase(waiting);
    finished_.push_back(leave(std::move(sequence), now));
  } else {
    cancelled_.push_back(id);
    if (!stepping_) {
      drop_cancelled(now);
      boundary_ = std::min(boundary_, now);
    }
  }
  if (batch_.empty() && this->waiting() == 0) {
    pending_ = false;
    waits_ = false;
    let_go_of_ended();
  }
}

bool StepOracle::wants(std::int64_t id) const {
  const auto is_it = [id](const Sequence& sequence) { return sequence.request.id == id; };
  return std::find(cancelled_.begin(), cancelled_.end(), id) == cancelled_.end() &&
         (std::any_of(unseen_.begin(), unseen_.end(), [&](const Unseen& u) { return is_it(u.sequence); }) ||
          std::any_of(queue_.begin(), queue_.end(), is_it) || std::any_of(batch_.begin(), batch_.end(), is_it));
}

// ---- Who is preempted, and what the prefix cache keeps ----

/// Which sequence is preempted next.
std::size_t StepOracle::victim() const {
  std::size_t victim = batch_.size();
  const auto less_urgent = [this](const Sequence& left, const Sequence& right) {
    return standing(right, planned_at_).rank != standing(left, planned_at_).rank
               ? standing(left, planned_at_).rank > standing(right, planned_at_).rank
           : left.request.arrival != right.request.arrival ? left.request.arrival > right.request.arrival
                                                           : left.request.id > right.request.id;
  };
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!batch_[i].done &&
        (victim == batch_.size() || !order_->preempts_by_rank() || less_urgent(batch_[i], batch_[victim]))) {
      victim = i;
    }
  }
  return victim;
}

void StepOracle::preempt(std::size_t place) {
  Sequence sequence = std::move(batch_[place]);
  batch_.erase(batch_.begin() + static_cast<std::ptrdiff_t>(place));
  sequence.decoding = false;
  sequence.reached = std::max(sequence.reached, sequence.cached);
  sequence.cached = 0;
  sequence.keeps_blocks = true;
  blocks_.let_go(sequence.blocks);
  sequence.chunk = 0;
  sequence.preemptions += 1;
  preempted_.push_back(sequence.request.id);
  put_back(std::move(sequence));
}

// Rule 10, of the step that begins.
void StepOracle::keep_filled() {
  for (const Sequence& sequence : batch_) {
    if (sequence.decoding && !sequence.done && sequence.keeps_blocks) {
      blocks_.keep(sequence.request, sequence.cached + 1, sequence.blocks);
    }
  }
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
