// Clients that wait for their answer: the part of the traffic whose arrivals depend on completions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "scenario/scenario.hpp"
#include "workload/closed_loop.hpp"

namespace idlewatt {

/// All closed-loop entries of a scenario's traffic together.
class WaitingClients {
 public:
  explicit WaitingClients(const Scenario& scenario) : by_stream_(scenario.traffic.size()) {
    std::uint64_t first_session = 1;
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
      const Traffic& traffic = scenario.traffic[i];
      if (traffic.generated && traffic.generated->closed_loop.clients > 0) {
        by_stream_[i] = std::make_unique<ClosedLoopClients>(*traffic.generated, scenario.seed, first_session);
        first_session += static_cast<std::uint64_t>(traffic.generated->closed_loop.clients);
        any_ = true;
      }
    }
  }

  bool any() const { return any_; }

  /// When the next query of any client is due; kNever while all of them wait for answers.
  Ticks next_arrival() const {
    Ticks next = kNever;
    for (const auto& clients : by_stream_) {
      next = clients ? std::min(next, clients->next_arrival()) : next;
    }
    return next;
  }

  /// The earliest query that is due; of equals, the one of the first entry. False when there is none.
  bool take(Query& query) {
    const Ticks next = next_arrival();
    for (std::size_t i = 0; i < by_stream_.size(); ++i) {
      if (by_stream_[i] && next != kNever && by_stream_[i]->next_arrival() == next && by_stream_[i]->take(query)) {
        query.stream = static_cast<std::int32_t>(i);
        return true;
      }
    }
    return false;
  }

  /// The query has ended, in whatever way, at `end`: if a client waits for it, the client thinks and asks again.
  void completed(const Query& query, Ticks end) {
    if (const auto& clients = by_stream_[static_cast<std::size_t>(query.stream)]) {
      clients->completed(query, end);
    }
  }

 private:
  std::vector<std::unique_ptr<ClosedLoopClients>> by_stream_;  ///< null for entries of another kind
  bool any_ = false;
};

}  // namespace idlewatt
