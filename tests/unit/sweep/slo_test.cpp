#include "sweep/slo.hpp"

#include <limits>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_slo(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("conditions name measures by name or label, and bring their units") {
  const auto slo = parse_slo("ttft p99 < 1 s, TPOT p90<=100 ms , within slo > 95 %, preemptions < 10");
  REQUIRE(slo.size() == 5);
  CHECK(slo[0].measure == "ttft_s_p99");
  CHECK(slo[0].limit == 1.0);
  CHECK(slo[1].measure == "tpot_s_p90");
  CHECK(slo[1].limit == Approx(0.1));
  CHECK_FALSE(slo[2].at_most);
  CHECK(slo[2].measure == "slo_share");
  CHECK(slo[3].limit == 10.0);
  CHECK(slo[4].measure == "answered");
  CHECK(parse_slo("ttft_s_p50 < 1 s, answered > 99.9 %").size() == 2);
}

TEST_CASE("a fleet that turns requests away does not meet a limit of latency by that") {
  Summary summary;
  summary.requests_in = 1000;
  summary.requests_served = 1000;
  summary.ttft_s.p99 = 0.5;
  const auto slo = parse_slo("ttft p99 < 1 s");
  CHECK(worst_ratio(slo, summary) == Approx(0.5));
  summary.requests_served = 980;
  CHECK(worst_ratio(slo, summary) == Approx(2.0));  // two in a hundred are missing, where one may
  summary.requests_rejected_too_long = 20;          // which no fleet can help
  CHECK(worst_ratio(slo, summary) == Approx(0.5));
  summary.ttft_s.p99 = std::numeric_limits<double>::quiet_NaN();
  CHECK(worst_ratio(slo, summary) > 1e300);
}

TEST_CASE("what is wrong with conditions") {
  CHECK(refusal("") == "--slo: nothing is asked; expected conditions such as `ttft p99 < 1 s, tpot p99 < 100 ms`");
  CHECK(refusal("ttft p99 1 s") == "--slo: `ttft p99 1 s`: no condition; expected one such as `ttft p99 < 1 s`");
  CHECK(refusal("tfft p99 < 1 s").find("unknown measure `tfft p99`") != std::string::npos);
  CHECK(refusal("tfft p99 < 1 s").find("did you mean `ttft p99`?") != std::string::npos);
  CHECK(refusal("ttft p99 < 1").find("has no unit") != std::string::npos);
}
