// The closed-loop clients of a run, whose arrivals depend on completions.
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

/// All closed-loop entries of a scenario's traffic together. Their requests bear the entry's marks, like all other
/// requests.
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

  /// The time of the next request of any client; kNever while all clients wait for answers.
  Ticks next_arrival() const {
    Ticks next = kNever;
    for (const Entry& entry : by_stream_) {
      next = entry.clients ? std::min(next, entry.clients->next_arrival()) : next;
    }
    return next;
  }

  /// Takes the earliest due request; of equal times, that of the first entry. Returns false when no request is due.
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

  /// Tells that the request has ended at `end`, answered or not. If a client waits for it, the client thinks and asks
  /// again.
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

  /// The due requests as a stream that marks can be applied to. It is read one request at a time.
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
