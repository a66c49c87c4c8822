// When control acts next: the processes that wait for a time, in the order in which they act.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "base/ticks.hpp"
#include "control/effects.hpp"

namespace idlewatt {

/// One process acts at a time, the earliest first; of those that are due at the same tick, the one that began first.
class ControlSchedule {
 public:
  /// The process acts at `time`, and not when it would have before.
  void set(ProcessId process, Ticks time) {
    const auto [entry, is_new] = times_.try_emplace(process, time);
    if (!is_new) {
      order_.erase({entry->second, process});
      entry->second = time;
    }
    order_.emplace(time, process);
  }
  /// The process does not act any more, as far as this schedule knows. Does nothing for one that does not wait.
  void remove(ProcessId process) {
    if (const auto entry = times_.find(process); entry != times_.end()) {
      order_.erase({entry->second, process});
      times_.erase(entry);
    }
  }

  /// When the next process acts; kNever when none waits.
  Ticks next() const { return order_.empty() ? kNever : order_.begin()->first; }
  /// Takes the next process out. Requires next() != kNever.
  ProcessId take() {
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
