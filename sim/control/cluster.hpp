// The state of a run: the fleet, its pools and their requests, advanced in time by whoever holds the clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/id.hpp"
#include "control/kv_transfers.hpp"
#include "control/pool_router.hpp"
#include "control/replica_event_queue.hpp"
#include "control/request_cache.hpp"
#include "control/request_log.hpp"
#include "control/running_pool.hpp"
#include "fleet/fleet.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Decides nothing: FleetController does.
class Cluster {
 public:
  /// Places the pools' first replicas, ready at time 0. `scenario` and `recorder` (which may be null) outlive it.
  Cluster(const Scenario& scenario, Recorder* recorder);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Fleet& fleet() { return fleet_; }
  const Fleet& fleet() const { return fleet_; }
  const RunningPools& pools() const { return pools_; }
  RunningPool& pool(PoolId id) const { return *pools_[id]; }
  PoolRouter& pool_router() { return *pool_router_; }
  RequestLog& log() { return log_; }
  const RequestLog& log() const { return log_; }
  /// Null where every pool does all of its requests.
  KvTransfers* transfers() const { return transfers_.get(); }
  /// Null without a semantic cache.
  RequestCache* cache() const { return cache_.get(); }
  double store_bytes_per_s() const { return scenario_->site.store_bytes_per_s; }
  /// The pool whose idle policy decides about the server's power: the first that runs on its type. Null when none does.
  RunningPool* manager_of(const FleetServer& server) const;
  /// A server or an accelerator was lost.
  void count_fault() { ++faults_; }

  /// Takes every change of a replica up to `now`.
  void settle_replicas(Ticks now) { events_.settle(now); }
  /// When a replica changes next, unless something arrives or control acts before.
  Ticks next_replica_change() const { return events_.next(); }
  std::int64_t changes_taken() const { return events_.taken(); }

  /// Ends the bin of the time series at `now` and hands it to the recorder.
  void close_bin(Ticks now);
  /// Ends the accounting interval at `now`, which has been settled.
  void read_meters(Ticks now);
  /// The next end of an accounting interval.
  Ticks next_reading(Ticks after) const;
  /// Ends the run at `now`, which has been settled, its bin closed and its meters read: writes down what is unfinished,
  /// audits the books (ConservationError) and returns the answer.
  Summary finish(Ticks now);
  RunLayout layout() const;

 private:
  void disaggregate();
  Books books(Ticks now);

  const Scenario* scenario_;
  Recorder* recorder_;
  Fleet fleet_;
  RequestLog log_;
  ReplicaEventQueue events_;
  FleetLowerBound bound_;
  RunningPools pools_;
  std::unique_ptr<PoolRouter> pool_router_;
  std::unique_ptr<KvTransfers> transfers_;
  std::unique_ptr<RequestCache> cache_;
  SeriesSums sums_;
  IndexedVector<PoolId, PoolCounts> counted_;  ///< of each pool, at the end of the last bin
  std::int64_t faults_ = 0;
  Ticks bin_from_ = 0;
  Meter meter_;
  Fleet::Reading last_reading_;
};

}  // namespace idlewatt
