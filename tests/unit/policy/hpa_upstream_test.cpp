// Numbers that Kubernetes' own tests assert, transcribed: kubernetes/kubernetes, pkg/controller/podautoscaler. Each
// section names the upstream test it comes from. Levels of CPU are given there in thousandths of a core of pods that
// ask for one core, and compared as whole percent; here they are percent, which is the same where the percentage is
// whole.
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "policy/autoscale/hpa_rule.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;
constexpr Ticks kMinute = 60 * kSecond;
constexpr HpaTolerance kTenPercent;

/// Levels of the pods that report, in thousandths.
HpaPods pods(const std::vector<std::int64_t>& levels, std::int32_t missing = 0, std::int32_t unready = 0) {
  HpaPods result{.missing = missing, .unready = unready};
  for (const std::int64_t level : levels) {
    result.sum_milli += level;
    ++result.reporting;
  }
  return result;
}

struct PodCase {
  const char* test;
  std::int32_t current;
  HpaPods pods;
  std::int64_t target;
  std::int32_t replicas;
  std::int64_t usage;
};

struct TotalCase {
  const char* test;
  std::int32_t current;
  std::int64_t total;
  std::int64_t target;
  std::int32_t ready;
  std::int32_t replicas;
  std::int64_t usage;
};

HpaDirection rules(std::int32_t pods, std::int32_t pods_period, std::int32_t percent, std::int32_t percent_period,
                   std::int32_t stabilization) {
  HpaDirection direction{.stabilization = stabilization * kSecond};
  if (pods != 0) {
    direction.policies.push_back({HpaScalingPolicy::Type::pods, 1.0 * pods, pods_period * kSecond});
  }
  if (percent != 0) {
    direction.policies.push_back({HpaScalingPolicy::Type::percent, 1.0 * percent, percent_period * kSecond});
  }
  return direction;
}

struct Past {
  std::int32_t minutes_ago;
  std::int32_t replicas;
};

HpaRecommendations log_of(const std::vector<Past>& past) {
  HpaRecommendations log;
  for (const Past& one : past) {
    log.add(-one.minutes_ago * kMinute, one.replicas);
  }
  return log;
}

const HpaDirection kUp = rules(4, 15, 100, 15, 0);     // GenerateHPAScaleUpRules(nil)
const HpaDirection kDown = rules(0, 0, 100, 15, 300);  // GenerateHPAScaleDownRules(nil)

}  // namespace

TEST_CASE("hpa upstream: replica_calculator_test.go, metrics of pods", "[hpa]") {
  const std::vector<PodCase> cases{
      {"TestReplicaCalcScaleUp", 3, pods({30, 50, 70}), 30, 5, 50},
      {"TestReplicaCalcScaleUpUnreadyLessScale", 3, pods({50, 70}, 0, 1), 30, 4, 60},
      {"TestReplicaCalcScaleUpHotCpuLessScale", 3, pods({50, 70}, 0, 1), 30, 4, 60},
      {"TestReplicaCalcScaleUpUnreadyNoScale", 3, pods({40}, 0, 2), 30, 3, 40},
      {"TestReplicaCalcScaleHotCpuNoScale", 3, pods({40}, 0, 2), 30, 3, 40},
      {"TestReplicaCalcScaleUpIgnoresFailedPods", 2, pods({50, 70}), 30, 4, 60},
      {"TestReplicaCalcScaleUpIgnoresDeletionPods", 2, pods({50, 70}), 30, 4, 60},
      {"TestReplicaCalcScaleUpCM", 3, pods({20000, 10000, 30000}), 15000, 4, 20000},
      {"TestReplicaCalcScaleUpCMUnreadyHotCpuNoLessScale", 3, pods({50000, 10000, 30000}), 15000, 6, 30000},
      {"TestReplicaCalcScaleUpCMUnreadyHotCpuScaleWouldScaleDown", 3, pods({50000, 15000, 30000}), 15000, 7, 31666},
      {"TestReplicaCalcScaleUpCMExternal", 1, pods({8600}), 4400, 2, 8600},
      {"TestReplicaCalcScaleUpCMExternalNoLabels", 1, pods({8600}), 4400, 2, 8600},
      {"TestReplicaCalcScaleDown", 5, pods({10, 30, 50, 25, 25}), 50, 3, 28},
      {"TestReplicaCalcScaleDownCM", 5, pods({12000, 12000, 12000, 12000, 12000}), 20000, 3, 12000},
      {"TestReplicaCalcScaleDownIncludeUnreadyPods", 5, pods({10, 30, 50}, 0, 2), 50, 2, 30},
      {"TestReplicaCalcScaleDownExcludeUnscheduledPods", 5, pods({10}, 0, 4), 50, 1, 10},
      {"TestReplicaCalcScaleDownIgnoreHotCpuPods", 5, pods({10, 30, 50}, 0, 2), 50, 2, 30},
      {"TestReplicaCalcScaleDownIgnoresFailedPods", 5, pods({10, 30, 50, 25, 25}), 50, 3, 28},
      {"TestReplicaCalcScaleDownIgnoresDeletionPods", 5, pods({10, 30, 50, 25, 25}), 50, 3, 28},
      {"TestReplicaCalcTolerance", 3, pods({101, 103, 102}), 100, 3, 102},
      {"TestReplicaCalcToleranceCM", 3, pods({20000, 21000, 21000}), 20000, 3, 20666},
      // The two levels beyond the four pods belong to no pod.
      {"TestReplicaCalcSuperfluousMetrics", 4, pods({400, 950, 300, 700}), 100, 24, 587},
      {"TestReplicaCalcMissingMetrics", 4, pods({40, 9}, 2), 100, 3, 24},  // 9.5 % is cut to 9
      // Upstream 2: for CPU a ratio of exactly 1 leaves missing pods out; for all other metrics they then count as 0.
      {"TestReplicaCalcMissingMetricsNoChangeEq", 2, pods({100}, 1), 100, 1, 100},
      {"TestReplicaCalcMissingMetricsNoChangeGt", 2, pods({190}, 1), 100, 2, 190},
      {"TestReplicaCalcMissingMetricsNoChangeLt", 2, pods({60}, 1), 100, 2, 60},
      {"TestReplicaCalcMissingMetricsUnreadyChange", 3, pods({45}, 1, 1), 50, 3, 45},
      {"TestReplicaCalcMissingMetricsHotCpuNoChange", 3, pods({45}, 1, 1), 50, 3, 45},
      {"TestReplicaCalcMissingMetricsUnreadyScaleUp", 3, pods({200}, 1, 1), 50, 4, 200},
      {"TestReplicaCalcMissingMetricsHotCpuScaleUp", 3, pods({200}, 1, 1), 50, 4, 200},
      // Upstream 3: for CPU a missing pod counts on the way down with all it asks for, 100 %, not with the target of 50
      // %.
      {"TestReplicaCalcMissingMetricsUnreadyScaleDown", 4, pods({10, 10}, 1, 1), 50, 2, 10},
      // metrics/utilization_test.go
      {"TestGetResourceUtilizationRatioBaseCase", 2, pods({50, 76}), 50, 3, 63},
      {"TestGetMetricUsageRatioBaseCase", 2, pods({5000, 10000}), 10000, 2, 7500},
  };
  for (const PodCase& c : cases) {
    INFO(c.test);
    const std::optional<HpaProposal> proposal = hpa_pods_metric(c.pods, c.target, kTenPercent, c.current);
    REQUIRE(proposal);
    CHECK(proposal->replicas == c.replicas);
    CHECK(proposal->usage_milli == c.usage);
  }
  // TestReplicaCalcEmptyMetrics: an error, no proposal.
  CHECK_FALSE(hpa_pods_metric(pods({}, 4), 100, kTenPercent, 4));
}

TEST_CASE("hpa upstream: replica_calculator_test.go, the edge of the tolerance", "[hpa]") {
  // TestReplicaCalcComputedToleranceAlgImplementation: 10 pods at 50 % of their requests; the target is calculated
  // there as 1 / (2 x 0.9) + 0.01 = 56 %, whose use is 0.88 of it: ceil(8.8) pods; at + 0.004, 55 %, it is 0.909, no
  // change.
  const HpaPods ten = pods(std::vector<std::int64_t>(10, 50));
  CHECK(hpa_pods_metric(ten, 56, kTenPercent, 10)->replicas == 9);
  CHECK(hpa_pods_metric(ten, 55, kTenPercent, 10)->replicas == 10);
}

TEST_CASE("hpa upstream: replica_calculator_test.go, object and external metrics", "[hpa]") {
  const std::vector<TotalCase> by_value{
      {"TestReplicaCalcScaleUpCMObject", 3, 20000, 15000, 3, 4, 20000},
      {"TestReplicaCalcScaleUpCMObjectIgnoresUnreadyPods", 3, 50000, 10000, 1, 5, 50000},
      {"TestReplicaCalcScaleUpCMExternalIgnoresUnreadyPods", 3, 8600, 4400, 1, 2, 8600},
      {"TestReplicaCalcScaleDownCMObject", 5, 12000, 20000, 5, 3, 12000},
      {"TestReplicaCalcScaleDownCMExternal", 5, 8600, 14334, 5, 3, 8600},
      {"TestReplicaCalcToleranceCMObject", 3, 20666, 20000, 3, 3, 20666},
      {"TestReplicaCalcToleranceCMExternal", 3, 8600, 8888, 3, 3, 8600},
  };
  for (const TotalCase& c : by_value) {
    INFO(c.test);
    const HpaProposal proposal = hpa_value_metric(c.total, c.target, kTenPercent, c.current, c.ready);
    CHECK(proposal.replicas == c.replicas);
    CHECK(proposal.usage_milli == c.usage);
  }
  const std::vector<TotalCase> a_pod{
      {"TestReplicaCalcScaleUpCMPerPodObject", 3, 20000, 5000, 0, 4, 6667},
      {"TestReplicaCalcScaleUpPerPodCMExternal", 3, 8600, 2150, 0, 4, 2867},
      {"TestReplicaCalcScaleDownPerPodCMObject", 5, 6000, 2000, 0, 3, 1200},
      {"TestReplicaCalcScaleDownPerPodCMExternal", 5, 8600, 2867, 0, 3, 1720},
      {"TestReplicaCalcTolerancePerPodCMObject", 4, 20166, 5000, 0, 4, 5042},
      {"TestReplicaCalcTolerancePerPodCMExternal", 3, 8600, 2900, 0, 3, 2867},
  };
  for (const TotalCase& c : a_pod) {
    INFO(c.test);
    const HpaProposal proposal = hpa_average_metric(c.total, c.target, kTenPercent, c.current);
    CHECK(proposal.replicas == c.replicas);
    CHECK(proposal.usage_milli == c.usage);
  }
}

TEST_CASE("hpa upstream: horizontal_test.go, without behavior", "[hpa]") {
  // TestConvertDesiredReplicasWithRules
  CHECK(hpa_limited(5, 7, 3, 8) == 7);
  CHECK(hpa_limited(3, 1, 2, 8) == 2);
  CHECK(hpa_limited(1, 0, 0, 10) == 0);
  CHECK(hpa_limited(20, 1000, 1, 10) == 10);
  CHECK(hpa_limited(3, 1000, 1, 2000) == 6);  // calculateScaleUpLimit(3)

  // TestNormalizeDesiredReplicas
  struct Case {
    std::vector<Past> past;
    std::int32_t wanted;
    std::int32_t stabilized;
    std::size_t length;
  };
  const std::vector<Case> cases{
      {{}, 5, 5, 1},
      {{{2, 4}, {1, 5}}, 3, 5, 3},
      {{{2, 1}, {1, 2}}, 3, 3, 3},
      {{{10, 10}, {9, 9}}, 3, 3, 2},
      {{{10, 10}, {1, 4}, {2, 5}, {9, 9}}, 3, 5, 4},
  };
  for (const Case& c : cases) {
    HpaRecommendations log = log_of(c.past);
    CHECK(log.stabilized(0, c.wanted, 5 * kMinute) == c.stabilized);
    CHECK(log.size() == c.length);
  }
}

TEST_CASE("hpa upstream: horizontal_test.go, TestNormalizeDesiredReplicasWithBehavior", "[hpa]") {
  struct Case {
    std::vector<Past> past;
    std::int32_t current;
    std::int32_t wanted;
    std::int32_t up_s;
    std::int32_t down_s;
    std::int32_t stabilized;
    std::size_t length;
  };
  const std::vector<Case> cases{
      {{}, 100, 5, 0, 0, 5, 1},
      {{{2, 4}, {1, 5}}, 100, 3, 0, 180, 5, 3},
      {{{2, 4}, {1, 5}}, 1, 7, 300, 0, 4, 3},
      {{{2, 1}, {1, 2}}, 100, 3, 300, 0, 3, 3},
      {{{2, 4}, {1, 5}}, 1, 3, 0, 300, 3, 3},
      {{{10, 10}, {9, 9}}, 100, 3, 0, 0, 3, 2},
      {{{10, 10}, {9, 9}}, 1, 100, 0, 0, 100, 2},
      {{{10, 10}, {1, 4}, {2, 5}, {9, 9}}, 100, 3, 0, 180, 5, 4},
      {{{100, 10}, {1, 6}, {2, 5}, {3, 9}}, 1, 100, 300, 0, 5, 4},
  };
  for (const Case& c : cases) {
    HpaRecommendations log = log_of(c.past);
    const HpaBehavior behavior{.up = {.stabilization = c.up_s * kSecond},
                               .down = {.stabilization = c.down_s * kSecond}};
    CHECK(log.stabilized(0, c.current, c.wanted, behavior) == c.stabilized);
    CHECK(log.size() == c.length);
  }
}

TEST_CASE("hpa upstream: horizontal_test.go, TestStoreScaleEvents", "[hpa]") {
  struct Event {
    std::int32_t seconds_ago;
    std::int32_t replicas;
  };
  struct Kept {
    std::int32_t replicas;
    bool outdated;
  };
  struct Case {
    std::vector<Event> past;
    HpaDirection direction;
    std::int32_t change_in_60_s;
    std::vector<Kept> kept;
  };
  const std::vector<Case> cases{
      {{}, rules(10, 60, 100, 60, 0), 0, {{5, false}}},
      {{{61, 7}}, rules(10, 60, 100, 60, 0), 0, {{5, false}}},
      {{{58, 7}}, rules(10, 60, 100, 60, 0), 7, {{7, false}, {5, false}}},
      {{{61, 7}, {59, 6}}, rules(10, 60, 0, 0, 0), 6, {{5, false}, {6, false}}},
      {{{29, 8}, {59, 6}, {61, 7}, {61, 9}},
       rules(10, 60, 100, 30, 0),
       14,
       {{8, false}, {6, false}, {7, true}, {5, false}}},
      {{{58, 7}, {59, 6}}, rules(10, 120, 100, 30, 0), 13, {{7, false}, {6, false}, {5, false}}},
  };
  for (const Case& c : cases) {
    const HpaBehavior behavior{.up = c.direction, .down = c.direction};
    HpaBehavior forgetful = behavior;  // stores without forgetting, whatever the order
    for (HpaDirection* direction : {&forgetful.up, &forgetful.down}) {
      direction->policies.push_back({HpaScalingPolicy::Type::pods, 1, 3600 * kSecond});
    }
    HpaChanges up;
    HpaChanges down;
    for (const Event& event : c.past) {
      up.store(-event.seconds_ago * kSecond, 100, 100 + event.replicas, forgetful);
      down.store(-event.seconds_ago * kSecond, 100, 100 - event.replicas, forgetful);
    }
    CHECK(up.growth(0, kMinute) == c.change_in_60_s);
    CHECK(down.growth(0, kMinute) == -c.change_in_60_s);
    up.store(0, 10, 15, behavior);
    down.store(0, 10, 5, behavior);
    for (const std::vector<HpaChanges::Change>& changes : {up.added(), down.removed()}) {
      REQUIRE(changes.size() == c.kept.size());
      for (std::size_t i = 0; i < changes.size(); ++i) {
        CHECK(changes[i].replicas == c.kept[i].replicas);
        CHECK(changes[i].outdated == c.kept[i].outdated);
      }
    }
  }
}

TEST_CASE("hpa upstream: horizontal_test.go, limits of one direction", "[hpa]") {
  // TestCalculateScaleUpLimitWithScalingRules, TestCalculateScaleDownLimitWithBehaviors
  HpaBehavior behavior{.up = rules(2, 60, 50, 60, 300), .down = rules(2, 60, 50, 60, 300)};
  behavior.up.select = HpaSelect::min;
  behavior.down.select = HpaSelect::min;
  CHECK(HpaChanges().limited(0, 1, 99, 0, 99, behavior) == 2);
  CHECK(HpaChanges().limited(0, 5, 0, 0, 99, behavior) == 3);
}

TEST_CASE("hpa upstream: horizontal_test.go, TestScalingWithRules", "[hpa]") {
  struct Case {
    const char* name;
    std::vector<std::int32_t> up_events;
    std::vector<std::int32_t> down_events;
    std::int32_t minimum;
    std::int32_t maximum;
    HpaDirection up;
    HpaDirection down;
    std::int32_t current;
    std::int32_t wanted;
    std::int32_t replicas;
  };
  const std::vector<std::int32_t> none;
  const std::vector<std::int32_t> few{1, 5, 9};
  const std::vector<std::int32_t> even{2, 4, 6};
  const std::vector<std::int32_t> tens{10, 10, 10};
  const std::vector<std::int32_t> many{8, 12, 9, 11};
  const std::vector<Case> cases{
      {"within range", none, none, 3, 8, kUp, kDown, 5, 7, 7},
      {"< minReplicas", none, none, 2, 8, kUp, kDown, 3, 1, 2},
      {"within range when minReplicas is 0", none, none, 0, 10, kUp, kDown, 1, 0, 0},
      {"maxReplicas < scaleUpLimit", none, none, 1, 10, kUp, kDown, 20, 1000, 10},
      {"more than the maximum", none, none, 100, 150, kUp, kDown, 100, 1000, 150},
      {"scaleUpLimit with user policies", none, none, 1, 2000, rules(0, 0, 1, 60, 0), kDown, 3, 1000, 4},
      {"scaleDownLimit with user policies", none, none, 3, 2000, kUp, rules(20, 60, 0, 0, 0), 1000, 3, 980},
      {"scaleUp with default behavior", none, none, 1, 1000, kUp, kDown, 10, 50, 20},
      {"pods larger than percent", none, none, 1, 1000, rules(100, 60, 100, 60, 0), kDown, 10, 500, 110},
      {"percent larger than pods", none, none, 1, 1000, rules(2, 60, 100, 60, 0), kDown, 10, 500, 20},
      {"large pod policy", none, none, 1, 1000, rules(100, 60, 0, 0, 0), kDown, 10, 50, 50},
      {"large percent policy", none, none, 1, 1000, rules(10000, 60, 0, 0, 0), kDown, 10, 50, 50},
      {"pod policy limitation", none, none, 1, 1000, rules(30, 60, 0, 0, 0), kDown, 10, 50, 40},
      {"percent policy limitation", none, none, 1, 1000, rules(0, 0, 200, 60, 0), kDown, 10, 50, 30},
      {"down, percent larger than pods", none, none, 1, 1000, kUp, rules(20, 60, 1, 60, 300), 100, 2, 80},
      {"down, pods larger than percent", none, none, 1, 1000, kUp, rules(2, 60, 1, 60, 300), 100, 2, 98},
      {"down, minReplicas=nil, large pod policy", none, none, 1, 1000, kUp, rules(100, 60, 0, 0, 300), 10, 0, 1},
      {"down, minReplicas, large percent policy", none, none, 5, 1000, kUp, rules(0, 0, 100, 60, 300), 10, 2, 5},
      {"down, pod policy", none, none, 1, 1000, kUp, rules(5, 60, 0, 0, 300), 10, 2, 5},
      {"down, percent policy", none, none, 1, 1000, kUp, rules(0, 0, 50, 60, 300), 10, 5, 5},
      {"up, maxReplicas, large pods and events", few, none, 1, 200, rules(300, 60, 0, 0, 0), kDown, 100, 500, 200},
      {"up, maxReplicas, large percent and events", few, none, 1, 200, rules(0, 0, 10000, 60, 0), kDown, 100, 500, 200},
      {"up, a lot of recent events", few, none, 1, 1000, rules(5, 120, 0, 0, 0), kDown, 100, 500, 100},
      {"up, pod policy and events", few, none, 1, 1000, rules(150, 120, 0, 0, 0), kDown, 100, 500, 235},
      {"up, percent policy and events", few, none, 1, 1000, rules(0, 0, 200, 120, 0), kDown, 100, 500, 255},
      {"down, default policy and events", none, few, 1, 1000, kUp, kDown, 10, 5, 5},
      {"down, minReplicas=nil, large pods, events", none, few, 1, 1000, kUp, rules(115, 120, 0, 0, 300), 100, 0, 1},
      {"down, minReplicas, large pods, events", none, few, 5, 1000, kUp, rules(130, 120, 0, 0, 300), 100, 0, 5},
      {"down, minReplicas, large percent, events", none, few, 5, 1000, kUp, rules(0, 0, 100, 120, 300), 100, 2, 5},
      {"down, pod policy and events", none, few, 1, 1000, kUp, rules(5, 120, 0, 0, 300), 100, 2, 100},
      {"down, percent policy and events", none, even, 1, 1000, kUp, rules(0, 0, 50, 120, 300), 100, 0, 56},
      {"down, events preventing it", none, tens, 1, 1000, kUp, rules(0, 0, 10, 120, 300), 100, 0, 100},
      {"down, events still allowing it", none, tens, 1, 1000, kUp, rules(0, 0, 1000, 120, 300), 10, 5, 5},
      {"outdated, one policy up", many, none, 1, 1000, rules(1000, 60, 0, 0, 0), kDown, 100, 200, 200},
      {"not outdated, two policies up", many, none, 1, 1000, rules(1000, 120, 100, 60, 0), kDown, 100, 200, 200},
      {"outdated, two policies up", many, none, 1, 1000, rules(1000, 30, 100, 60, 0), kDown, 100, 200, 200},
      {"outdated, one policy down", none, many, 1, 1000, kUp, rules(1000, 60, 0, 0, 300), 100, 5, 5},
      {"not outdated, two policies down", none, many, 1, 1000, kUp, rules(1000, 120, 100, 60, 300), 100, 5, 5},
      {"outdated, two policies down", none, many, 1, 1000, kUp, rules(1000, 30, 100, 60, 300), 100, 5, 5},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    // Events are spread evenly over 120 s, each in the middle of its part (generateEventsUniformDistribution).
    HpaChanges changes;
    const HpaBehavior remembers_all{.up = rules(1, 3600, 0, 0, 0), .down = rules(1, 3600, 0, 0, 0)};
    const auto store = [&](const std::vector<std::int32_t>& events, std::int32_t sign) {
      for (std::size_t i = 0; i < events.size(); ++i) {
        const double part = 120.0 / static_cast<double>(events.size());
        const Ticks at = -to_ticks(120.0 - part * (static_cast<double>(i) + 0.5));
        changes.store(at, 100, 100 + sign * events[i], remembers_all);
      }
    };
    store(c.up_events, 1);
    store(c.down_events, -1);
    const HpaBehavior behavior{.up = c.up, .down = c.down};
    CHECK(changes.limited(0, c.current, c.wanted, c.minimum, c.maximum, behavior) == c.replicas);
  }
}

}  // namespace idlewatt
