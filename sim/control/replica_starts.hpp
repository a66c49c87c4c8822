// Starts and wakes of replicas: servers boot, image and weights are loaded, engines start. Every state that a replica
// passes through is charged for its duration, also in a start that is cancelled.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/image_pulls.hpp"
#include "control/process.hpp"
#include "control/start_times.hpp"

namespace idlewatt {

/// Carries out starts. A replica on several servers starts on all of them at once, one process for each. The last
/// process to have loaded its stages starts the engine.
class ReplicaStarts {
 public:
  /// Makes the starts. All arguments must outlive them.
  ReplicaStarts(Cluster& cluster, Processes& processes, const StartTimes& times)
      : cluster_(&cluster), processes_(&processes), times_(&times) {}

  /// Begins the start of a replica in the state `starting` at its placement.
  void begin(HostedReplica& replica, Ticks now, Effects& effects);
  /// Begins the wake from host memory of a replica in the state `starting`.
  void begin_wake(HostedReplica& replica, Ticks now, Effects& effects);
  /// Ends the start of the replica, if one is under way. Its state does not change.
  void cancel(const HostedReplica& replica, Ticks now, Effects& effects);

  /// Lets the process act at `now`. Returns the replica when its engine has started; otherwise null.
  HostedReplica* act(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  HostedReplica* act(ProcessId id, WakeUp& wake, Ticks now, Effects& effects);

 private:
  /// A start or wake under way.
  struct Start {
    std::vector<ProcessId> processes;
    std::size_t loading = 0;  ///< processes whose part has not been loaded
  };

  /// Pulls the image unless the server has it, or waits until another start has pulled it.
  void pull_image(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void load_kept_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void load_missing_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void copy(ProcessId id, StartPart& part, Ticks now, Effects& effects);

  Cluster* cluster_;
  Processes* processes_;
  const StartTimes* times_;
  ImagePulls pulls_;
  std::map<const HostedReplica*, Start> starting_;  ///< looked up, never iterated
};

}  // namespace idlewatt
