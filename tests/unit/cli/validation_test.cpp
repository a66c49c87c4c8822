#include "cli/validate/validation.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

constexpr Ticks kMs = kTicksPerSecond / 1000;

MeasuredRequest measured(int arrival_ms, double ttft_s, double e2e_s, int output_tokens = 11) {
  return {.arrival = arrival_ms * kMs,
          .prompt_tokens = 100,
          .output_tokens = output_tokens,
          .times = {.ttft_s = ttft_s, .e2e_s = e2e_s}};
}

RequestRecord predicted(std::int64_t id, int arrival_ms, int ttft_ms, int e2e_ms, int output_tokens = 11) {
  RequestRecord record;
  record.id = id;
  record.arrival = arrival_ms * kMs;
  record.first_token = record.arrival + ttft_ms * kMs;
  record.end = record.arrival + e2e_ms * kMs;
  record.output_tokens = output_tokens;
  return record;
}

const ComparedStatistic& statistic(const Validation& validation, const std::string& latency, const std::string& name) {
  for (const ComparedStatistic& one : validation.statistics) {
    if (one.latency == latency && one.statistic == name) {
      return one;
    }
  }
  throw std::runtime_error("no such statistic");
}

}  // namespace

TEST_CASE("measured and predicted requests are compared one by one") {
  const Validation found = compare({measured(0, 0.1, 1.1), measured(1000, 0.2, 2.2)},
                                   {predicted(0, 0, 110, 1210), predicted(1, 1000, 180, 1980)}, 0);
  CHECK(found.measured_requests == 2);
  CHECK(found.predicted_requests == 2);
  CHECK(statistic(found, "ttft", "mean").measured == Approx(0.15));
  CHECK(statistic(found, "ttft", "p50").predicted == Approx(0.145));
  CHECK(statistic(found, "ttft", "p99").error() == Approx(0.1793 / 0.199 - 1.0));
  CHECK(statistic(found, "tpot", "p50").measured == Approx(0.15));
  CHECK(statistic(found, "tpot", "p50").predicted == Approx(0.145));
  CHECK(statistic(found, "e2e", "p99").error() == Approx(1.9723 / 2.189 - 1.0));
  CHECK(found.measured_output_tps == Approx(22.0 / 3.2));
  CHECK(request_errors(found.latencies[2]).median == Approx(0.1));
}

TEST_CASE("what was not measured, not answered or skipped is left out") {
  const Validation found =
      compare({measured(0, 9.0, 9.0), measured(1000, 0.2, 2.2), measured(2000, 0.2, 0.2, 1), measured(3000, NAN, 1.0)},
              {predicted(0, 0, 1, 2), predicted(2, 2000, 100, 100, 1), predicted(3, 3000, 100, 900)}, 1);
  CHECK(found.measured_requests == 3);
  CHECK(found.predicted_requests == 2);
  CHECK(found.latencies.size() == 2);  // no TPOT: the only request with one has no prediction
  CHECK(statistic(found, "ttft", "mean").measured == Approx(0.2));
  CHECK(statistic(found, "e2e", "mean").measured == Approx(0.6));
  CHECK_THROWS_AS(compare({measured(0, 1, 1)}, {predicted(0, 0, 1, 2)}, 1), InputError);
  CHECK_THROWS_AS(compare({measured(0, 1, 1)}, {}, 0), InputError);
}

TEST_CASE("limits on errors") {
  const Validation found = compare({measured(0, 0.1, 1.1)}, {predicted(0, 0, 115, 1100)}, 0);
  const auto limits = parse_error_limits("ttft p50 20 %, ttft p90 10 %,e2e mean 1%");
  REQUIRE(limits.size() == 3);
  CHECK(limits[1].text == "ttft p90 10 %");
  const auto over = exceeded(found, limits);
  REQUIRE(over.size() == 1);
  CHECK(over[0].text == "ttft p90 10 %");
  CHECK(validation_text(found, limits).find("Not within ttft p90 10 %\n") != std::string::npos);
  CHECK(validation_json(found, limits)["not_within"][0] == "ttft p90 10 %");
  CHECK(parse_error_limits("").empty());
  for (const char* wrong : {"ttft p50", "ttft p95 10 %", "latency p50 10 %", "ttft p50 ten", "p50 10 %"}) {
    CHECK_THROWS_AS(parse_error_limits(wrong), InputError);
  }
}
