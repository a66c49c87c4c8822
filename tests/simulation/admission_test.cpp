// Admission in a fleet: whatever the policy, none is lost; what is turned away spares those who are let in.
#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Twice as much as the replicas can do.
Scenario overload(const std::string& policy) {
  Scenario scenario = small_scenario(60.0, 2);
  scenario.horizon = 300 * kTicksPerSecond;
  scenario.pools[PoolId(0)].admission = default_choice(AdmissionFamily::built_in(), policy);
  return scenario;
}

RecordedRun checked(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);  // audits its books
  REQUIRE(run.error == "");
  CHECK(static_cast<double>(run.requests.size()) == run.result.summary.requests_in);
  return run;
}

}  // namespace

TEST_CASE("every admission policy under an overload: nothing is lost", "[admission]") {
  for (const AdmissionDeclaration& declaration : AdmissionFamily::built_in()) {
    INFO(declaration.info.name);
    const Summary summary = checked(overload(declaration.info.name)).result.summary;
    CHECK(summary.requests_served > 0.0);
    CHECK((summary.requests_rejected > 0.0) == (declaration.info.name != "always"));
  }
}

TEST_CASE("a limit on the queue is never exceeded", "[admission]") {
  Scenario scenario = overload("queue-limit");
  scenario.pools[PoolId(0)].admission.parameters.set("per_replica", 10);
  scenario.pools[PoolId(0)].admission.parameters.set("at_least", 0);
  scenario.sample_every = kTicksPerSecond;
  bool full = false;
  for (const SeriesBin& bin : checked(scenario).bins) {
    CHECK(bin.pools[PoolId(0)].queue_length <= 20);
    full = full || bin.pools[PoolId(0)].queue_length >= 19;
  }
  CHECK(full);
}

TEST_CASE("who is let in by `deadline` meets the SLO, mostly; under `always` nearly nobody does", "[admission]") {
  const Summary always = checked(overload("always")).result.summary;
  Scenario scenario = overload("deadline");
  scenario.pools[PoolId(0)].admission.parameters.set("limit", 0.6);
  const Summary deadline = checked(scenario).result.summary;
  CHECK(always.slo_share < 0.2);
  CHECK(deadline.slo_share > 2.0 * always.slo_share);
  CHECK(deadline.slo_share * deadline.requests_in > 0.7 * deadline.requests_served);
}

TEST_CASE("a bucket lets its rate through, and its burst", "[admission]") {
  Scenario scenario = overload("rate-limit");
  scenario.pools[PoolId(0)].admission.parameters.set("rate", 5.0);
  scenario.pools[PoolId(0)].admission.parameters.set("burst", 50);
  const Summary summary = checked(scenario).result.summary;
  CHECK(summary.requests_in - summary.requests_rejected == Approx(50 + 5 * 300).margin(2));
}

}  // namespace idlewatt
