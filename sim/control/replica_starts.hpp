// Starts and wakes of replicas: servers boot, image and weights are loaded, engines start. Every state that a replica
// passes through is charged as long as it lasts, also when the start is cancelled half-way.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/process.hpp"
#include "control/start_times.hpp"

namespace idlewatt {

/// A replica on several servers starts on all of them at once, a process for each. The last one to have loaded its
/// stages starts the engine.
class ReplicaStarts {
 public:
  /// All outlive it.
  ReplicaStarts(Cluster& cluster, Processes& processes, const StartTimes& times)
      : cluster_(&cluster), processes_(&processes), times_(&times) {}

  /// The replica, which is `starting`, starts where it is placed.
  void begin(HostedReplica& replica, Ticks now, Effects& effects);
  /// The replica, which is `starting`, comes back from host memory.
  void begin_wake(HostedReplica& replica, Ticks now, Effects& effects);
  /// Ends the start of the replica, if one is under way. Its state stays as it is.
  void cancel(const HostedReplica& replica, Effects& effects);

  /// The process acts at `now`. Returns the replica when its engine has started, else null.
  HostedReplica* act(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  HostedReplica* act(ProcessId id, WakeUp& wake, Ticks now, Effects& effects);

 private:
  /// A start or wake under way.
  struct Start {
    std::vector<ProcessId> processes;
    std::size_t loading = 0;  ///< processes whose part has not been loaded
  };

  void load_image(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void load_kept_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void load_missing_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void copy(ProcessId id, StartPart& part, Ticks now, Effects& effects);

  Cluster* cluster_;
  Processes* processes_;
  const StartTimes* times_;
  std::map<const HostedReplica*, Start> starting_;  ///< looked up, never iterated
};

}  // namespace idlewatt
