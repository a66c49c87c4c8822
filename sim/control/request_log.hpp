// The record of every request of a run, however it ended.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/client_attempts.hpp"
#include "ledger/recorder.hpp"
#include "ledger/request_statistics.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The record of a request that reached no pool.
RequestRecord record_of(const Request& request, Outcome outcome, Ticks end);

/// Counts and measures requests, and passes them to the recorder if the scenario asks for that.
class RequestLog {
 public:
  /// Makes the log. `recorder` may be null.
  RequestLog(const Scenario& scenario, Recorder* recorder);

  void looked_up(const Request& request) { statistics_.looked_up(request.arrival); }
  void arrived(const Request& request) {
    statistics_.arrived(request.arrival);
    if (attempts_.watches(request.stream)) {
      attempts_.begin(request, request.arrival);
    }
  }
  /// Records that an attempt of the request has ended at `now` (in `record.end` or later). If its client does not try
  /// again, the request has ended too. `short_of_replicas`: fewer replicas of its pool were ready than wanted when it
  /// arrived.
  void ended(RequestRecord&& record, const Request& request, bool short_of_replicas, Ticks now);
  /// Work for a request that is lost while the request continues.
  struct Discarded {
    std::int32_t tokens = 0;
    double energy_j = 0.0;
    double prefill_energy_j = 0.0;
  };
  void discard(std::int64_t id, const Discarded& work);
  /// The charges of a request in a pool that handed it over to another.
  struct Carried {
    std::optional<PoolId> pool;
    double energy_j = 0.0;
    double prefill_energy_j = 0.0;
  };
  void carry(std::int64_t id, const Carried& before) { carried_[id] = before; }
  /// The pool that handed the request over; empty when no pool did.
  std::optional<PoolId> carried_from(std::int64_t id) const;
  /// Records the requests whose clients wait to try again, at the horizon.
  void end_unfinished();

  /// A request that has ended before the horizon, in any way.
  struct Ended {
    Request request;
    Ticks at = 0;
  };
  /// Makes the log keep the requests that end from now on, for take_ended().
  void keep_ended() { keeps_ended_ = true; }
  /// The requests that have ended since the last call, in the order of their ends.
  std::vector<Ended> take_ended() { return std::exchange(ended_, {}); }

  /// The attempts of clients.
  ClientAttempts& attempts() { return attempts_; }

  /// The SLO limits of an entry of the traffic.
  const SloTicks& slo(StreamId stream) const { return slos_[stream]; }
  const RequestStatistics& statistics() const { return statistics_; }

 private:
  Carried take_carried(std::int64_t id);
  void write(const RequestRecord& record, bool short_of_replicas);

  ClientAttempts attempts_;
  std::unordered_map<std::int64_t, Discarded> discarded_;  ///< discarded work by request; looked up, never iterated
  std::unordered_map<std::int64_t, Carried> carried_;      ///< the same
  bool keeps_ended_ = false;
  std::vector<Ended> ended_;
  RequestStatistics statistics_;
  IndexedVector<StreamId, SloTicks> slos_;
  Recorder* requests_;  ///< null when no recorder wants the requests
};

}  // namespace idlewatt
