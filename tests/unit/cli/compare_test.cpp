// Results put into groups of repetitions, and paired differences, computed by hand.
#include "cli/compare/groups.hpp"
#include "cli/compare/text.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

ComparedFile file(const std::string& path, const std::string& variant, std::uint64_t seed, double kwh,
                  std::vector<std::string> overrides = {}) {
  ComparedFile made{path, {}};
  made.result.complete = true;
  made.result.title = "title";
  made.result.variant = variant;
  made.result.seed = seed;
  made.result.overrides = std::move(overrides);
  made.result.summary.facility_energy_kwh = kwh;
  return made;
}

const Measure& energy() {
  for (const Measure& measure : measures()) {
    if (measure.name == "facility_energy_kwh") {
      return measure;
    }
  }
  FAIL("no such measure");
  return measures().front();
}

std::vector<std::string> names(const std::vector<RunGroup>& groups) {
  std::vector<std::string> result;
  for (const RunGroup& group : groups) {
    result.push_back(group.name);
  }
  return result;
}

}  // namespace

TEST_CASE("runs that differ in their seed alone are repetitions") {
  const auto groups = grouped_by_seed({file("1/a.h5", "a", 1, 10, {"seed=1"}), file("1/b.h5", "b", 1, 8),
                                       file("2/a.h5", "a", 2, 12, {"seed=2"}), file("2/b.h5", "b", 2, 9)});
  REQUIRE(names(groups) == std::vector<std::string>{"a", "b"});
  CHECK(groups[0].files == std::vector<std::string>{"1/a.h5", "2/a.h5"});
  CHECK(groups[0].seeds.size() == 2);
}

TEST_CASE("the same variant, seed and settings twice are two groups, named by their folders") {
  const auto groups = grouped_by_seed({file("old/a.h5", "a", 1, 10), file("new/a.h5", "a", 1, 8)});
  CHECK(names(groups) == std::vector<std::string>{"a (old)", "a (new)"});
}

TEST_CASE("a variant with other settings is another group, named by them") {
  const auto groups = grouped_by_seed({file("x.h5", "", 1, 10, {"n=1"}), file("y.h5", "", 1, 8, {"n=2"})});
  CHECK(names(groups) == std::vector<std::string>{"title (n=1)", "title (n=2)"});
}

TEST_CASE("differences are paired: what is common to a seed drops out") {
  const auto groups = grouped_by_seed({file("a1", "a", 1, 100), file("a2", "a", 2, 200), file("a3", "a", 3, 300),
                                       file("b1", "b", 1, 90), file("b2", "b", 2, 189), file("b3", "b", 3, 288),
                                       file("b9", "b", 9, 1e6)});
  const Difference more = difference(groups[0], groups[1], energy());
  // -10, -11, -12: mean -11, deviation 1, over the root of 3, times 4.3027 for two degrees of freedom.
  CHECK(more.pairs == 3);
  CHECK(more.estimate.mean == Approx(-11.0));
  CHECK(more.estimate.ci95 == Approx(4.3027 / std::sqrt(3.0)).epsilon(1e-4));
  CHECK(more.share == Approx(-11.0 / 200.0));
  CHECK(more.is_certain());
  // Unpaired, the seeds would hide it: 100 +- 248.
  CHECK(value_of(groups[0], energy()).ci95 > 200.0);
}

TEST_CASE("one seed has no interval, and no common seed no difference") {
  const auto one = grouped_by_seed({file("a", "a", 1, 10), file("b", "b", 1, 8)});
  const Difference single = difference(one[0], one[1], energy());
  CHECK(single.estimate.mean == Approx(-2.0));
  CHECK(std::isnan(single.estimate.ci95));
  CHECK_FALSE(single.is_certain());
  const auto apart = grouped_by_seed({file("a", "a", 1, 10), file("b", "b", 2, 8)});
  const Difference none = difference(apart[0], apart[1], energy());
  CHECK(none.pairs == 0);
  CHECK(std::isnan(none.estimate.mean));
  const std::string table = compare_table(apart, {&energy()}, {});
  CHECK(table.find("b has no seed in common with a") != std::string::npos);
}

TEST_CASE("tables wrap where the terminal ends, and Markdown escapes names") {
  const auto groups = grouped_by_seed({file("a", "a", 1, 10), file("b", "b|<i>", 1, 8), file("c", "c", 1, 7)});
  CHECK(compare_table(groups, {&energy()}, {.width = 200, .bold = false}) ==
        "                            a   b|<i>       difference       c       difference\n"
        "energy\n"
        "  facility energy kWh   10.00   8.000   -2.000 (-20 %)   7.000   -3.000 (-30 %)\n");
  const std::string narrow = compare_table(groups, {&energy()}, {.width = 60, .bold = false});
  CHECK(std::count(narrow.begin(), narrow.end(), '\n') == 7);
  CHECK(compare_markdown(groups, {&energy()}).find("| b\\|\\<i> | difference |") != std::string::npos);
  CHECK(compare_csv(groups, {&energy()}) ==
        "measure,unit,runs_of,seeds,mean,ci95,pairs,difference,difference_ci95,difference_share\n"
        "facility_energy_kwh,kWh,a,1,10,,,,,\n"
        "facility_energy_kwh,kWh,b|<i>,1,8,,1,-2,,-0.2\n"
        "facility_energy_kwh,kWh,c,1,7,,1,-3,,-0.3\n");
}
