#include "sweep/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace idlewatt {
namespace {

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

std::int64_t system_available() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  for (std::string unit; file >> key >> kib; std::getline(file, unit)) {
    if (key == "MemAvailable:") {
      return kib * 1024;
    }
  }
  return kUnlimited;
}

std::int64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::int64_t value = 0;
  return file >> value ? value : kUnlimited;  // "max" is no number
}

std::int64_t control_group_left(const std::string& limit, const std::string& used) {
  const std::int64_t most = number_in(limit);
  const std::int64_t now = number_in(used);
  return most == kUnlimited || now == kUnlimited ? kUnlimited : std::max<std::int64_t>(0, most - now);
}

/// "/system.slice/job" of "0::/system.slice/job" in /proc/self/cgroup.
std::string control_group() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) {
      return line.substr(3);
    }
  }
  return "";
}

}  // namespace

std::int64_t available_memory_bytes() {
  const std::string own = "/sys/fs/cgroup" + control_group();
  return std::min({system_available(), control_group_left(own + "/memory.max", own + "/memory.current"),
                   control_group_left("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
                   control_group_left("/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                      "/sys/fs/cgroup/memory/memory.usage_in_bytes")});
}

void MemoryGuard::saw(std::int64_t peak_bytes) {
  largest_bytes_ = std::max(largest_bytes_, peak_bytes);
}

}  // namespace idlewatt
