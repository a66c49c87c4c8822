// Who acts first of the processes that are due.
#include "run/control_schedule.hpp"

#include <vector>

#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("the earliest process acts first; of those due at one tick, the one that began first", "[control order]") {
  ControlSchedule schedule;
  CHECK(schedule.next() == kNever);
  // The later a process began, the sooner it was told to act at the common tick.
  for (std::int64_t process = 11; process >= 0; --process) {
    schedule.set(ProcessId(process), 1000);
  }
  schedule.set(ProcessId(12), 999);
  CHECK(schedule.next() == 999);
  CHECK(schedule.take() == ProcessId(12));
  for (std::int64_t process = 0; process < 12; ++process) {
    CHECK(schedule.next() == 1000);
    CHECK(schedule.take() == ProcessId(process));
  }
  CHECK(schedule.next() == kNever);
}

TEST_CASE("a new time replaces the one before, and a process that is over acts no more", "[control order]") {
  ControlSchedule schedule;
  schedule.set(ProcessId(1), 50);
  schedule.set(ProcessId(2), 60);
  schedule.set(ProcessId(1), 70);
  CHECK(schedule.size() == 2);
  CHECK(schedule.next() == 60);
  schedule.remove(ProcessId(2));
  schedule.remove(ProcessId(3));
  CHECK(schedule.take() == ProcessId(1));
  CHECK(schedule.size() == 0);
}

}  // namespace idlewatt
