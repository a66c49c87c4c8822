// A pool in a run: its replicas, its requests and its meter, each with its own data.
#pragma once

#include <cstdint>
#include <memory>

#include "base/id.hpp"
#include "control/pool_meter.hpp"
#include "control/replica_set.hpp"
#include "control/replica_specs.hpp"
#include "control/request_router.hpp"
#include "control/route_table.hpp"
#include "control/trace_forecast.hpp"
#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class RunningPool {
 public:
  /// Makes the pool and adds it to `bound`. All arguments must outlive the pool.
  RunningPool(const Scenario& scenario, PoolId id, Fleet& fleet, RequestLog& log, ReplicaEventQueue& events,
              FleetLowerBound& bound);
  RunningPool(const RunningPool&) = delete;
  RunningPool& operator=(const RunningPool&) = delete;

  PoolId id() const { return id_; }
  const Pool& settings() const { return *settings_; }
  const Accelerator& accelerator() const { return *accelerator_; }
  const Engine& engine() const { return *engine_; }
  /// True when its replicas make room for other pools' replicas, and others for its own.
  bool swapped() const { return swapped_; }

  ReplicaSpecs& specs() { return specs_; }
  const ReplicaSpecs& specs() const { return specs_; }
  PoolMeter& meter() { return meter_; }
  const PoolMeter& meter() const { return meter_; }
  RouteTable& routes() { return routes_; }
  ReplicaSet& replicas() { return replicas_; }
  const ReplicaSet& replicas() const { return replicas_; }
  RequestRouter& requests() { return requests_; }
  const RequestRouter& requests() const { return requests_; }
  IdlePolicy& idle_policy() const { return *idle_; }

  /// Places the pool's first replicas at time 0: ready where there is room, otherwise pending or swapped out.
  void start();

  /// Number of replicas that are ready or starting.
  std::int32_t awake() const { return replicas_.count(ReplicaState::starting) + replicas_.count(ReplicaState::ready); }
  /// Number of replicas that are ready, starting, or pending while others make room for them.
  std::int32_t coming() const { return awake() + (swapped_ ? replicas_.count(ReplicaState::pending) : 0); }
  /// The state of the pool's replicas and requests, as idle policies see it.
  IdleView idle_view(Ticks now) const { return {.now = now, .awake = awake(), .outstanding = meter_.outstanding()}; }
  TokenWork work_of_a_token() const;
  /// The power of an accelerator of the pool while weights are loaded, and without a model.
  Power loading_power() const { return Power::from_w(accelerator_->loading_w.value); }
  Power empty_power() const { return Power::from_w(accelerator_->idle_empty_w.value); }

  /// Fills the pool's part of a bin that ends at `now`. `before` holds the meter's counts at the end of the last bin,
  /// and is set to those of this one.
  void close_bin(Ticks now, PoolCounts& before, PoolBin& bin);
  PoolBook book(Ticks now);

 private:
  PoolId id_;
  const Pool* settings_;
  const Accelerator* accelerator_;
  const Engine* engine_;
  bool swapped_;
  ReplicaSpecs specs_;
  PoolMeter meter_;
  RouteTable routes_;
  std::unique_ptr<IdlePolicy> idle_;
  ReplicaSet replicas_;
  RequestRouter requests_;
  Fleet* fleet_;
};

}  // namespace idlewatt
