// A pool while it runs: its replicas, its router, and what it counts.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "datacenter/change_queue.hpp"
#include "datacenter/fleet.hpp"
#include "datacenter/hosted_replica.hpp"
#include "datacenter/query_log.hpp"
#include "ledger/books.hpp"
#include "ledger/recorder.hpp"
#include "physics/step_model.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/route/route.hpp"
#include "scenario/scenario.hpp"
#include "serving/replica.hpp"

namespace idlewatt {

class PoolRuntime {
 public:
  /// `scenario`, `log` and `changes` outlive the pool.
  PoolRuntime(const Scenario& scenario, std::int32_t number, QueryLog& log, ChangeQueue& changes);
  PoolRuntime(const PoolRuntime&) = delete;
  PoolRuntime& operator=(const PoolRuntime&) = delete;

  const Pool& settings() const { return *settings_; }
  const ReplicaSpec& replica_spec() const { return *spec_; }
  std::unique_ptr<BatchPolicy> make_batch_policy() const;
  const std::vector<std::unique_ptr<HostedReplica>>& replicas() const { return replicas_; }
  std::int32_t pending() const { return pending_; }

  /// Brings the pool to `count` replicas at time 0: placed where there is room, else pending.
  void start(std::int32_t count, Fleet& fleet);

  /// The query comes to the pool at query.arrival, up to which the queue was settled.
  void arrive(Query query);

  /// Has all work up to `now` charged; fills the counts of a bin that ends at `now`, and starts the next.
  void close_bin(Ticks now, PoolBin& bin);

  /// Writes down what is unfinished at the horizon.
  void end_unfinished(Ticks now);

  AutoscaleView view(Ticks now) const;
  PoolBook book() const;

  // Called by its replicas.
  void load_changed(const HostedReplica& replica);
  void worked(const Work& work);
  void ended(Finished&& finished, Outcome outcome, std::int32_t replica);

 private:
  /// Counters of the bin under way.
  struct Counts {
    std::int64_t arrivals = 0;
    std::int64_t completions = 0;
    std::int64_t rejections = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
  };

  void reject(const Query& query, Outcome outcome);

  const Pool* settings_;
  std::int32_t number_;
  QueryLog* log_;
  ChangeQueue* changes_;
  std::unique_ptr<StepModel> physics_;
  std::unique_ptr<ReplicaSpec> spec_;
  BatchDeclaration batching_;
  std::unique_ptr<RoutePolicy> router_;
  std::vector<std::unique_ptr<HostedReplica>> replicas_;
  std::vector<std::size_t> in_queue_;  ///< of each replica, its number in the change queue
  std::int32_t pending_ = 0;

  Counts bin_;
  Power static_power_;
  double overhead_per_accelerator_w_;
  std::int32_t seats_;
  int128_t empty_seat_ticks_ = 0;  ///< of busy replicas
  Energy busy_energy_;             ///< per accelerator of a replica
  Energy query_shares_;            ///< per accelerator of a replica
  std::int64_t output_tokens_ = 0;
  int128_t replica_ticks_ = 0;
  int128_t pending_ticks_ = 0;
  Ticks counted_until_ = 0;
};

}  // namespace idlewatt
