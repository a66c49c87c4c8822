#include "cli/run/choice.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace idlewatt;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A day of 86,400 requests, answered in 2 s after a wait of 0.1 s.
AskedRun run(const std::string& name, double ttft_p99_s, double cost_usd, double kwh) {
  Summary summary;
  for (const Measure& measure : measures()) {
    measure.set(summary, 0.0);
  }
  summary.horizon_s = 86400.0;
  summary.requests_in = 86400.0;
  summary.requests_served = 86398.0;
  summary.requests_unfinished = 2.0;
  summary.queue_s = {0.1, 0.2, 0.3};
  summary.e2e_s = {2.1, 3.0, 4.0};
  summary.ttft_s = {0.2, 0.3, ttft_p99_s};
  summary.cost_usd = cost_usd;
  summary.facility_energy_kwh = kwh;
  summary.carbon_kg = 0.4 * kwh;
  return {name, summary, parse_slo("ttft p99 < 1 s")};
}

}  // namespace

TEST_CASE("a fleet keeps up if it leaves what is in service, by Little's law") {
  Summary summary = run("a", 0.5, 10.0, 10.0).summary;
  CHECK(load_state(summary) == LoadState::stable);
  summary.requests_unfinished = 19.0;  // ten times as many, and few
  CHECK(load_state(summary) == LoadState::stable);
  summary.requests_unfinished = 20.0;
  CHECK(load_state(summary) == LoadState::overloaded);
  summary.queue_s.p99 = 100.0;
  CHECK(load_state(summary) == LoadState::overloaded);
  summary.requests_unfinished = 2.0;
  CHECK(load_state(summary) == LoadState::backlogged);
  summary.queue_s = summary.e2e_s = {kNaN, kNaN, kNaN};  // nothing served
  summary.requests_unfinished = 86400.0;
  CHECK(load_state(summary) == LoadState::overloaded);
}

TEST_CASE("long answers are no overload: many are in service at the end") {
  Summary summary = run("a", 0.5, 10.0, 10.0).summary;
  summary.e2e_s = {600.1, 700.0, 800.0};
  summary.requests_unfinished = 650.0;
  CHECK(load_state(summary) == LoadState::stable);
}

TEST_CASE("of those that meet the SLO the cheapest is chosen, and said who else is best at what") {
  const std::vector<AskedRun> runs{run("t4", 1.8, 50.0, 9.0), run("l4", 0.9, 60.0, 10.0), run("a100", 0.3, 75.0, 8.0)};
  const Choice choice = choose(runs);
  CHECK(choice.meets == std::vector<bool>{false, true, true});
  CHECK(choice.cheapest == 1);
  CHECK(choice.second == 2);
  CHECK(choice.most_frugal == 2);
  CHECK(choice.cleanest == 2);
  const std::string text = choice_text(runs, 120);
  CHECK(text.find("SLO: ttft p99 < 1 s, answered > 99 %\n") == 0);
  CHECK(text.find("t4    1,522 USD a month  ✗ missed: ttft p99 1.800 s\n") != std::string::npos);
  CHECK(choice_text(runs, 300).find(
            "Choose l4: of the 2 that meet the SLO the cheapest. a100, the next, costs 25 % more. "
            "The most frugal and the cleanest is a100.\n") != std::string::npos);
  const auto json = choice_json(runs);
  CHECK(json["cheapest"] == "l4");
  CHECK(json["runs"][0]["missed"][0] == "ttft p99 < 1 s");
  CHECK(json["runs"][2]["meets"] == true);
}

TEST_CASE("of two that cost the same the more frugal is chosen") {
  const std::vector<AskedRun> runs{run("static", 0.3, 60.0, 10.0), run("scaled", 0.4, 60.0, 7.0)};
  CHECK(choose(runs).cheapest == 1);
  CHECK(choice_text(runs, 300).find("Choose scaled: of the 2 that meet the SLO the cheapest, most frugal and cleanest. "
                                    "static, the next, costs as much.\n") != std::string::npos);
}

TEST_CASE("an overloaded fleet is not chosen, however its quantiles look") {
  std::vector<AskedRun> runs{run("small", 0.9, 10.0, 5.0), run("large", 0.3, 75.0, 8.0)};
  runs[0].summary.requests_unfinished = 500.0;  // and 99.4 % answered
  CHECK(choose(runs).cheapest == 1);
  CHECK(choice_text(runs, 300).find("Overloaded: the queue of small had not drained at the end") != std::string::npos);
}

TEST_CASE("of different traffic what a request takes is compared") {
  std::vector<AskedRun> runs{run("half", 0.5, 60.0, 6.0), run("whole", 0.5, 100.0, 10.0)};
  runs[0].summary.requests_in = runs[0].summary.requests_served = 43200.0;
  CHECK(choose(runs).cheapest == 1);
  CHECK(choose(runs).most_frugal == 1);
}

TEST_CASE("without an SLO nobody is chosen, and nothing is said of fleets that keep up") {
  AskedRun one = run("a", 0.5, 10.0, 10.0);
  one.slo.clear();
  CHECK_FALSE(choose({one}).cheapest);
  CHECK(choice_text({one}, 120).empty());
  one.summary.requests_unfinished = 500.0;
  CHECK(choice_text({one}, 120).find("overloaded") != std::string::npos);
  CHECK(choice_json({one})["runs"][0]["meets"].is_null());
}

TEST_CASE("nobody meets the SLO: it says so") {
  const std::vector<AskedRun> runs{run("a", 2.0, 50.0, 9.0), run("b", 3.0, 60.0, 10.0)};
  CHECK_FALSE(choose(runs).cheapest);
  CHECK(choice_text(runs, 120).find("None meets the SLO.\n") != std::string::npos);
}
