// Work in a process of its own: SimGrid allows one Engine per process, and a test case may want several.
#pragma once

#include <functional>
#include <string>

namespace idlewatt {

struct ChildReport {
  std::string bytes;  ///< what the work returned
  int signal = 0;     ///< that ended the process; 0 = it ended by itself
};

/// A child that takes more than a minute of processor time is ended by SIGXCPU: one that stands still in a loop is
/// ended by the kernel, not by the patience of whoever waits for the tests. What the work throws ends it by SIGABRT.
ChildReport in_child(const std::function<std::string()>& work);

}  // namespace idlewatt
