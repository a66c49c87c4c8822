// How many workers the machine's memory has room for.
#pragma once

#include <cstdint>

namespace idlewatt {

/// What a new process could use without others being pushed out: MemAvailable of the system, or what is left of the
/// control group's limit where that is less. Very large where the system does not say.
std::int64_t available_memory_bytes();

/// Lets a worker start when there is room for one as large as the largest so far.
class MemoryGuard {
 public:
  /// A worker has ended that used this much at most.
  void saw(std::int64_t peak_bytes);
  bool has_room() const { return has_room(available_memory_bytes()); }
  bool has_room(std::int64_t available_bytes) const { return available_bytes >= largest_bytes_ + largest_bytes_ / 4; }

 private:
  std::int64_t largest_bytes_ = 64'000'000;  // a tiny scenario takes about this
};

}  // namespace idlewatt
