// The replicas that a queueing estimate wants, ahead of a cold start, and how latencies correct it.
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kS = kTicksPerSecond;

std::unique_ptr<AutoscalePolicy> slo_target(const std::map<std::string, double>& values = {}) {
  const AutoscaleDeclaration declaration = declare_slo_target();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  for (const auto& [name, value] : values) {
    parameters.set(name, value);
  }
  return declaration.make(parameters);
}

AutoscaleView view_at(Ticks now, double outstanding) {
  AutoscaleView view;
  view.now = now;
  view.minimum = 1;
  view.maximum = 1000;
  view.start = view.target = view.ready = 4;
  view.outstanding = std::llround(outstanding);
  view.mean_outstanding = outstanding;
  return view;
}

}  // namespace

TEST_CASE("slo-target: the 99th percentile of a Poisson number of requests finds room", "[slo-target]") {
  const auto policy = slo_target();
  CHECK(policy->decide(view_at(0, 100)).replicas == 4);  // nothing has been seen
  const AutoscaleDecision decision = policy->decide(view_at(15 * kS, 100));
  CHECK(decision.replicas == 16);  // (100 + 2.326 x 10) / 8 = 15.4
  CHECK(decision.wake_at == 30 * kS);
}

TEST_CASE("slo-target: looks as far ahead as a replica takes to start", "[slo-target]") {
  std::int32_t wanted[2] = {};
  for (const Ticks cold_start : {Ticks{0}, 300 * kS}) {
    const auto policy = slo_target();
    for (int i = 0; i <= 20; ++i) {
      AutoscaleView view = view_at(i * 15 * kS, 10.0 * i);
      view.cold_start = cold_start;
      wanted[cold_start == 0 ? 0 : 1] = policy->decide(view).replicas;
    }
  }
  CHECK(wanted[0] >= 29);             // 200 now: (200 + 33) / 8
  CHECK(wanted[1] > wanted[0] + 10);  // twenty more intervals of a rise of nearly 10
}

TEST_CASE("slo-target: replicas go when nothing has wanted them for a while", "[slo-target]") {
  const auto policy = slo_target({{"down_window", 60.0}});
  policy->decide(view_at(0, 100));
  CHECK(policy->decide(view_at(15 * kS, 100)).replicas == 16);
  for (int i = 2; i <= 5; ++i) {
    CHECK(policy->decide(view_at(i * 15 * kS, 0)).replicas == 16);
  }
  std::int32_t last = 16;
  for (int i = 6; i <= 40; ++i) {
    const std::int32_t now = policy->decide(view_at(i * 15 * kS, 0)).replicas;
    CHECK(now <= last);
    last = now;
  }
  CHECK(last <= 1);
}

TEST_CASE("slo-target: latencies beyond a limit mean fewer requests for a replica, far below it more", "[slo-target]") {
  const auto after = [](double ttft_s, double tpot_s, std::int32_t ready) {
    const auto policy = slo_target({{"window", 60.0}});
    PoolCounters counters;
    std::int32_t replicas = 0;
    for (int i = 0; i <= 40; ++i) {
      AutoscaleView view = view_at(i * 15 * kS, 100);
      view.ready = ready;
      view.counters = &counters;
      replicas = policy->decide(view).replicas;
      for (int answers = 0; answers < 100; ++answers) {
        counters.ttft.add(ttft_s);
        counters.tpot.add(tpot_s);
      }
    }
    return replicas;
  };
  CHECK(after(0.9, 0.05, 4) == 16);  // within the limits and near one of them
  CHECK(after(3.0, 0.05, 4) > 50);   // ten windows at 0.8 times as much
  CHECK(after(0.2, 0.3, 4) > 50);    // the other limit
  CHECK(after(0.1, 0.01, 4) <= 10);  // ten windows at 1.1 times as much
  CHECK(after(3.0, 0.05, 3) == 16);  // a replica was missing: the wait says nothing
}

}  // namespace idlewatt
