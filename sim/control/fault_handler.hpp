// What becomes of replicas, requests and servers when hosts fail, are taken away or slow down, and when they come back.
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
  /// `cluster` and `lifecycle` outlive it.
  FaultHandler(const Scenario& scenario, Cluster& cluster, ReplicaLifecycle& lifecycle);

  /// When something is next to be done about a fault; kNever when nothing is.
  Ticks next() const;
  /// Does what is due at `now`, up to which the cluster was settled: what ends goes before what begins. Returns the
  /// pools that have requests and no replica at all.
  std::vector<RunningPool*> act(Ticks now, Effects& effects);

 private:
  enum class Stage : std::uint8_t { notice, begin, end };
  struct Step {
    Ticks at = 0;
    std::int64_t number = 0;  ///< of the fault
    Stage stage = Stage::begin;
    FaultEvent event;
    bool operator>(const Step& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  /// Requests that go with lost replicas.
  struct Loss {
    RunningPool* pool = nullptr;
    std::vector<Finished> requests;
  };

  void carry_out(Step step, Ticks now, Effects& effects);
  /// The server goes down at once (`announced`: after clear_server()), and everything on it.
  void lose_server(ServerId server, bool announced, Ticks now, Effects& effects);
  void regain_server(ServerId server, Ticks now, Effects& effects);
  /// The accelerator is lost, with the replica that holds it.
  void lose_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects);
  void regain_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects);
  /// Steps on the server take `factor` times as long from now on (`begins`), or no longer for this reason.
  void slow_server(ServerId server, double factor, bool begins, Ticks now);
  /// The server will be taken away soon: nothing new comes to it, what is ready there drains, others are started.
  void clear_server(ServerId server, Ticks now, Effects& effects);
  void slow_uplink(const FaultEvent& event, bool whole_again, Effects& effects);

  /// Takes a replica out of the world at once, whatever it does.
  void lose(HostedReplica& replica, std::vector<Loss>& losses, Ticks now, Effects& effects);
  /// Starts others in the place of lost replicas that their pools still want, and says what becomes of their requests.
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
