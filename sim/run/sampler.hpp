// Takes the time series of a run: closes its bins and reads its meters in time.
#pragma once

#include <algorithm>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class Sampler {
 public:
  /// Makes the sampler. All arguments must outlive it.
  Sampler(const Scenario& scenario, Cluster& cluster)
      : scenario_(&scenario),
        cluster_(&cluster),
        sample_(std::min(scenario.sample_every, scenario.horizon)),
        reading_(cluster.next_reading(0)) {}

  /// The time of its next act; the last one is the horizon.
  Ticks next() const { return std::min(sample_, reading_); }

  /// Acts at `now`. Requires that `now` is next() and that the cluster is settled up to it. Returns true when a bin was
  /// closed.
  bool act(Ticks now) {
    if (now == reading_) {
      cluster_->read_meters(now);
      reading_ = cluster_->next_reading(now);
    }
    if (now < sample_) {
      return false;
    }
    cluster_->close_bin(now);
    sample_ = std::min(now + scenario_->sample_every, scenario_->horizon);
    return true;
  }

 private:
  const Scenario* scenario_;
  Cluster* cluster_;
  Ticks sample_;
  Ticks reading_;
};

}  // namespace idlewatt
