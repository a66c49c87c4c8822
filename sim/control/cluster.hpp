// The state of a run: the fleet, its pools and their requests. The caller that holds the clock advances it in time.
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

/// The state of a run. The cluster decides nothing; FleetController decides.
class Cluster {
 public:
  /// Places the pools' first replicas, which are ready at time 0. `recorder` may be null. `scenario` and `recorder`
  /// must outlive the cluster.
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
  /// The transfers of KV caches; null when every pool serves whole requests.
  KvTransfers* transfers() const { return transfers_.get(); }
  /// The semantic cache; null when the scenario has none.
  RequestCache* cache() const { return cache_.get(); }
  double store_bytes_per_s() const { return scenario_->site.store_bytes_per_s; }
  /// The pool whose idle policy decides about the server's power: the first pool that runs on servers of this type.
  /// Null when no pool does.
  RunningPool* manager_of(const FleetServer& server) const;
  /// Counts a lost server or accelerator.
  void count_fault() { ++faults_; }

  /// Settles every change of a replica up to `now`.
  void settle_replicas(Ticks now) { events_.settle(now); }
  /// The time of the next change of a replica, unless a request arrives or control acts before.
  Ticks next_replica_change() const { return events_.next(); }
  std::int64_t changes_taken() const { return events_.taken(); }

  /// Closes the bin of the time series at `now` and passes it to the recorder.
  void close_bin(Ticks now);
  /// Ends the accounting interval at `now`. Requires that the cluster is settled up to `now`.
  void read_meters(Ticks now);
  /// The next end of an accounting interval after `after`.
  Ticks next_reading(Ticks after) const;
  /// Ends the run at `now`: records what is unfinished, audits the books and returns the summary. Requires that the
  /// cluster is settled, its bin closed and its meters read. Throws ConservationError.
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
  IndexedVector<PoolId, PoolCounts> counted_;  ///< counts of each pool at the end of the last bin
  std::int64_t faults_ = 0;
  Ticks bin_from_ = 0;
  Meter meter_;
  Fleet::Reading last_reading_;
};

}  // namespace idlewatt
