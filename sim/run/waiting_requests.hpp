// Requests of traces that wait for the ends of others; their arrivals depend on the fleet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/require.hpp"
#include "base/splitmix64.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Holds each request from the time at which the trace gives it until the requests that it waits for have ended and its
/// delay is over. A trace gives a request after all requests that it waits for (its arrival is never before theirs). So
/// a request that is not known by then was cut off or left out, and is not waited for. Memory: some 300 bytes for each
/// request that waits or has waited, and 80 for each that others may wait for.
class WaitingRequests {
 public:
  /// Records a request of the trace that others may wait for.
  void expect(const Request& request) { known_.try_emplace(name_of(request.stream, request.key)); }

  /// Takes a request that waits for others.
  void hold(Request request) {
    const std::size_t place = held_.size();
    Held held{.request = std::move(request)};
    for (const std::uint64_t key : held.request.wait->after) {
      const auto found = known_.find(name_of(held.request.stream, key));
      if (found == known_.end()) {
        continue;
      }
      if (found->second.ended == kNever) {
        found->second.waiting.push_back(place);
        ++held.open;
      } else {
        held.last_end = std::max(held.last_end, found->second.ended);
        held.waited = true;
      }
    }
    held_.push_back(std::move(held));
    if (held_.back().open == 0) {
      release(place);
    }
  }

  /// Tells that a request has ended at `end`, answered or not.
  void completed(const Request& request, Ticks end) {
    const auto found = request.key == 0 ? known_.end() : known_.find(name_of(request.stream, request.key));
    if (found == known_.end() || found->second.ended != kNever) {
      return;
    }
    found->second.ended = end;
    for (const std::size_t place : std::exchange(found->second.waiting, {})) {
      Held& held = held_[place];
      held.last_end = std::max(held.last_end, end);
      held.waited = true;
      if (--held.open == 0) {
        release(place);
      }
    }
  }

  /// True when some request waits or is due.
  bool any() const { return taken_ < held_.size(); }
  /// The time of the next due request; kNever while all wait.
  Ticks next_arrival() const { return due_.empty() ? kNever : due_.top().first; }

  /// Takes the earliest due request; of equal times, the first that the trace gave. Requires next_arrival() != kNever.
  Request take() {
    require(!due_.empty(), "a request that is due");
    const auto [arrival, place] = due_.top();
    due_.pop();
    ++taken_;
    Request request = std::move(held_[place].request);
    request.arrival = arrival;
    return request;
  }

 private:
  struct Known {
    Ticks ended = kNever;
    std::vector<std::size_t> waiting;  ///< places in held_
  };
  struct Held {
    Request request;
    std::size_t open = 0;  ///< number of requests that it waits for and that have not ended
    Ticks last_end = 0;
    bool waited = false;  ///< true: it waited for at least one request that came
  };
  using Due = std::pair<Ticks, std::size_t>;

  static std::uint64_t name_of(StreamId stream, std::uint64_t key) {
    return mixed(key + mixed(static_cast<std::uint64_t>(stream.value())));
  }

  void release(std::size_t place) {
    const Held& held = held_[place];
    const Ticks after = held.waited ? held.last_end + held.request.wait->delay : 0;
    due_.emplace(std::max(held.request.arrival, after), place);
  }

  std::unordered_map<std::uint64_t, Known> known_;
  std::vector<Held> held_;
  std::size_t taken_ = 0;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace idlewatt
