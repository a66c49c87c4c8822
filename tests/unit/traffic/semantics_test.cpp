#include "traffic/semantics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_set>

#include "support.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<TraceReader> day(double rate_rps, double days = 1.0) {
  GeneratedTraffic traffic;
  traffic.name = "day";
  traffic.duration_s = days * 86400.0;
  traffic.mean_rate_rps = rate_rps;
  traffic.prompt_tokens = {{0.0, 1.0}, {10.0, 10.0}};
  traffic.output_tokens = {{0.0, 1.0}, {10.0, 10.0}};
  return generate(traffic, 1.0, 1);
}

std::vector<Request> meant(double rate_rps, const Semantics& semantics, double days = 1.0) {
  return test::read_all(*give_meaning(day(rate_rps, days), semantics, 1, "day"));
}

double repeat_rate(const std::vector<Request>& requests) {
  std::unordered_set<std::uint64_t> seen;
  double repeats = 0.0;
  for (const Request& request : requests) {
    repeats += seen.insert(request.semantic_key).second ? 0.0 : 1.0;
  }
  return repeats / static_cast<double>(requests.size());
}

}  // namespace

TEST_CASE("By default as many requests of a day repeat an earlier one as production systems report") {
  for (const double rate_rps : {0.6, 1.5, 6.5, 25.0}) {
    INFO(rate_rps << " /s: " << repeat_rate(meant(rate_rps, {})));
    CHECK(repeat_rate(meant(rate_rps, {})) > 0.20);
    CHECK(repeat_rate(meant(rate_rps, {})) < 0.45);
  }
}

TEST_CASE("Intents are popular as Zipf says, and similar as described") {
  Semantics semantics;
  semantics.intents = 1000;
  semantics.unique = 0.0;
  semantics.drift_s = 0.0;
  std::map<std::uint64_t, double> uses;
  double similarity = 0.0;
  double squares = 0.0;
  const std::vector<Request> requests = meant(10.0, semantics);
  const auto count = static_cast<double>(requests.size());
  for (const Request& request : requests) {
    REQUIRE(request.semantic_key != 0);
    REQUIRE(request.similarity >= 0.0F);
    REQUIRE(request.similarity <= 1.0F);
    uses[request.semantic_key] += 1.0;
    similarity += request.similarity;
    squares += (request.similarity - 0.93) * (request.similarity - 0.93);
  }
  CHECK(uses.size() == 1000);
  std::vector<double> ranked;
  for (const auto& [key, number] : uses) {
    ranked.push_back(number);
  }
  std::sort(ranked.rbegin(), ranked.rend());
  const double harmonic = 7.485470860550345;  // of 1000
  CHECK(ranked[0] == Approx(count / harmonic).epsilon(0.02));
  CHECK(ranked[9] == Approx(count / harmonic / 10.0).epsilon(0.06));
  CHECK(ranked[99] == Approx(count / harmonic / 100.0).epsilon(0.15));
  CHECK(similarity / count == Approx(0.93).epsilon(0.002));
  CHECK(std::sqrt(squares / count) == Approx(0.03).epsilon(0.05));
}

TEST_CASE("Drift replaces intents one by one; unique requests never repeat; a trace's own keys stay") {
  Semantics semantics;
  semantics.intents = 200;
  semantics.unique = 0.0;
  semantics.zipf = 0.0;
  semantics.drift_s = 4.0 * 86400.0;
  const std::vector<Request> requests = meant(1.0, semantics, 2.0);
  std::unordered_set<std::uint64_t> first;
  std::unordered_set<std::uint64_t> last;
  for (const Request& request : requests) {
    if (request.arrival < to_ticks(6.0 * 3600.0)) {
      first.insert(request.semantic_key);
    } else if (request.arrival > to_ticks(42.0 * 3600.0)) {
      last.insert(request.semantic_key);
    }
  }
  double common = 0.0;
  for (const std::uint64_t key : last) {
    common += first.contains(key) ? 1.0 : 0.0;
  }
  // From the middle of the first window to that of the last are 42 h: 44 % of 200 have changed.
  CHECK(common == Approx(200.0 * (1.0 - 42.0 / 96.0) + 200.0 * 6.0 / 96.0).epsilon(0.2));

  semantics.unique = 1.0;
  CHECK(repeat_rate(meant(1.0, semantics)) == 0.0);

  Request own = test::request_at(1);
  own.semantic_key = 77;
  own.similarity = 0.5F;
  const std::vector<Request> kept = test::read_all(
      *give_meaning(std::make_unique<test::ListReader>(std::vector{own, test::request_at(2)}), {}, 1, "x"));
  CHECK(kept[0].semantic_key == 77);
  CHECK(kept[0].similarity == 0.5F);
  CHECK(kept[1].semantic_key != 0);
}

TEST_CASE("Texts to the letter are as many as asked for, and no other draw depends on them") {
  Semantics semantics;
  const std::vector<Request> none = meant(0.2, semantics);
  semantics.verbatim = 0.25;
  const std::vector<Request> some = meant(0.2, semantics);
  REQUIRE(none.size() == some.size());
  double verbatim = 0.0;
  for (std::size_t i = 0; i < none.size(); ++i) {
    REQUIRE(none[i].semantic_key == some[i].semantic_key);
    REQUIRE((some[i].similarity == 1.0F || some[i].similarity == none[i].similarity));
    verbatim += some[i].similarity == 1.0F ? 1.0 : 0.0;
  }
  // One in a hundred is cut to 1 anyway.
  CHECK(verbatim / static_cast<double>(some.size()) == Approx(0.25 + 0.75 * 0.01).margin(0.01));
}

TEST_CASE("Semantics that make no sense are input errors") {
  Semantics semantics;
  semantics.intents = 0;
  CHECK_THROWS_WITH(give_meaning(day(1.0), semantics, 1, "day"),
                    "day: semantics.intents makes no sense (expected 1 to 100,000,000)");
  semantics = {};
  semantics.unique = 1.5;
  CHECK_THROWS_AS(give_meaning(day(1.0), semantics, 1, "day"), InputError);
}

}  // namespace idlewatt
