// The handling of faults: what happens to replicas, requests and servers when hosts fail, are taken away or slow down,
// and when they come back.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/fault_plan.hpp"
#include "control/replica_lifecycle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class FaultHandler {
 public:
  /// Makes the handler. `cluster` and `lifecycle` must outlive it.
  FaultHandler(const Scenario& scenario, Cluster& cluster, ReplicaLifecycle& lifecycle);

  /// The time of the next step of a fault; kNever when there is none.
  Ticks next() const;
  /// Carries out the steps that are due at `now`; ends of faults come before beginnings. Requires that the cluster is
  /// settled up to `now`. Returns the pools that have requests but no replica.
  std::vector<RunningPool*> act(Ticks now, Effects& effects);

 private:
  enum class Stage : std::uint8_t { notice, begin, end };
  struct Step {
    Ticks at = 0;
    std::int64_t number = 0;  ///< number of the fault
    Stage stage = Stage::begin;
    FaultEvent event;
    bool operator>(const Step& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  /// The requests of a pool's lost replicas.
  struct Loss {
    RunningPool* pool = nullptr;
    std::vector<Finished> requests;
  };

  void carry_out(Step step, Ticks now, Effects& effects);
  /// Takes down the server, and everything on it, at once. `announced`: clear_server() came before.
  void lose_server(ServerId server, bool announced, Ticks now, Effects& effects);
  void regain_server(ServerId server, Ticks now, Effects& effects);
  /// Takes away the accelerator, with the replica that holds it.
  void lose_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects);
  void regain_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects);
  /// Makes steps on the server take `factor` times as long from now on (`begins`), or ends this slowdown.
  void slow_server(ServerId server, double factor, bool begins, Ticks now);
  /// Prepares for the loss of the server: nothing new is placed on it, its ready replicas drain, and others are
  /// started.
  void clear_server(ServerId server, Ticks now, Effects& effects);
  void slow_uplink(const FaultEvent& event, bool whole_again, Effects& effects);

  /// Removes a replica at once, in any state.
  void lose(HostedReplica& replica, std::vector<Loss>& losses, Ticks now, Effects& effects);
  /// Starts replacements for lost replicas that their pools still want, and decides what happens to their requests.
  void make_up_for(std::vector<Loss>&& losses, Ticks now, Effects& effects);

  Cluster* cluster_;
  ReplicaLifecycle* lifecycle_;
  bool retries_;  ///< whether lost requests go to another replica
  FaultPlan plan_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  IndexedVector<RackId, double> uplink_factor_;
  std::int64_t taken_ = 0;
  std::vector<RunningPool*> want_replica_;  ///< during act()
};

}  // namespace idlewatt
