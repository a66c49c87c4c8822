// What an entry of `traffic:` may say about its transforms.
#include <cmath>

#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("Transforms of an entry are read") {
  const std::string entry =
      "scale: 2, scale_by: compression, cut: {from: 1 min, to: 11 min}, sample: {share: 50 %, by: session}, "
      "repeat: {times: 3, every: 15 min}, shift: 1 h, slo:";
  const Scenario scenario = test::load(test::with(test::kScenario, "slo:", entry)).front();
  const Transforms& transforms = scenario.traffic[StreamId(0)].transforms;
  CHECK(transforms.cut_from == 60 * kTicksPerSecond);
  CHECK(transforms.cut_to == 660 * kTicksPerSecond);
  CHECK(transforms.sample == 0.5);
  CHECK(transforms.sample_by == SampleBy::session);
  CHECK(transforms.repeat == 3);
  CHECK(transforms.repeat_every == 900 * kTicksPerSecond);
  CHECK(transforms.scale_by == ScaleBy::compression);
  CHECK(transforms.shift == 3600 * kTicksPerSecond);
}

TEST_CASE("Transforms that make no sense are refused") {
  const auto error = [](const std::string& entry) { return test::error_with("slo:", entry + ", slo:"); };
  CHECK(error("cut: {from: 2 min, to: 1 min}").find("expected `to` after `from`") != std::string::npos);
  CHECK(error("cut: {form: 2 min}").find("did you mean `from`?") != std::string::npos);
  CHECK(error("repeat: 0").find("`repeat`") != std::string::npos);
  CHECK(error("sample: 1.5").find("`sample`") != std::string::npos);
  CHECK(error("shift: 5").find("has no unit") != std::string::npos);
  CHECK(error("scale_by: compresion").find("did you mean `compression`?") != std::string::npos);
}

TEST_CASE("What clients do without an answer is read") {
  const auto client = [](const std::string& text) {
    return test::load(test::with(test::kScenario, "slo:", "client: " + text + ", slo:"))
        .front()
        .traffic[StreamId(0)]
        .client;
  };
  CHECK_FALSE(test::load(test::kScenario).front().traffic[StreamId(0)].client.has_value());
  const ClientBehaviour all =
      *client("{timeout: 30 s, retries: 2, backoff: {first: 1 s, factor: 3, most: 1 min, jitter: 100 %}}");
  CHECK(all.timeout_s == 30.0);
  CHECK(all.retries == 2);
  CHECK(all.backoff.first_s == 1.0);
  CHECK(all.backoff.factor == 3.0);
  CHECK(all.backoff.most_s == 60.0);
  CHECK(all.backoff.jitter == 1.0);
  const ClientBehaviour some = *client("{retries: 1}");
  CHECK(std::isinf(some.timeout_s));
  CHECK(some.backoff.first_s == 0.5);
  CHECK(some.backoff.most_s == 8.0);

  const auto error = [](const std::string& text) { return test::error_with("slo:", "client: " + text + ", slo:"); };
  CHECK(error("{timeout: 30}").find("`timeout`: `30` has no unit") != std::string::npos);
  CHECK(error("{timeout: 0 s}").find("`timeout`") != std::string::npos);
  CHECK(error("{retries: -1}").find("`retries`") != std::string::npos);
  CHECK(error("{backoff: {factor: 0.5}}").find("`factor`: `0.5` is out of range") != std::string::npos);
  CHECK(error("{backoff: {jiter: 1 %}}").find("did you mean `jitter`?") != std::string::npos);
}

}  // namespace idlewatt
