// What comes to a replica from outside: requests, and words about those that are here. Most of it cuts a run of steps.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/replica.hpp"

namespace idlewatt {

void Replica::enqueue(Request&& request, Ticks now) {
  enqueue(Waiting{std::move(request), nullptr}, now);
}

void Replica::receive(Request request, const RequestProgress& progress, Ticks now) {
  auto received = std::make_unique<RequestProgress>(progress);
  received->received_tokens = request.prompt_tokens + progress.generated - 1;
  enqueue(Waiting{std::move(request), std::move(received)}, now);
}

void Replica::enqueue(Waiting&& waiting, Ticks now) {
  const bool received = waiting.received_tokens() > 0;
  const Ticks seen = received ? now : checked_ticks(static_cast<int128_t>(now) + spec_->front_end.of(waiting.request));
  const bool at_once = !stepping_ ? !in_flight_ : !plans_ahead() && front_end_.size() == 0;
  if (seen == now && at_once) {
    arrive(std::move(waiting), now);
    return;
  }
  front_end_.push(std::move(waiting), seen);
  if (!stepping_) {
    set_boundary(boundary_);
  } else if (run_.steps > 1 && (arrivals_matter_ || received)) {
    cut_to(steps_until_seen(seen, run_.steps));
  }
}

/// The scheduler may see the request from now on.
void Replica::arrive(Waiting&& waiting, Ticks now) {
  const bool received = waiting.received_tokens() > 0;
  queue_.push(std::move(waiting), now);
  if (pause_.on) {
    arrived_while_waiting(now);
  } else if (!stepping_ && boundary_ == kNoChange) {
    set_boundary(at_plan(std::max(now, not_before_)));
  } else if (stepping_ && run_.steps > 1 && (arrivals_matter_ || received)) {
    // A later arrival during the step under way changes nothing more.
    arrivals_matter_ = false;
    cut_to_step_under_way(now);
  }
}

void Replica::arrived_while_waiting(Ticks now) {
  const bool enough = queue_.joinable(now, running()) >= pause_.number;
  const Ticks until = enough ? now : std::max(now, std::min(pause_.until, queue_.next_release()));
  set_boundary(std::min(boundary_, at_plan(std::max(until, not_before_))));
}

/// While no step is under way: the first request of the front end may be seen from now on.
void Replica::leave_front_end() {
  const Ticks seen = front_end_.next();
  arrive(front_end_.pop(), seen);
  set_boundary(boundary_);
}

/// Of a run that begins at clock_, the steps up to the first plan that sees what may be seen at `time`.
std::int64_t Replica::steps_until_seen(Ticks time, std::int64_t limit) const {
  const std::int64_t begun = time > clock_ ? decoding_.steps_begun_before(time - clock_, limit) : 0;
  return std::min(limit, std::max<std::int64_t>(1, begun + (plans_ahead() ? 1 : 0)));
}

void Replica::cut_to(std::int64_t steps) {
  if (steps < run_.steps) {
    run_.steps = steps;
    run_.total = decoding_.sum(steps);
    run_.end = clock_ + run_.total.duration;
    next_change_ = at_end(run_.end);
  }
}

/// The step under way at `now` ends; what was to follow is planned anew.
void Replica::cut_to_step_under_way(Ticks now) {
  cut_to(decoding_.steps_begun_before(now - clock_, run_.steps));
}

/// Requires that no step is under way.
void Replica::set_boundary(ChangeKey boundary) {
  boundary_ = boundary;
  const bool sees_arrivals = !in_flight_ && front_end_.size() > 0;
  next_change_ = sees_arrivals ? std::min(boundary, at_end(front_end_.next())) : boundary;
}

/// Nothing is left to do.
void Replica::be_idle() {
  pause_.on = false;
  let_go_of_ended();
  set_boundary(kNoChange);
}

void Replica::price_by(const ReplicaSpec& spec, Ticks now) {
  if (next_spec_ == &spec) {
    return;
  }
  next_spec_ = &spec;
  if (stepping_ && run_.steps > 1) {
    cut_to_step_under_way(now);
  }
}

void Replica::cancel(std::int64_t id, Ticks now, ReplicaObserver& observer) {
  if (stepping_ && run_.steps > 1) {
    // Also where it waits: who stood behind it may join now.
    cut_to_step_under_way(now);
  }
  std::optional<Waiting> waiting = front_end_.take(id);
  if (!waiting) {
    waiting = queue_.take(id);
  }
  if (waiting) {
    observer.finished(
        to_finished(std::move(waiting->request), waiting->progress ? *waiting->progress : RequestProgress{}, now));
  } else {
    cancelled_.push_back(id);
    if (!stepping_) {
      clock_ = now;
      drop_cancelled(observer);
      set_boundary(std::min(boundary_, at_plan(std::max(now, not_before_))));
    }
  }
  if (outstanding() == 0) {
    be_idle();
  } else if (!stepping_) {
    set_boundary(boundary_);
  }
}

void Replica::release(std::int64_t id, Ticks now) {
  const auto found = std::find_if(held_.begin(), held_.end(), [id](const auto& held) { return held.first == id; });
  const std::int32_t slot = found->second;
  held_.erase(found);
  blocks_.release(at(slot), at(slot).computed);
  free_slots_.push_back(slot);
  if (!stepping_ && outstanding() > 0) {
    set_boundary(std::min(boundary_, at_plan(std::max(now, not_before_))));
  }
}

}  // namespace idlewatt
