// What an entry of `traffic:` may say about its transforms.
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("Transforms of an entry are read") {
  const std::string entry =
      "scale: 2, scale_by: compression, cut: {from: 1 min, to: 11 min}, sample: {share: 50 %, by: session}, "
      "repeat: {times: 3, every: 15 min}, shift: 1 h, slo:";
  const Scenario scenario = test::load(test::with(test::kScenario, "slo:", entry)).front();
  const Transforms& transforms = scenario.traffic[0].transforms;
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

}  // namespace idlewatt
