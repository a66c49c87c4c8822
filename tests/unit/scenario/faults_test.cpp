// What `faults:` of a scenario may say.
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

std::string faulty(const std::string& faults) {
  return with(kScenario, "pools:", "faults: " + faults + "\npools:");
}
std::string error(const std::string& faults) {
  return error_of(faulty(faults));
}

TEST_CASE("Faults are read") {
  CHECK_FALSE(load(kScenario).front().faults.any());
  const Faults faults = load(faulty("{requests: retried, crashes: {mtbf: 30 d, mttr: 1 h, servers: hgx-a100-80}, "
                                    "uplinks: {mtbf: 1 d, mttr: 5 min, factor: 10 %}, "
                                    "events: [{at: 5 min, accelerator: rack0/hgx-a100-80/0, number: 7, for: 1 min}, "
                                    "{at: 6 min, spot: rack0/hgx-a100-80/0, notice: 2 min, for: 1 min}]}"))
                            .front()
                            .faults;
  CHECK(faults.retried);
  REQUIRE(faults.rates.size() == 2);
  CHECK(faults.rates[0].kind == FaultKind::crash);
  CHECK(faults.rates[0].mtbf_s == 30 * 86400.0);
  CHECK(faults.rates[0].server == "hgx-a100-80");
  CHECK(faults.rates[1].factor == 0.1);
  REQUIRE(faults.events.size() == 2);
  CHECK(faults.events[0].at == 300 * kTicksPerSecond);
  CHECK(faults.events[0].accelerator == AcceleratorId(7));
  CHECK(faults.events[1].kind == FaultKind::spot);
  CHECK(faults.events[1].notice == 120 * kTicksPerSecond);
}

TEST_CASE("Slow servers are read") {
  const Faults faults = load(faulty("{slow: {mtbf: 3 d, mttr: 2 h, factor: 1.5, servers: hgx-a100-80}, "
                                    "events: [{at: 5 min, slow: rack0/hgx-a100-80/0, factor: 3, for: 1 min}]}"))
                            .front()
                            .faults;
  REQUIRE(faults.rates.size() == 1);
  CHECK(faults.rates[0].kind == FaultKind::slow);
  CHECK(faults.rates[0].factor == 1.5);
  CHECK(faults.rates[0].server == "hgx-a100-80");
  REQUIRE(faults.events.size() == 1);
  CHECK(faults.events[0].kind == FaultKind::slow);
  CHECK(faults.events[0].factor == 3.0);
  CHECK(faults.events[0].lasts == 60 * kTicksPerSecond);
}

TEST_CASE("Faults that make no sense are refused in one line") {
  const auto has = [](const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos && text.find('\n') == std::string::npos;
  };
  CHECK(has(error("{crash: {mtbf: 1 d, mttr: 1 h}}"), "did you mean `crashes`?"));
  CHECK(has(error("{crashes: {mtbf: 1 d}}"), "`mttr` is missing"));
  CHECK(has(error("{crashes: {mtbf: 0 s, mttr: 1 h}}"), "`mtbf`: `0 s` is out of range"));
  CHECK(has(error("{crashes: {mtbf: 1 d, mttr: 1 h, servers: l4-8}}"), "unknown server of this scenario `l4-8`"));
  CHECK(has(error("{slow: {mtbf: 1 d, mttr: 1 h}}"), "`factor` is missing"));
  CHECK(has(error("{slow: {mtbf: 1 d, mttr: 1 h, factor: 0.5}}"), "`factor`: `0.5` is out of range"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, slow: rack0/hgx-a100-80/0, factor: 0}]}"), "`factor`"));
  CHECK(has(error("{requests: lots}"), "did you mean `lost`?"));
  CHECK(has(error("{events: {at: 1 s}}"), "`events` is no list"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s}]}"), "says none of `crash`"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, crash: rack0/hgx-a100-80/0, uplink: rack0}]}"), "says several of"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, crash: rack1/hgx-a100-80/0}]}"), "`rack0/hgx-a100-80/0`"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, accelerator: rack0/hgx-a100-80/0, number: 8}]}"), "`number`"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, uplink: rack0, factor: 0 %}]}"), "`factor`"));
  CHECK(has(error("{events: [{at: 1 s, for: 1 s, crash: rack0/hgx-a100-80/0, notice: 1 s}]}"), "unknown key `notice`"));
}

}  // namespace
}  // namespace idlewatt::test
