// Autoscaling: decides how many replicas a pool should have.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "base/time_zone.hpp"
#include "policy/autoscale/latency_counts.hpp"
#include "policy/declaration.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// The future, shown only to policies that are declared clairvoyant.
class Forecast {
 public:
  virtual ~Forecast() = default;
  /// The work of the requests that arrive in [from, to), in seconds of one replica that works with full batches.
  /// Requires that `from` is not before the present.
  virtual double replica_seconds(Ticks from, Ticks to) = 0;
};

/// The figures that a ready replica reports of itself.
struct ReplicaSample {
  ReplicaId replica = {};    ///< number of the replica in its pool; no other replica ever gets it
  std::int64_t running = 0;  ///< requests in a batch
  std::int64_t waiting = 0;  ///< requests in no batch
  double busy_share = 0.0;   ///< share of the time since the policy was last asked that was spent in a batch step
  double kv_usage = 0.0;     ///< share of the replica's KV blocks that sequences hold
  // Counters, which only grow.
  std::int64_t prompt_tokens = 0;  ///< prompt tokens computed
  std::int64_t output_tokens = 0;
};

template <>
struct FieldsOf<ReplicaSample>
    : ShownFields<&ReplicaSample::replica, &ReplicaSample::running, &ReplicaSample::waiting, &ReplicaSample::busy_share,
                  &ReplicaSample::kv_usage, &ReplicaSample::prompt_tokens, &ReplicaSample::output_tokens> {};

/// Counters of a whole pool since the start of the run.
struct PoolCounters {
  std::int64_t arrivals = 0;  ///< requests that came, rejected requests included
  std::int64_t served = 0;    ///< requests that were answered
  LatencyCounts ttft;         ///< time to first token, of requests that were answered
  LatencyCounts tpot;         ///< time per output token after the first
  LatencyCounts e2e;          ///< time from arrival to last token
};

template <>
struct FieldsOf<PoolCounters> : ShownFields<&PoolCounters::arrivals, &PoolCounters::served, &PoolCounters::ttft,
                                            &PoolCounters::tpot, &PoolCounters::e2e> {};

/// The state that a pool's controller can see. Rates and means are over the time since the policy was last asked.
struct AutoscaleView {
  Ticks now = 0;
  std::int32_t start = 0;                    ///< replicas.start of the pool
  std::int32_t minimum = 0;                  ///< replicas.min
  std::int32_t maximum = 0;                  ///< replicas.max
  std::int32_t target = 0;                   ///< replicas that the last decision asked for
  std::int32_t ready = 0;                    ///< replicas that can take requests
  std::int32_t unready = 0;                  ///< replicas that are starting, or pending for lack of room
  std::int32_t pending = 0;                  ///< replicas among `unready` that are pending
  std::int64_t ongoing = 0;                  ///< requests waiting or running at ready replicas
  std::int64_t queued = 0;                   ///< requests in no batch: at replicas, or waiting until one is ready
  std::int64_t running = 0;                  ///< requests in a batch at ready replicas
  std::int64_t outstanding = 0;              ///< requests of the whole pool, waiting or running
  double mean_outstanding = 0.0;             ///< mean of `outstanding`
  double arrivals_per_s = 0.0;               ///< requests that came per second, rejected requests included
  double busy_replicas = 0.0;                ///< mean number of replicas in a batch step
  double output_tokens_per_s = 0.0;          ///< output tokens per second of all replicas together
  std::int64_t unrouted = 0;                 ///< requests at no replica, which wait until one is ready
  std::vector<ReplicaSample> replicas = {};  ///< ready replicas, by number
  const PoolCounters* counters = nullptr;    ///< counters of the pool; null in views made by hand, where nothing is
                                             ///< counted
  std::int64_t start_unix_s = 0;             ///< time 0, in seconds since 1970-01-01T00:00:00Z
  const TimeZone* time_zone = nullptr;       ///< time zone of the site; null = UTC
  Ticks cold_start = 0;          ///< time until a new replica is ready when nothing is shared: boot, load, engine start
  Forecast* forecast = nullptr;  ///< null unless the policy is declared clairvoyant
};

/// Python has no clairvoyant policies, so no forecast.
template <>
struct FieldsOf<AutoscaleView>
    : ShownFields<&AutoscaleView::now, &AutoscaleView::start, &AutoscaleView::minimum, &AutoscaleView::maximum,
                  &AutoscaleView::target, &AutoscaleView::ready, &AutoscaleView::unready, &AutoscaleView::pending,
                  &AutoscaleView::ongoing, &AutoscaleView::queued, &AutoscaleView::running, &AutoscaleView::outstanding,
                  &AutoscaleView::mean_outstanding, &AutoscaleView::arrivals_per_s, &AutoscaleView::busy_replicas,
                  &AutoscaleView::output_tokens_per_s, &AutoscaleView::unrouted, &AutoscaleView::replicas,
                  &AutoscaleView::counters, &AutoscaleView::start_unix_s, &AutoscaleView::time_zone,
                  &AutoscaleView::cold_start>,
      HiddenFields<&AutoscaleView::forecast> {};

/// The decision of an autoscaler.
struct AutoscaleDecision {
  std::int32_t replicas = 0;  ///< number of replicas wanted from now on; control clamps it to min and max
  Ticks wake_at = kNever;     ///< time at which to ask again
};

/// The fate of requests that come to a pool without replicas.
enum class AtZero {
  rejects,    ///< they are rejected
  holds,      ///< they wait, as in an external message queue, until the policy is next asked and starts a replica
  activates,  ///< they wait, and the policy is asked at once (as Knative's activator and Ray's handle do)
};

/// Decides how many replicas a pool should have.
class AutoscalePolicy {
 public:
  virtual ~AutoscalePolicy() = default;
  virtual AutoscaleDecision decide(const AutoscaleView& view) = 0;
  /// The fate of requests that come while the pool has no replica at all.
  virtual AtZero at_zero() const { return AtZero::rejects; }
};

using AutoscaleDeclaration = Declaration<AutoscalePolicy>;

}  // namespace idlewatt
