#include "results/index.hpp"

#include <filesystem>
#include <string>

#include "results/result.hpp"
#include "support/catch.hpp"
#include "temporary_directory.hpp"

using namespace idlewatt;

TEST_CASE("the index holds every summary") {
  const test::TemporaryDirectory directory;
  Summary played;
  double value = 0.5;
  for (const Measure& measure : measures()) {
    measure.set(played, value);
    value += 1.0;
  }
  Summary other;
  other.it_energy_kwh = 7.0;
  const std::string path = directory / "index.h5";
  write_index(path, "two runs", {{"a/1", "a.h5", 1, other}, {"b", "b.h5", 2, played}, {"b", "again.h5", 3, other}});

  CHECK_FALSE(std::filesystem::exists(path + ".part"));
  const NumberArray summary = read_numbers(path, "summary");
  REQUIRE(summary.shape == std::vector<std::size_t>{3, measures().size()});
  for (std::size_t i = 0; i < measures().size(); ++i) {
    CHECK(summary.values[i] == measures()[i].get(other));
    CHECK(summary.values[measures().size() + i] == measures()[i].get(played));
  }
  CHECK(read_numbers(path, "seed").values == std::vector<double>{1, 2, 3});
}

TEST_CASE("an index of no runs is a file all the same") {
  const test::TemporaryDirectory directory;
  write_index(directory / "index.h5", "nothing", {});
  CHECK(std::filesystem::exists(directory / "index.h5"));
}
