// The requests that wait at a replica, in the order of the replica's queue policy.
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

/// A waiting request, with its progress if it has been in a batch.
struct Waiting {
  Request request;
  std::unique_ptr<RequestProgress> progress;  ///< null for a request that was never in a batch

  /// Tokens that must be in the KV cache before the request generates its next token.
  std::int64_t known_tokens() const { return request.prompt_tokens + (progress ? progress->generated : 0); }
  /// Known tokens whose keys and values came from another replica: all but the last, or none.
  std::int64_t received_tokens() const { return progress ? progress->received_tokens : 0; }
};

/// Waiting requests in an order other than that of arrival. Each request that comes or goes costs O(log n).
class OrderedRequests {
 public:
  explicit OrderedRequests(const QueuePolicy& policy) : policy_(&policy) {}

  std::size_t size() const { return due_.size() + held_.size(); }
  void push(Waiting waiting, Ticks now);
  /// Releases the requests that are held back until `now` or earlier.
  void let_go(Ticks now);
  /// Time of the next release; kNever when no request is held back.
  Ticks next_release() const { return held_.empty() ? kNever : held_.front().held_until; }

  std::size_t due() const { return due_.size(); }
  std::size_t held() const { return held_.size(); }
  /// The first due request; the first held-back request when none is due. Requires size() > 0.
  Waiting& head() { return slots_[(due_.empty() ? held_ : due_).front().slot]; }
  void pop_head();
  /// Takes out a request by its id from any place; O(n).
  std::optional<Waiting> take(std::int64_t id);
  /// Time since which the longest-waiting due request waits, or the longest-waiting held-back one when none is due.
  Ticks waiting_since() const { return due_.empty() ? *held_since_.begin() : *due_since_.begin(); }

 private:
  struct Entry {
    std::int64_t rank = 0;
    Ticks arrival = 0;
    std::int64_t id = 0;
    Ticks held_until = 0;
    std::size_t slot = 0;

    /// The order of a heap whose top is the first request.
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

/// The queue of a replica. Requests leave from the head. A request that was in a batch before (and was preempted) goes
/// to the front of an `fcfs` queue and to its place in any other queue.
class RequestQueue {
 public:
  /// Makes a queue. A null `policy` is `fcfs`; the policy must outlive the queue. `seats` is the number of slots of the
  /// batch that the queue feeds.
  RequestQueue(const QueuePolicy* policy, std::int32_t seats);

  bool empty() const { return size() == 0; }
  std::size_t size() const { return ordered_ ? ordered_->size() : fifo_.size(); }
  /// True when a request may overtake one that came before it.
  bool reorders() const { return ordered_ != nullptr; }

  void push(Request request, Ticks now) { push(Waiting{std::move(request), nullptr}, now); }
  void push(Waiting&& waiting, Ticks now) {
    if (ordered_) {
      ordered_->push(std::move(waiting), now);
    } else {
      fifo_.push_back(std::move(waiting));
    }
  }
  void put_back(Waiting waiting, Ticks now);

  /// Number of requests that may join a batch of `running` sequences at `now`.
  std::int64_t joinable(Ticks now, std::int32_t running) {
    return ordered_ ? ordered_joinable(now, running) : static_cast<std::int64_t>(fifo_.size());
  }
  /// The first request that may join; null when there is none.
  Waiting* head(Ticks now, std::int32_t running) {
    if (ordered_) {
      return ordered_joinable(now, running) > 0 ? &ordered_->head() : nullptr;
    }
    return fifo_.empty() ? nullptr : &fifo_.front();
  }
  /// Removes the head, whose request was moved from.
  void pop_head() {
    if (ordered_) {
      ordered_->pop_head();
    } else {
      fifo_.front().progress.reset();
      fifo_.drop_front();
    }
  }
  /// Time since which the longest-waiting of the joinable requests waits: its arrival, or the time at which it was
  /// released. Requires joinable() > 0.
  Ticks waiting_since() const { return ordered_ ? ordered_->waiting_since() : fifo_.front().request.arrival; }

  /// Time at which the next held-back request is released; kNever when no request is held back.
  Ticks next_release() const { return ordered_ ? ordered_->next_release() : kNever; }

  /// Takes out a request by its id; nothing when the request is not in the queue. O(n) behind the head.
  std::optional<Waiting> take(std::int64_t id);
  /// Empties the queue in its order. Requests that are held back at `now` come last.
  std::vector<Waiting> take_all(Ticks now);

 private:
  std::int64_t ordered_joinable(Ticks now, std::int32_t running);

  RingQueue<Waiting> fifo_;
  std::unique_ptr<OrderedRequests> ordered_;  ///< null: fifo_ is the queue
  std::int32_t spare_seats_ = 0;
};

}  // namespace idlewatt
