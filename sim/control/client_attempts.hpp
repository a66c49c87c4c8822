// Clients with limited patience: they give up after a time, and try again after a rejection or a time-out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/ring_queue.hpp"
#include "base/ticks.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The place of a request that has not ended.
struct RequestPlace {
  PoolId pool;
  std::optional<ReplicaId> replica;  ///< empty: it waits in the pool for a replica, or is on its way to one
  bool on_its_way = false;           ///< true: its KV cache is being sent to the pool
};

/// The requests whose entry of the traffic describes the behaviour of its clients; other requests are ignored. A
/// request has at most one attempt in the fleet: a client tries again only after its delay is over and the server has
/// released the previous attempt.
class ClientAttempts {
 public:
  /// The next action of a client.
  struct Act {
    std::int64_t id = 0;
    bool gives_up = false;  ///< false: the client tries again
  };

  explicit ClientAttempts(const Scenario& scenario);

  bool watches(StreamId stream) const { return entries_[stream].client.has_value(); }

  /// Adds a request that comes for the first time, at `now`.
  void begin(const Request& request, Ticks now);
  /// Sets the place of a request from now on.
  void at(std::int64_t id, const RequestPlace& place) { live(id).place = place; }
  /// The place of a request; empty while it is at no pool yet. Requires that the request has not ended.
  const std::optional<RequestPlace>& place(std::int64_t id) const { return live_.at(id).place; }

  /// The time of the next action of any client; kNever when there is none.
  Ticks next();
  /// Takes the action that is due at next(). Requires next() != kNever.
  Act take();
  /// Records that the client of an action has given up. Later work of its server for the request is discarded.
  void give_up(std::int64_t id, Ticks now);
  /// The request of an action that tries again, as it comes to the fleet again at `now`.
  Request try_again(std::int64_t id, Ticks now);

  bool gave_up(const Request& request) const;
  /// True when some client has given up and its server has not released the attempt yet. The server may then end the
  /// attempt before next().
  bool letting_go() const { return letting_go_ > 0; }

  /// Records that an attempt has ended at `now`. Returns true when its client will try again; the request has then not
  /// ended. Otherwise completes `record` with the cost of earlier attempts, and forgets the request.
  bool tries_again(RequestRecord& record, Ticks now);

  /// The requests that wait for their next attempt, which would come after the horizon, ordered by id. Forgets them.
  std::vector<RequestRecord> take_unfinished();

  std::int64_t retries() const { return retries_; }

 private:
  struct Timeout {
    Ticks at = 0;
    std::int64_t id = 0;
    std::int32_t number = 0;  ///< number of the attempt
  };
  struct Entry {
    std::optional<ClientBehaviour> client;
    Ticks timeout = kNever;
    RingQueue<Timeout> timeouts;  ///< by time: all attempts of an entry have the same time-out
  };
  struct Live {
    Request request;
    std::int32_t number = 1;  ///< number of the attempt under way, or of the next
    std::optional<RequestPlace> place;
    bool waits = false;         ///< true: it waits for its next attempt
    Ticks gave_up_at = kNever;  ///< time at which the client gave up the attempt under way
    std::int32_t discarded_tokens = 0;
    double energy_j = 0.0;  ///< energy of earlier attempts
    double prefill_energy_j = 0.0;
  };
  struct Retry {
    Ticks at = 0;
    std::int64_t id = 0;
    bool operator>(const Retry& other) const { return at != other.at ? at > other.at : id > other.id; }
  };

  void start_clock(const Request& request, std::int32_t number, Ticks now);
  Ticks delay(const Backoff& backoff, std::int32_t number);
  /// The entry whose client gives up next; null when there is none. Drops time-outs of attempts that have ended.
  Entry* next_timeout();
  Live& live(std::int64_t id) { return live_.at(id); }

  IndexedVector<StreamId, Entry> entries_;
  std::unordered_map<std::int64_t, Live> live_;  ///< by request; only ever iterated over to be sorted
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retry_queue_;
  RandomStream random_;
  std::int64_t letting_go_ = 0;
  std::int64_t retries_ = 0;
};

}  // namespace idlewatt
