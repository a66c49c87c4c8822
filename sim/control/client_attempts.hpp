// Clients that do not wait for ever: they give up after a time, and try again after a rejection or a time-out.
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

/// Where a request is that has not ended.
struct RequestPlace {
  PoolId pool;
  std::optional<ReplicaId> replica;  ///< none: it waits at the pool for one, or is on its way
  bool on_its_way = false;           ///< its KV cache is being sent to the pool
};

/// The requests whose entry of the traffic says how its clients behave; the others pass by. A request is in the fleet
/// once or not at all: a client asks again when its delay is over and the server has let go of the attempt before.
class ClientAttempts {
 public:
  /// What a client does next.
  struct Act {
    std::int64_t id = 0;
    bool gives_up = false;  ///< else it tries again
  };

  explicit ClientAttempts(const Scenario& scenario);

  bool watches(StreamId stream) const { return entries_[stream].client.has_value(); }

  /// A request comes for the first time, at `now`.
  void begin(const Request& request, Ticks now);
  /// It is at that place from now on.
  void at(std::int64_t id, const RequestPlace& place) { live(id).place = place; }
  /// Where it is; none while it is at no pool yet. Requires that it has not ended.
  const std::optional<RequestPlace>& place(std::int64_t id) const { return live_.at(id).place; }

  /// When some client acts next; kNever when none will.
  Ticks next();
  /// Takes the act that is due then. Requires next() != kNever.
  Act take();
  /// The client of an act that gives up has given up; what its server still does is for nobody.
  void give_up(std::int64_t id, Ticks now);
  /// The request of an act that tries again, as it comes to the fleet once more at `now`.
  Request try_again(std::int64_t id, Ticks now);

  bool gave_up(const Request& request) const;
  /// Whether some client has given up and its server has not let go yet: then an answer may come before the next act.
  bool letting_go() const { return letting_go_ > 0; }

  /// An attempt has ended at `now`. True when its client will try again: the request has not ended. Otherwise the
  /// record is completed with what its earlier attempts cost, and the request forgotten.
  bool tries_again(RequestRecord& record, Ticks now);

  /// Those that wait for their next attempt, by id: their clients would try again after the horizon. Forgets them.
  std::vector<RequestRecord> take_unfinished();

  std::int64_t retries() const { return retries_; }

 private:
  struct Timeout {
    Ticks at = 0;
    std::int64_t id = 0;
    std::int32_t number = 0;  ///< of the attempt
  };
  struct Entry {
    std::optional<ClientBehaviour> client;
    Ticks timeout = kNever;
    RingQueue<Timeout> timeouts;  ///< by time: every attempt of an entry has the same
  };
  struct Live {
    Request request;
    std::int32_t number = 1;  ///< of the attempt under way, or the next
    std::optional<RequestPlace> place;
    bool waits = false;         ///< for its next attempt
    Ticks gave_up_at = kNever;  ///< the attempt under way
    std::int32_t discarded_tokens = 0;
    double energy_j = 0.0;  ///< of earlier attempts
    double prefill_energy_j = 0.0;
  };
  struct Retry {
    Ticks at = 0;
    std::int64_t id = 0;
    bool operator>(const Retry& other) const { return at != other.at ? at > other.at : id > other.id; }
  };

  void start_clock(const Request& request, std::int32_t number, Ticks now);
  Ticks delay(const Backoff& backoff, std::int32_t number);
  /// The entry whose client gives up next, after dropping time-outs of attempts that have ended; null when none will.
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
