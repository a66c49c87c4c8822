// The number of workers that fit into the machine's memory.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The memory that a new process could use without displacing others: MemAvailable of the system, or the rest of the
/// control group's limit if that is less. Very large when the system gives no figure.
std::int64_t available_memory_bytes();

/// Allows a worker to start when there is room for one as large as the largest so far.
class MemoryGuard {
 public:
  /// Records the peak memory of a worker that has ended.
  void saw(std::int64_t peak_bytes);
  bool has_room() const { return has_room(available_memory_bytes()); }
  bool has_room(std::int64_t available_bytes) const { return available_bytes >= largest_bytes_ + largest_bytes_ / 4; }

 private:
  std::int64_t largest_bytes_ = 64'000'000;  // a tiny scenario takes about this
};

}  // namespace idlewatt
