// The schedule of control: the processes that wait for a time, in the order in which they act.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "base/require.hpp"
#include "base/ticks.hpp"
#include "control/effects.hpp"

namespace idlewatt {

/// The waiting processes. One process acts at a time, the earliest first. Of processes that are due at the same tick,
/// the one that began first acts first.
class ControlSchedule {
 public:
  /// Sets the time at which the process acts. Replaces its earlier time.
  void set(ProcessId process, Ticks time) {
    const auto [entry, is_new] = times_.try_emplace(process, time);
    if (!is_new) {
      order_.erase({entry->second, process});
      entry->second = time;
    }
    order_.emplace(time, process);
  }
  /// Removes the process from the schedule. Does nothing when the process does not wait.
  void remove(ProcessId process) {
    if (const auto entry = times_.find(process); entry != times_.end()) {
      order_.erase({entry->second, process});
      times_.erase(entry);
    }
  }

  /// The time of the next process; kNever when none waits.
  Ticks next() const { return order_.empty() ? kNever : order_.begin()->first; }
  /// Takes out the next process. Requires next() != kNever.
  ProcessId take() {
    require(!order_.empty(), "a process to take");
    const ProcessId process = order_.begin()->second;
    remove(process);
    return process;
  }
  std::size_t size() const { return times_.size(); }

 private:
  std::map<ProcessId, Ticks> times_;
  std::set<std::pair<Ticks, ProcessId>> order_;
};

}  // namespace idlewatt
