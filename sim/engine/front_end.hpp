// The front end of a replica: requests that have come to it and that its scheduler has not seen yet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ticks.hpp"
#include "engine/request_queue.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// How long a request is under way in an engine beside its steps: HTTP, tokeniser, messages between processes, and the
/// way of its tokens back to the client.
struct FrontEndTimes {
  Ticks per_request = 0;
  Ticks per_prompt_token = 0;

  Ticks of(const Request& request) const { return per_request + per_prompt_token * request.prompt_tokens; }
};

/// Requests leave in the order of the times at which the scheduler may see them; of equals, in the order in which they
/// came.
class FrontEnd {
 public:
  std::size_t size() const { return arrivals_.size(); }
  /// The time at which the scheduler may see the next request; kNever if there is no request.
  Ticks next() const { return arrivals_.empty() ? kNever : arrivals_.front().seen; }
  /// True if the front end holds a request that has come from another replica with its KV cache.
  bool holds_received() const { return received_ > 0; }

  void push(Waiting&& waiting, Ticks seen) {
    received_ += waiting.received_tokens() > 0 ? 1 : 0;
    arrivals_.push_back({seen, came_++, std::move(waiting)});
    std::push_heap(arrivals_.begin(), arrivals_.end());
  }
  /// Takes the next one out. Requires size() > 0.
  Waiting pop() {
    std::pop_heap(arrivals_.begin(), arrivals_.end());
    return take_back();
  }
  /// Takes out a request by its number; none when it is not here. O(n).
  std::optional<Waiting> take(std::int64_t id) {
    const auto found = std::find_if(arrivals_.begin(), arrivals_.end(),
                                    [id](const Arrival& arrival) { return arrival.waiting.request.id == id; });
    if (found == arrivals_.end()) {
      return std::nullopt;
    }
    std::iter_swap(found, arrivals_.end() - 1);
    Waiting taken = take_back();
    std::make_heap(arrivals_.begin(), arrivals_.end());
    return taken;
  }

 private:
  struct Arrival {
    Ticks seen = 0;
    std::int64_t number = 0;
    Waiting waiting;

    /// For a heap with the first on top.
    bool operator<(const Arrival& other) const {
      return seen != other.seen ? seen > other.seen : number > other.number;
    }
  };

  Waiting take_back() {
    Waiting taken = std::move(arrivals_.back().waiting);
    arrivals_.pop_back();
    received_ -= taken.received_tokens() > 0 ? 1 : 0;
    return taken;
  }

  std::vector<Arrival> arrivals_;  ///< a heap
  std::int64_t came_ = 0;
  std::size_t received_ = 0;
};

}  // namespace idlewatt
