// Clients that wait for their answer: the part of the traffic whose arrivals depend on completions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "scenario/scenario.hpp"
#include "traffic/closed_loop.hpp"
#include "traffic/request_labels.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// All closed-loop entries of a scenario's traffic together. Their requests bear the entry's marks, as others do.
class WaitingClients {
 public:
  explicit WaitingClients(const Scenario& scenario) : by_stream_(scenario.traffic.size()) {
    std::uint64_t first_session = 1;
    for (const StreamId stream : scenario.traffic.ids()) {
      const Traffic& traffic = scenario.traffic[stream];
      if (traffic.generated && traffic.generated->closed_loop.clients > 0) {
        by_stream_[stream] = make_entry(traffic, scenario.seed, first_session);
        first_session += static_cast<std::uint64_t>(traffic.generated->closed_loop.clients);
        any_ = true;
      }
    }
  }

  bool any() const { return any_; }

  /// When the next request of any client is due; kNever while all of them wait for answers.
  Ticks next_arrival() const {
    Ticks next = kNever;
    for (const Entry& entry : by_stream_) {
      next = entry.clients ? std::min(next, entry.clients->next_arrival()) : next;
    }
    return next;
  }

  /// The earliest request that is due; of equals, the one of the first entry. False when there is none.
  bool take(Request& request) {
    const Ticks next = next_arrival();
    for (const StreamId stream : by_stream_.ids()) {
      const Entry& entry = by_stream_[stream];
      if (entry.clients && next != kNever && entry.clients->next_arrival() == next && entry.marked->next(request)) {
        request.stream = stream;
        return true;
      }
    }
    return false;
  }

  /// The request has ended, in whatever way, at `end`: if a client waits for it, the client thinks and asks again.
  void completed(const Request& request, Ticks end) {
    if (const auto& clients = by_stream_[request.stream].clients) {
      clients->completed(request, end);
    }
  }

 private:
  struct Entry {
    std::unique_ptr<ClosedLoopClients> clients;  ///< null for entries of another kind
    std::unique_ptr<TraceReader> marked;         ///< takes their due requests
  };

  /// The due requests as a stream, for the decorators that mark streams. They read one at a time.
  class DueRequests final : public TraceReader {
   public:
    explicit DueRequests(ClosedLoopClients& clients) : clients_(&clients) {}
    bool next(Request& request) override { return clients_->take(request); }

   private:
    ClosedLoopClients* clients_;
  };

  static Entry make_entry(const Traffic& traffic, std::uint64_t seed, std::uint64_t first_session) {
    RequestLabels marks = traffic.marks;
    if (!marks.semantics) {
      marks.semantics = traffic.generated->semantics;
    }
    Entry entry;
    entry.clients = std::make_unique<ClosedLoopClients>(*traffic.generated, seed, first_session);
    entry.marked =
        mark(std::make_unique<DueRequests>(*entry.clients), marks, seed, traffic.generated->name + "/closed-loop");
    return entry;
  }

  IndexedVector<StreamId, Entry> by_stream_;
  bool any_ = false;
};

}  // namespace idlewatt
