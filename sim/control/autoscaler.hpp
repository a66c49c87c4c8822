// The autoscaling policy of a pool at work.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/ticks.hpp"
#include "control/running_pool.hpp"
#include "control/trace_forecast.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class Autoscaler {
 public:
  /// `scenario` and `pool` outlive it. `cold_start` is how long a replica of the pool takes to be ready (StartTimes).
  Autoscaler(const Scenario& scenario, RunningPool& pool, Ticks cold_start);

  /// Asks the policy at `now`, up to which the cluster was settled: how many replicas it wants, and when to ask again.
  AutoscaleDecision decide(Ticks now);
  /// What becomes of requests that find the pool without replicas.
  AtZero at_zero() const { return policy_->at_zero(); }

 private:
  AutoscaleView view(Ticks now);
  ReplicaSample sample(const HostedReplica& replica, Ticks now);

  RunningPool* pool_;
  std::int64_t start_unix_s_;
  const TimeZone* time_zone_;
  Ticks cold_start_;
  std::unique_ptr<AutoscalePolicy> policy_;
  std::unique_ptr<TraceForecast> forecast_;  ///< null unless the policy is declared clairvoyant
  MeterReading last_;                        ///< at the last decision: rates and means are since then
  std::vector<Ticks> last_busy_;             ///< of each replica, at its last sample
};

}  // namespace idlewatt
