#include "sweep/memory.hpp"

#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("a worker starts when there is room for one as large as the largest so far, and a quarter") {
  MemoryGuard guard;
  CHECK(guard.has_room(1'000'000'000));
  CHECK_FALSE(guard.has_room(1'000'000));
  guard.saw(4'000'000'000);
  guard.saw(1'000'000'000);
  CHECK_FALSE(guard.has_room(4'500'000'000));
  CHECK(guard.has_room(5'000'000'000));
}

TEST_CASE("the machine says what it has") {
  CHECK(available_memory_bytes() > 1'000'000);
}
