// The requests that wait at a replica, in the order of its queue policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/ring_queue.hpp"
#include "base/ticks.hpp"
#include "engine/sequence.hpp"
#include "policy/queue/queue.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

struct Waiting {
  Request request;
  std::unique_ptr<RequestProgress> progress;  ///< null for one that was never in a batch

  /// Tokens that must be in the KV cache before it generates the next.
  std::int64_t known_tokens() const { return request.prompt_tokens + (progress ? progress->generated : 0); }
  /// Of these, those whose keys and values have come from another replica: all but the last, or none.
  std::int64_t received_tokens() const { return progress ? progress->received_tokens : 0; }
};

/// Any order but that of arrival: O(log n) for each request that comes and goes.
class OrderedRequests {
 public:
  explicit OrderedRequests(const QueuePolicy& policy) : policy_(&policy) {}

  std::size_t size() const { return due_.size() + held_.size(); }
  void push(Waiting waiting, Ticks now);
  /// Lets go of those that are held back until `now` or earlier.
  void let_go(Ticks now);
  /// When the next one is let go; kNever when none will be.
  Ticks next_release() const { return held_.empty() ? kNever : held_.front().held_until; }

  std::size_t due() const { return due_.size(); }
  std::size_t held() const { return held_.size(); }
  /// The first of those that are due, else of those that are held back. Requires size() > 0.
  Waiting& head() { return slots_[(due_.empty() ? held_ : due_).front().slot]; }
  void pop_head();
  /// Takes out a request by its number, from wherever it stands: O(n).
  std::optional<Waiting> take(std::int64_t id);
  /// Since when the one that has waited longest waits: of those that are due, else of those that are held back.
  Ticks waiting_since() const { return due_.empty() ? *held_since_.begin() : *due_since_.begin(); }

 private:
  struct Entry {
    std::int64_t rank = 0;
    Ticks arrival = 0;
    std::int64_t id = 0;
    Ticks held_until = 0;
    std::size_t slot = 0;

    /// For a heap with the first on top.
    bool operator<(const Entry& other) const {
      return rank != other.rank         ? rank > other.rank
             : arrival != other.arrival ? arrival > other.arrival
                                        : id > other.id;
    }
    Ticks due_since() const { return arrival > held_until ? arrival : held_until; }
  };

  void add_due(const Entry& entry);
  Waiting take_slot(std::size_t slot);

  const QueuePolicy* policy_;
  std::vector<Waiting> slots_;
  std::vector<std::size_t> free_slots_;
  std::vector<Entry> due_;  ///< heaps
  std::vector<Entry> held_;
  std::multiset<Ticks> due_since_;
  std::multiset<Ticks> held_since_;
};

/// Requests leave from the head. Who has been in a batch before (after a preemption) goes to the front of an `fcfs`
/// queue, and back to its place in any other.
class RequestQueue {
 public:
  /// `policy` outlives the queue; null is `fcfs`. `seats`: of the batch that it feeds.
  RequestQueue(const QueuePolicy* policy, std::int32_t seats);

  bool empty() const { return size() == 0; }
  std::size_t size() const { return ordered_ ? ordered_->size() : fifo_.size(); }
  /// Whether a request may go ahead of one that came before it.
  bool reorders() const { return ordered_ != nullptr; }

  void push(Request request, Ticks now) { push(Waiting{std::move(request), nullptr}, now); }
  void push(Waiting waiting, Ticks now) {
    if (ordered_) {
      ordered_->push(std::move(waiting), now);
    } else {
      fifo_.push_back(std::move(waiting));
    }
  }
  void put_back(Waiting waiting, Ticks now);

  /// How many may join a batch of `running` sequences at `now`.
  std::int64_t joinable(Ticks now, std::int32_t running) {
    return ordered_ ? ordered_joinable(now, running) : static_cast<std::int64_t>(fifo_.size());
  }
  /// The first of them; null when there is none.
  Waiting* head(Ticks now, std::int32_t running) {
    if (ordered_) {
      return ordered_joinable(now, running) > 0 ? &ordered_->head() : nullptr;
    }
    return fifo_.empty() ? nullptr : &fifo_.front();
  }
  /// Takes the head out.
  void pop_head() {
    if (ordered_) {
      ordered_->pop_head();
    } else {
      fifo_.pop_front();
    }
  }
  /// Of those that may join, the arrival of the one that has waited longest, or when it was let go. Requires
  /// joinable() > 0.
  Ticks waiting_since() const { return ordered_ ? ordered_->waiting_since() : fifo_.front().request.arrival; }

  /// When the next request that is held back is let go; kNever when none will be.
  Ticks next_release() const { return ordered_ ? ordered_->next_release() : kNever; }

  /// Takes out a request by its number, wherever it stands; none when it is not here. O(n) behind the head.
  std::optional<Waiting> take(std::int64_t id);
  /// Empties the queue, in its order: what is held back at `now` last.
  std::vector<Waiting> take_all(Ticks now);

 private:
  std::int64_t ordered_joinable(Ticks now, std::int32_t running);

  RingQueue<Waiting> fifo_;
  std::unique_ptr<OrderedRequests> ordered_;  ///< null: fifo_ is the queue
  std::int32_t spare_seats_ = 0;
};

}  // namespace idlewatt
