#include "engine/request_queue.hpp"

#include <algorithm>

namespace idlewatt {

// ---- OrderedRequests ----

void OrderedRequests::push(Waiting waiting, Ticks now) {
  const QueuePlace place = policy_->place(waiting.request);
  Entry entry{.rank = place.rank,
              .arrival = waiting.request.arrival,
              .id = waiting.request.id,
              .held_until = place.held_until,
              .slot = slots_.size()};
  if (free_slots_.empty()) {
    slots_.push_back(std::move(waiting));
  } else {
    entry.slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[entry.slot] = std::move(waiting);
  }
  if (entry.held_until <= now) {
    add_due(entry);
  } else {
    held_.push_back(entry);
    std::push_heap(held_.begin(), held_.end());
    held_since_.insert(entry.arrival);
  }
}

void OrderedRequests::add_due(const Entry& entry) {
  due_.push_back(entry);
  std::push_heap(due_.begin(), due_.end());
  due_since_.insert(entry.due_since());
}

void OrderedRequests::let_go(Ticks now) {
  while (!held_.empty() && held_.front().held_until <= now) {
    add_due(held_.front());
    held_since_.erase(held_since_.find(held_.front().arrival));
    std::pop_heap(held_.begin(), held_.end());
    held_.pop_back();
  }
}

void OrderedRequests::pop_head() {
  std::vector<Entry>& heap = due_.empty() ? held_ : due_;
  const Entry entry = heap.front();
  if (due_.empty()) {
    held_since_.erase(held_since_.find(entry.arrival));
  } else {
    due_since_.erase(due_since_.find(entry.due_since()));
  }
  std::pop_heap(heap.begin(), heap.end());
  heap.pop_back();
  take_slot(entry.slot);
}

Waiting OrderedRequests::take_slot(std::size_t slot) {
  Waiting taken = std::move(slots_[slot]);
  slots_[slot] = {};
  free_slots_.push_back(slot);
  return taken;
}

std::optional<Waiting> OrderedRequests::take(std::int64_t id) {
  for (std::vector<Entry>* heap : {&due_, &held_}) {
    const auto found = std::find_if(heap->begin(), heap->end(), [id](const Entry& entry) { return entry.id == id; });
    if (found == heap->end()) {
      continue;
    }
    if (heap == &due_) {
      due_since_.erase(due_since_.find(found->due_since()));
    } else {
      held_since_.erase(held_since_.find(found->arrival));
    }
    const std::size_t slot = found->slot;
    heap->erase(found);
    std::make_heap(heap->begin(), heap->end());
    return take_slot(slot);
  }
  return std::nullopt;
}

// ---- RequestQueue ----

RequestQueue::RequestQueue(const QueuePolicy* policy, std::int32_t seats) {
  if (policy != nullptr && !policy->first_come()) {
    ordered_ = std::make_unique<OrderedRequests>(*policy);
    spare_seats_ = policy->spare_seats(seats);
  }
}

void RequestQueue::put_back(Waiting waiting, Ticks now) {
  if (ordered_) {
    ordered_->push(std::move(waiting), now);
  } else {
    fifo_.push_front(std::move(waiting));
  }
}

std::int64_t RequestQueue::ordered_joinable(Ticks now, std::int32_t running) {
  ordered_->let_go(now);
  return static_cast<std::int64_t>(ordered_->due() + (running < spare_seats_ ? ordered_->held() : 0));
}

std::optional<Waiting> RequestQueue::take(std::int64_t id) {
  if (ordered_) {
    return ordered_->take(id);
  }
  for (std::size_t i = 0; i < fifo_.size(); ++i) {
    if (fifo_[i].request.id == id) {
      return fifo_.take(i);
    }
  }
  return std::nullopt;
}

std::vector<Waiting> RequestQueue::take_all(Ticks now) {
  std::vector<Waiting> all;
  all.reserve(size());
  if (ordered_) {
    ordered_->let_go(now);
  }
  while (!empty()) {
    all.push_back(std::move(ordered_ ? ordered_->head() : fifo_.front()));
    pop_head();
  }
  return all;
}

}  // namespace idlewatt
