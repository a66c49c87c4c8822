#include "script.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdlib.h>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {

Prepare script(std::vector<ScriptStep> steps) {
  return [steps = std::move(steps)](RunOptions& options) {
    for (const ScriptStep& step : steps) {
      options.manual_acts.push_back({to_ticks(step.at_s), [act = step.act](FleetController& controller, Ticks now) {
                                       Effects effects;
                                       act({controller.cluster(), controller.lifecycle(), effects}, now);
                                       return effects;
                                     }});
    }
  };
}

ScriptStep set_target(double at_s, std::int32_t target, std::size_t pool) {
  return {at_s, [target, pool](const ScriptRoom& room, Ticks now) {
            room.lifecycle.set_target(room.cluster.pool(PoolId(pool)), target, now, room.effects);
          }};
}

ScriptStep note_idle_since(double at_s, std::size_t pool) {
  return {at_s, [pool](const ScriptRoom& room, Ticks) {
            for (const auto& replica : room.cluster.pool(PoolId(pool)).replicas().all()) {
              note(replica->state() == ReplicaState::ready ? replica->idle_since() : -1);
            }
          }};
}

ScriptStep note_states(double at_s, std::size_t pool) {
  return {at_s, [pool](const ScriptRoom& room, Ticks) {
            for (const auto& replica : room.cluster.pool(PoolId(pool)).replicas().all()) {
              note(number(replica->state()));
            }
          }};
}

ScriptStep note_servers(double at_s) {
  return {at_s, [](const ScriptRoom& room, Ticks) {
            for (const FleetServer& server : room.cluster.fleet().servers()) {
              note(number(server.state()));
            }
          }};
}

TraceOnDisk::TraceOnDisk(const std::vector<TracedRequest>& requests) : path_("/tmp/idlewatt-script-XXXXXX") {
  const int descriptor = mkstemp(path_.data());
  if (descriptor < 0) {
    throw Error("no temporary file");
  }
  close(descriptor);
  std::ofstream file(path_);
  file << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (const TracedRequest& request : requests) {
    const auto seconds = static_cast<int>(request.at_s);
    const auto nanoseconds = static_cast<int>((request.at_s - seconds) * 1e9 + 0.5);
    std::array<char, 64> row{};
    std::snprintf(row.data(), row.size(), "2023-11-%02d %02d:%02d:%02d.%09d,%d,%d\n", 16 + seconds / 86400,
                  seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, nanoseconds, request.prompt_tokens,
                  request.output_tokens);
    file << row.data();
  }
}

TraceOnDisk::~TraceOnDisk() {
  unlink(path_.c_str());
}

void TraceOnDisk::become_traffic(Scenario& scenario) const {
  scenario.traffic.resize(1);
  scenario.traffic[StreamId(0)].generated.reset();
  scenario.traffic[StreamId(0)].file = TraceFile{.format = &trace_format("azure-llm"), .path = path_};
}

}  // namespace idlewatt
