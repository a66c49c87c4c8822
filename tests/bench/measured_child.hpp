// One measurement in a process of its own: SimGrid allows one Engine per process, and peak memory is a process's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace idlewatt {

/// What a child says of its work.
struct Tally {
  std::int64_t requests = 0;
  std::int64_t simgrid_wakes = 0;
  std::int64_t replica_changes = 0;
  double cpu_s = 0.0;   ///< processor time of the work alone, without what prepared it
  double wall_s = 0.0;  ///< the same as time on the clock, where it was taken
};

struct Measurement {
  Tally tally;
  double wall_s = 0.0;      ///< of the whole process
  double cpu_s = 0.0;       ///< the same as processor time
  double peak_bytes = 0.0;  ///< ru_maxrss
};

/// Processor time of this process so far.
double cpu_now_s();

/// Forks and works. Throws std::runtime_error when the child fails.
Measurement measure(const std::function<Tally()>& work);

/// Forks and executes a program, its output thrown away. Throws std::runtime_error when it fails.
Measurement measure_program(const std::vector<std::string>& command);

}  // namespace idlewatt
