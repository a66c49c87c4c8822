// What a test does to a fleet by hand while a run goes on, beside the policies.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "control/fleet_controller.hpp"
#include "forked_run.hpp"

namespace idlewatt {

/// What a step of a script may look at and act upon.
struct ScriptRoom {
  const Cluster& cluster;
  ReplicaLifecycle& lifecycle;
  Effects& effects;  ///< of the step
};

struct ScriptStep {
  double at_s = 0.0;
  std::function<void(const ScriptRoom&, Ticks now)> act;
};

/// Carries out the steps, in order of their times.
Prepare script(std::vector<ScriptStep> steps);

ScriptStep set_target(double at_s, std::int32_t target, std::size_t pool = 0);
/// Notes when each ready replica of the pool became idle, by number; -1 for one that is not ready.
ScriptStep note_idle_since(double at_s, std::size_t pool = 0);
/// Notes the state of each replica of the pool.
ScriptStep note_states(double at_s, std::size_t pool = 0);
/// Notes each server's state.
ScriptStep note_servers(double at_s);

inline std::int64_t number(ReplicaState life) {
  return static_cast<std::int64_t>(life);
}
inline std::int64_t number(ServerState state) {
  return static_cast<std::int64_t>(state);
}

/// A request that arrives at an exact time.
struct TracedRequest {
  double at_s = 0.0;
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
};

/// A trace file with these requests, which goes away with its owner. The first arrives at 0, whatever its time says.
class TraceOnDisk {
 public:
  explicit TraceOnDisk(const std::vector<TracedRequest>& requests);
  ~TraceOnDisk();
  TraceOnDisk(const TraceOnDisk&) = delete;
  TraceOnDisk& operator=(const TraceOnDisk&) = delete;

  /// The scenario's only traffic, for its first pool.
  void become_traffic(Scenario& scenario) const;

 private:
  std::string path_;
};

}  // namespace idlewatt
