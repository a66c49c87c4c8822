// Autoscaling: how many replicas should a pool have?
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "base/time_zone.hpp"
#include "policy/autoscale/latency_counts.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// The future, for policies named clairvoyant and nobody else.
class Forecast {
 public:
  virtual ~Forecast() = default;
  /// The work of the requests that arrive in [from, to), in seconds of one replica at work with full batches.
  /// `from` is not before the present.
  virtual double replica_seconds(Ticks from, Ticks to) = 0;
};

/// What a ready replica reports of itself.
struct ReplicaSample {
  ReplicaId replica = {};    ///< its number in the pool, never another's
  std::int64_t running = 0;  ///< requests in a batch
  std::int64_t waiting = 0;  ///< requests in no batch
  double busy_share = 0.0;   ///< of the time since the policy was asked last: in a batch step
  double kv_usage = 0.0;     ///< share of its KV blocks that sequences hold
  // Counters, which only grow.
  std::int64_t prompt_tokens = 0;  ///< computed
  std::int64_t output_tokens = 0;
};

/// Counters of a whole pool, from the start of the run on.
struct PoolCounters {
  std::int64_t arrivals = 0;  ///< requests that came, rejected ones included
  std::int64_t served = 0;    ///< requests that were answered
  LatencyCounts ttft;         ///< of requests that were answered: time to first token
  LatencyCounts tpot;         ///< time per output token after the first
  LatencyCounts e2e;          ///< time from arrival to last token
};

/// What a pool's controller can see. Rates and means are since it was asked last.
struct AutoscaleView {
  Ticks now = 0;
  std::int32_t start = 0;                    ///< replicas.start of the pool
  std::int32_t minimum = 0;                  ///< replicas.min
  std::int32_t maximum = 0;                  ///< replicas.max
  std::int32_t target = 0;                   ///< asked for by the last decision
  std::int32_t ready = 0;                    ///< able to take requests
  std::int32_t unready = 0;                  ///< starting, or pending for want of room
  std::int32_t pending = 0;                  ///< of these, the ones that are pending
  std::int64_t ongoing = 0;                  ///< requests waiting or running at ready replicas
  std::int64_t queued = 0;                   ///< requests in no batch: at replicas, or waiting for one to be ready
  std::int64_t running = 0;                  ///< requests in a batch at ready replicas
  std::int64_t outstanding = 0;              ///< requests of the whole pool, wherever they wait or run
  double mean_outstanding = 0.0;             ///< the same, mean
  double arrivals_per_s = 0.0;               ///< requests that came, rejected ones included
  double busy_replicas = 0.0;                ///< replicas that were in a batch step, mean
  double output_tokens_per_s = 0.0;          ///< all replicas together
  std::int64_t unrouted = 0;                 ///< requests at no replica: they wait for one to be ready
  std::vector<ReplicaSample> replicas = {};  ///< the ready ones, by number
  const PoolCounters* counters = nullptr;    ///< of the pool; null in views made by hand: none counted
  std::int64_t start_unix_s = 0;             ///< time 0, in seconds since 1970-01-01T00:00:00Z
  const TimeZone* time_zone = nullptr;       ///< of the site; null is UTC
  Ticks cold_start = 0;  ///< how long a replica takes to be ready when nothing is shared: boot, load, engine start
  Forecast* forecast = nullptr;  ///< null unless the policy is declared clairvoyant
};

struct AutoscaleDecision {
  std::int32_t replicas = 0;  ///< wanted from now on; the datacenter clamps it to min and max
  Ticks wake_at = kNever;     ///< when to ask again
};

/// Requests that come to a pool without replicas...
enum class AtZero {
  rejects,    ///< are rejected
  holds,      ///< wait, as in a message queue outside, until the policy looks and starts one
  activates,  ///< wait, and the policy is asked at once (as Knative's activator and Ray's handle do)
};

class AutoscalePolicy {
 public:
  virtual ~AutoscalePolicy() = default;
  virtual AutoscaleDecision decide(const AutoscaleView& view) = 0;
  /// What becomes of requests that come while the pool has no replica at all.
  virtual AtZero at_zero() const { return AtZero::rejects; }
};

using AutoscaleDeclaration = Declaration<AutoscalePolicy>;

}  // namespace idlewatt
