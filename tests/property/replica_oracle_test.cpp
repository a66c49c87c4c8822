// The fast replica against the naive one, in thousands of random cases.
//
// A failure prints its case, shrunk. To run one seed alone: IDLEWATT_ORACLE_SEED=<seed> test_property "[oracle]"; to
// run more of them than every build should: IDLEWATT_ORACLE_CASES=<number>.
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>

#include "property/replica_case.hpp"
#include "property/replica_judge.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

void check(std::uint64_t seed) {
  const ReplicaCase whole = random_case(seed);
  std::string problem;
  try {
    problem = judge(whole);
  } catch (const std::exception& error) {
    FAIL(whole.print() << error.what());
  }
  if (!problem.empty()) {
    const ReplicaCase small = shrink(whole);
    FAIL("shrunk to " << small.print() << judge(small) << "whole case:\n" << whole.print() << problem);
  }
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Each test case takes every eighth seed, so that a failure of one leaves the others to be seen.
void check_seeds(std::uint64_t first) {
  if (std::getenv("IDLEWATT_ORACLE_SEED") != nullptr) {
    check(number_from_environment("IDLEWATT_ORACLE_SEED", 0));
    return;
  }
  const std::uint64_t cases = number_from_environment("IDLEWATT_ORACLE_CASES", 16'000);
  for (std::uint64_t seed = first; seed < cases; seed += 8) {
    check(seed);
  }
  SUCCEED();
}

TEST_CASE("replica and step oracle agree, seeds 0 mod 8", "[oracle]") {
  check_seeds(0);
}
TEST_CASE("replica and step oracle agree, seeds 1 mod 8", "[oracle]") {
  check_seeds(1);
}
TEST_CASE("replica and step oracle agree, seeds 2 mod 8", "[oracle]") {
  check_seeds(2);
}
TEST_CASE("replica and step oracle agree, seeds 3 mod 8", "[oracle]") {
  check_seeds(3);
}
TEST_CASE("replica and step oracle agree, seeds 4 mod 8", "[oracle]") {
  check_seeds(4);
}
TEST_CASE("replica and step oracle agree, seeds 5 mod 8", "[oracle]") {
  check_seeds(5);
}
TEST_CASE("replica and step oracle agree, seeds 6 mod 8", "[oracle]") {
  check_seeds(6);
}
TEST_CASE("replica and step oracle agree, seeds 7 mod 8", "[oracle]") {
  check_seeds(7);
}

}  // namespace
}  // namespace idlewatt
