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
  /// Makes the autoscaler. `cold_start` is the time until a new replica of the pool is ready (StartTimes). `scenario`
  /// and `pool` must outlive it.
  Autoscaler(const Scenario& scenario, RunningPool& pool, Ticks cold_start);

  /// Asks the policy at `now` how many replicas it wants and when to ask again. Requires that the cluster is settled up
  /// to `now`.
  AutoscaleDecision decide(Ticks now);
  /// The fate of requests that find the pool without replicas.
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
  MeterReading last_;                        ///< reading at the last decision, since which rates and means are computed
  std::vector<Ticks> last_busy_;             ///< of each replica, at its last sample
};

}  // namespace idlewatt
