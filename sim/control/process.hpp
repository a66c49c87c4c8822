// The processes of control as values: each stores the step that it has come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "control/effects.hpp"
#include "control/replica_state.hpp"

namespace idlewatt {

class HostedReplica;

/// A start of a replica on one of its servers: the server is powered, the image is pulled, weights are loaded,
/// the engine starts.
struct StartPart {
  enum class Step : std::uint8_t {
    begin,
    shut_down,  ///< the server was shutting down and is now off
    booted,     ///< the server has booted
    image,      ///< the image has been fetched
    unpacked,   ///< the image has been unpacked
    read,       ///< the stages on the disk have been read
    weights,    ///< the other stages have been fetched
    copied,     ///< everything is on the accelerators
    engine,     ///< the engine has started
  };
  HostedReplica* replica = nullptr;
  std::size_t part = 0;
  Step step = Step::begin;
  std::set<std::string> missing = {};  ///< weights that the server's disk lacks
};

/// A wake of a replica from host memory.
struct WakeUp {
  HostedReplica* replica = nullptr;
  bool begun = false;
};

/// A drain: the replica finishes its requests, then its engine stops, then the replica is removed.
struct Drain {
  HostedReplica* replica = nullptr;
};

/// A replica that goes to sleep or is unloaded.
struct GoToSleep {
  HostedReplica* replica = nullptr;
  ReplicaState becomes = ReplicaState::asleep;
};

/// A swap-out: the replica finishes its requests, then leaves its accelerators to a replica of another pool.
struct SwapOut {
  HostedReplica* replica = nullptr;
  bool leaving = false;  ///< true: its requests are done, and its weights are leaving the accelerators
};

/// A repeated check whether replicas that wait for accelerators can have some.
struct SwapWatch {};

/// A shutdown of a server without awake replicas.
struct ServerShutdown {
  ServerId server;
};

/// A boot of a server that was lost and has been repaired.
struct Reboot {
  enum class Step : std::uint8_t { begin, booted };
  ServerId server;
  Step step = Step::begin;
};

/// A transfer of a KV cache or of a part of one.
struct KvFlowUnderWay {
  std::int64_t flow = 0;
};

// The loops of control.
struct AutoscalerLoop {
  PoolId pool;
};
struct IdleLoop {
  PoolId pool;
};
struct FaultLoop {};
struct KvLoop {};

using Process = std::variant<StartPart, WakeUp, Drain, GoToSleep, SwapOut, SwapWatch, ServerShutdown, Reboot,
                             KvFlowUnderWay, AutoscalerLoop, IdleLoop, FaultLoop, KvLoop>;

/// All processes under way.
class Processes {
 public:
  /// Begins a process that acts for the first time at `first`. Adds the wait to `effects`.
  ProcessId begin(Process process, Ticks first, Effects& effects) {
    const ProcessId id(next_++);
    running_.emplace(id, std::move(process));
    effects.push_back(Wait{id, first});
    return id;
  }
  /// Begins a process that an effect of the caller wakes, such as a transfer.
  ProcessId begin(Process process) {
    const ProcessId id(next_++);
    running_.emplace(id, std::move(process));
    return id;
  }
  /// Removes a process that has come to its end.
  void end(ProcessId id) { running_.erase(id); }
  /// Removes a process before its end. Does nothing when the process is already over.
  void cancel(ProcessId id, Effects& effects) {
    if (running_.erase(id) > 0) {
      effects.push_back(Cancel{id});
    }
  }
  bool is_running(ProcessId id) const { return running_.contains(id); }
  /// The process of an id. Throws Error when it is over (a bug).
  Process& at(ProcessId id) {
    const auto found = running_.find(id);
    if (found == running_.end()) {
      throw Error("a process of control acts that is over (a bug in idlewatt)");
    }
    return found->second;
  }
  std::size_t size() const { return running_.size(); }
  /// An id that no process has or will have, for acts outside control (such as the sampler's) that take turns with the
  /// processes.
  ProcessId reserve() { return ProcessId(next_++); }

 private:
  std::map<ProcessId, Process> running_;
  std::int64_t next_ = 0;
};

}  // namespace idlewatt
