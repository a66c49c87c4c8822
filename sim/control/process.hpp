// What is under way in control, as values: which step each process has come to.
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

/// A replica starts on one of its servers: the server is powered, image and weights are loaded, the engine starts.
struct StartPart {
  enum class Step : std::uint8_t {
    begin,
    shut_down,  ///< the server was shutting down, and is off
    booted,
    image,    ///< has been fetched
    read,     ///< the stages on the disk have been read
    weights,  ///< the other stages have been fetched
    copied,   ///< everything is on the accelerators
    engine,   ///< has started
  };
  HostedReplica* replica = nullptr;
  std::size_t part = 0;
  Step step = Step::begin;
  std::set<std::string> missing = {};  ///< weights that the disk does not have
};

/// A replica comes back from host memory.
struct WakeUp {
  HostedReplica* replica = nullptr;
  bool begun = false;
};

/// A replica finishes its requests, then its engine stops, then it is gone.
struct Drain {
  HostedReplica* replica = nullptr;
};

/// A replica goes to sleep or is unloaded.
struct GoToSleep {
  HostedReplica* replica = nullptr;
  ReplicaState becomes = ReplicaState::asleep;
};

/// A replica finishes its requests, then leaves its accelerators to a replica of another pool.
struct SwapOut {
  HostedReplica* replica = nullptr;
  bool leaving = false;  ///< its requests are done, its weights are on their way out
};

/// Looks again whether replicas that wait for accelerators can have some.
struct SwapWatch {};

/// A server without awake replicas shuts down.
struct ServerShutdown {
  ServerId server;
};

/// A server boots after it was lost.
struct Reboot {
  enum class Step : std::uint8_t { begin, booted };
  ServerId server;
  Step step = Step::begin;
};

/// A KV cache, or a part of one, is on its way.
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
  /// A new process, which acts for the first time at `first`; the wait is added to `effects`.
  ProcessId begin(Process process, Ticks first, Effects& effects) {
    const ProcessId id(next_++);
    running_.emplace(id, std::move(process));
    effects.push_back(Wait{id, first});
    return id;
  }
  /// A new process that somebody else wakes, such as a flow.
  ProcessId begin(Process process) {
    const ProcessId id(next_++);
    running_.emplace(id, std::move(process));
    return id;
  }
  /// The process is over by itself.
  void end(ProcessId id) { running_.erase(id); }
  /// The process is over before it came to its end. Does nothing when it is over already.
  void cancel(ProcessId id, Effects& effects) {
    if (running_.erase(id) > 0) {
      effects.push_back(Cancel{id});
    }
  }
  bool is_running(ProcessId id) const { return running_.contains(id); }
  /// Requires that it is running.
  Process& at(ProcessId id) {
    const auto found = running_.find(id);
    if (found == running_.end()) {
      throw Error("a process of control acts that is over (a bug in idlewatt)");
    }
    return found->second;
  }
  std::size_t size() const { return running_.size(); }
  /// An id that no process has or will have: for acts beside control's, such as the sampler's, in their order.
  ProcessId reserve() { return ProcessId(next_++); }

 private:
  std::map<ProcessId, Process> running_;
  std::int64_t next_ = 0;
};

}  // namespace idlewatt
