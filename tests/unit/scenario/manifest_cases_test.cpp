// The manifests of ../shared/cases/manifests, each against what its expected.md says; skipped where they are absent.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "manifest_controller.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"

namespace idlewatt::test {
namespace {

std::string folder() {
  return source_dir() + "/../shared/cases/manifests/";
}

bool absent() {
  if (std::filesystem::is_directory(folder())) {
    return false;
  }
  WARN("skipped: there are no ../shared/cases/manifests beside the repository");
  return true;
}

ScalingManifest manifest(const std::string& name) {
  return read_scaling_manifest(parse_yaml_documents(read_text_file(folder() + name + "/manifest.yaml"), name), {});
}

ManifestController of(const std::string& name, const std::vector<std::pair<std::string, double>>& more = {}) {
  return ManifestController(manifest(name), more);
}

std::string refusal(const std::string& name) {
  try {
    manifest(name);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr double kSixMinutes = 360.0;

}  // namespace

TEST_CASE("cases: HorizontalPodAutoscalers of one metric", "[cases]") {
  if (absent()) {
    return;
  }
  CHECK(of("01-hpa-pods-waiting").follows({.waiting = {12, 9, 6}}, 3) == 6);
  CHECK(of("01-hpa-pods-waiting").follows({.waiting = {5, 5, 6}}, 3) == 3);
  CHECK(of("01-hpa-pods-waiting").manifest().maximum->count == 8);
  CHECK(of("01-hpa-pods-waiting").follows({.waiting = each(8, 0)}, 8, kSixMinutes) == 1);
  // 10 are above the manifest's limit of 8, so that the rule is asked with a wider one.
  ScalingManifest wide = manifest("01-hpa-pods-waiting");
  wide.maximum->count = 20;
  CHECK(ManifestController(wide).follows({.waiting = {15, 15}, .starting = 8}, 10, kSixMinutes) == 10);

  CHECK(of("02-hpa-external-average").follows({.running = {8, 8, 8}, .starting = 1}, 4, kSixMinutes) == 3);
  CHECK(of("02-hpa-external-average").follows({.running = {8, 8, 8, 9}}, 4, kSixMinutes) == 4);
  CHECK(of("02-hpa-external-average").follows({.starting = 3}, 3, kSixMinutes) == 1);

  CHECK(of("03-hpa-external-value").follows({.waiting = {12, 11, 11, 11}}, 4) == 6);
  CHECK(of("03-hpa-external-value").follows({.waiting = each(4, 8)}, 4) == 4);
  CHECK(of("03-hpa-external-value").follows({.waiting = {10, 10, 10, 5, 5, 5}}, 6) == 9);

  CHECK(of("05-hpa-object-average").follows({.ready = 4, .arrivals_per_s = 130}, 4, 15) == 7);
  CHECK(of("05-hpa-object-average").follows({.ready = 6, .arrivals_per_s = 130}, 6, 60) == 6);

  CHECK(of("17-hpa-dcgm-small-letters").follows({.busy = {0.95, 0.97}}, 2) == 3);
  CHECK(of("17-hpa-dcgm-small-letters").follows({.busy = {0.85, 0.85}}, 2) == 2);

  CHECK(of("18-hpa-type-and-key-disagree").follows({.running = each(3, 8)}, 3) == 5);
  CHECK(of("19-hpa-averagevalue-milli").follows({.waiting = each(4, 3)}, 4) == 8);
}

TEST_CASE("cases: HorizontalPodAutoscalers of several metrics, behaviors and forms", "[cases]") {
  if (absent()) {
    return;
  }
  CHECK(of("07-hpa-two-pods-metrics").follows({.running = each(4, 30), .waiting = each(4, 2)}, 4) == 6);
  CHECK(of("07-hpa-two-pods-metrics").follows({.running = each(4, 10), .waiting = each(4, 6)}, 4) == 8);
  ScalingManifest swapped = manifest("07-hpa-two-pods-metrics");
  std::swap(swapped.setup->metrics[0], swapped.setup->metrics[1]);
  CHECK(ManifestController(swapped).follows({.running = each(4, 30), .waiting = each(4, 2)}, 4) == 6);

  ManifestController slow = of("09-hpa-behavior-slow");
  CHECK(slow.follows({.waiting = each(4, 13)}, 4) == 5);
  slow.wait(60, {});
  CHECK(slow.follows({.waiting = each(5, 13)}, 5) == 6);
  ManifestController down = of("09-hpa-behavior-slow");
  CHECK(down.follows({.waiting = each(20, 0)}, 20, 130) == 18);
  down.wait(60, {});
  CHECK(down.follows({.waiting = each(18, 0)}, 18) == 16);

  CHECK(of("10-hpa-tolerance-per-direction").follows({.running = each(10, 21)}, 10) == 11);
  CHECK(of("10-hpa-tolerance-per-direction").follows({.running = each(10, 15)}, 10, kSixMinutes) == 10);
  CHECK(of("10-hpa-tolerance-per-direction").follows({.running = each(10, 13)}, 10, kSixMinutes) == 7);

  CHECK(of("11-hpa-scale-down-disabled").follows({.waiting = each(9, 0)}, 9, 3600) == 9);
  ManifestController up = of("11-hpa-scale-down-disabled");
  CHECK(up.follows({.waiting = each(3, 50)}, 3) == 7);
  up.wait(15, {});
  CHECK(up.follows({.waiting = each(7, 50)}, 7) == 14);

  CHECK(of("13-hpa-list-of-kinds").follows({.running = each(3, 24)}, 3) == 5);
  ManifestController second = of("14-hpa-second-document");
  CHECK(second.follows({.waiting = {10, 10}}, 2) == 4);
  second.wait(15, {});
  CHECK(second.follows({.waiting = each(4, 10)}, 4) == 5);
  CHECK(of("15-hpa-v2beta2").follows({.waiting = each(3, 9)}, 3) == 6);
  CHECK(says(manifest("15-hpa-v2beta2").warnings.at(0), "gone from Kubernetes 1.26"));
}

TEST_CASE("cases: ScaledObjects on Prometheus", "[cases]") {
  if (absent()) {
    return;
  }
  CHECK(of("21-keda-prom-avg").follows({.waiting = each(4, 10)}, 4, kSixMinutes) == 2);
  CHECK(says(manifest("21-keda-prom-avg").warnings.at(0), "divides by the replicas once more"));
  CHECK(of("22-keda-prom-max").follows({.running = {30, 10, 2}}, 3, kSixMinutes) == 2);

  ManifestController rate = of("23-keda-prom-rate");
  rate.follows({.ready = 1, .arrivals_per_s = 1.3}, 1, 120);
  ManifestController steady = of("23-keda-prom-rate");
  const PoolState busy{.ready = 1, .arrivals_per_s = 1.3};
  for (int look = 0; look < 24; ++look) {
    steady.decide(busy, 1);
    steady.wait(5, busy);
  }
  CHECK(steady.follows(busy, 1) == 3);
  ManifestController burst = of("23-keda-prom-rate");
  const PoolState quiet{.ready = 1};
  for (int look = 0; look < 21; ++look) {
    burst.decide(quiet, 1);
    burst.wait(5, quiet);
  }
  burst.decide(quiet, 1);
  burst.wait(15, {.ready = 1, .arrivals_per_s = 4});
  CHECK(burst.follows({.ready = 1, .arrivals_per_s = 4}, 1) == 1);

  CHECK(of("25-keda-prom-sum-of-two").follows({.running = {20, 10, 10}, .waiting = {4, 4, 4}}, 3) == 3);
  CHECK(of("25-keda-prom-sum-of-two").follows({.running = {20, 10, 10}, .waiting = {8, 6, 6}}, 3) == 4);
  CHECK(of("27-keda-prom-max-per-cap").follows({.running = {230, 100, 90}}, 3) == 4);
  CHECK(of("27-keda-prom-max-per-cap").follows({.running = {200, 100, 90}}, 3, kSixMinutes) == 3);
  CHECK(of("49-keda-trigger-authentication").follows({.running = {20, 20}}, 2) == 3);
  CHECK(of("63-dynamo-frontend-metric").follows({.waiting = {12, 13}}, 2) == 3);
  // KV usage: a share in percent, and a formula with a condition on it.
  CHECK(of("26-keda-prom-percent").follows({.kv_usage = {0.84, 0.84, 0.84, 0.84, 0.84}}, 5) == 6);
  CHECK(of("26-keda-prom-percent").follows({.kv_usage = {0.72, 0.72, 0.72, 0.72, 0.72}}, 5, kSixMinutes) == 5);
  CHECK(of("42-keda-scaling-modifiers-ternary")
            .follows({.waiting = {3, 3, 3, 3}, .kv_usage = {0.95, 0.95, 0.95, 0.95}}, 4) == 6);
  CHECK(of("42-keda-scaling-modifiers-ternary")
            .follows({.waiting = {3, 3, 3, 3}, .kv_usage = {0.5, 0.5, 0.5, 0.5}}, 4, kSixMinutes) == 2);
}

TEST_CASE("cases: ScaledObjects on queues", "[cases]") {
  if (absent()) {
    return;
  }
  const PoolState taken{.running = {6, 6}, .waiting = {3, 0}};  // 3 that nobody has taken, 12 in flight
  CHECK(of("29-keda-sqs-default").follows(taken, 2) == 3);
  CHECK(of("29-keda-sqs-default").follows({.running = {4}}, 1, 3600) == 1);
  ManifestController visible = of("30-keda-sqs-visible-only");
  CHECK(visible.follows(taken, 2, kSixMinutes) == 1);
  ManifestController working = of("30-keda-sqs-visible-only");
  working.decide(taken, 1);
  CHECK(working.follows({.running = {4}}, 1, 60) == 0);

  CHECK(of("31-keda-kafka-lag", {{"partitions", 8}}).follows({.waiting = {100, 10, 10, 10}}, 4) == 8);
  CHECK(of("31-keda-kafka-lag", {{"partitions", 8}}).follows({.waiting = {10, 5, 5, 5}}, 4, kSixMinutes) == 3);
  CHECK(says(manifest("31-keda-kafka-lag").warnings.at(0), "at most one replica for each partition"));

  const PoolState rabbits{.running = {6, 5, 5}, .waiting = {4, 0, 0}};
  CHECK(of("33-keda-rabbitmq-http").follows(rabbits, 3) == 4);
  CHECK(of("34-keda-rabbitmq-amqp").follows(rabbits, 3, kSixMinutes) == 1);
  CHECK(of("35-keda-rabbitmq-message-rate").follows({.ready = 1, .arrivals_per_s = 12}, 1) == 3);
  CHECK(of("35-keda-rabbitmq-message-rate").follows({.waiting = {7}}, 1, 3600) == 1);

  CHECK(of("37-keda-redis-default").follows({.waiting = {12}}, 1) == 3);
  CHECK(of("37-keda-redis-default").follows({.waiting = each(60, 0), .unrouted = 2000}, 60) == 100);
  CHECK(of("38-keda-servicebus").follows({.running = {5, 4}, .waiting = {4, 4}}, 2) == 4);
}

TEST_CASE("cases: ScaledObjects with all that KEDA adds", "[cases]") {
  if (absent()) {
    return;
  }
  // Wednesday 5 June 2024, noon in Berlin, which is two hours ahead of UTC.
  constexpr std::int64_t kNoon = 1'717'581'600;
  ManifestController noon = of("39-keda-cron");
  noon.start_unix_s = kNoon;
  CHECK(noon.follows({.ready = 5}, 5, 600) == 5);
  ManifestController evening = of("39-keda-cron");
  evening.start_unix_s = kNoon + 8 * 3600 - 60;
  CHECK(evening.follows({.ready = 5}, 5, 300) == 5);
  CHECK(evening.follows({.ready = 5}, 5, 120) == 0);
  ManifestController monday = of("39-keda-cron");
  monday.start_unix_s = kNoon - 2 * 86400 - 4 * 3600 - 60;  // 07:59
  CHECK(monday.goes({}, 0, 300) == std::vector<std::int32_t>{1, 4, 5});
  ManifestController winter = of("39-keda-cron");
  winter.start_unix_s = 1'705'302'000 - 60;  // Monday 15 January 2024, 07:59 in Berlin, one hour ahead
  CHECK(winter.goes({}, 0, 300) == std::vector<std::int32_t>{1, 4, 5});

  CHECK(of("41-keda-scaling-modifiers").follows({.running = {19, 0, 0, 0}, .waiting = {5, 0, 0, 0}}, 4, kSixMinutes) ==
        3);

  CHECK(of("43-keda-fallback").follows({.waiting = {23, 0, 0, 0}}, 4) == 5);
  CHECK(says(manifest("43-keda-fallback").warnings.at(0), "`fallback` counts where"));
  ScalingManifest failing = manifest("43-keda-fallback");
  failing.setup->triggers[0].signal = failing.setup->triggers[0].signal.operands[0];  // two series: a failure
  ManifestController down(failing);
  CHECK(down.follows({.waiting = {0, 0}}, 2, 30) == 2);  // three failures
  down.wait(15, {});
  CHECK(down.follows({.waiting = {0, 0}}, 2) == 4);
  down.wait(15, {});
  CHECK(down.follows({.waiting = each(4, 0)}, 4) == 6);

  CHECK(of("45-keda-idle-replicas").follows({.unrouted = 1}, 0) == 2);
  ManifestController idle = of("45-keda-idle-replicas");
  idle.decide({.waiting = {1, 0, 0, 0, 0}}, 5);
  CHECK(idle.follows({.waiting = each(5, 0)}, 5, 100) == 5);
  CHECK(idle.follows({.waiting = each(5, 0)}, 5, 60) == 0);
  CHECK(of("45-keda-idle-replicas").follows({.waiting = {1, 0, 0, 0, 0}}, 5, kSixMinutes) == 2);

  ManifestController behavior = of("46-keda-hpa-behavior");
  CHECK(behavior.follows({.waiting = {100, 0, 0}}, 3, 15) == 3);
  CHECK(behavior.follows({.waiting = {100, 0, 0}}, 3, 30) == 5);
  CHECK(behavior.now_s() == 30.0);
  CHECK(behavior.follows({.waiting = {100, 0, 0, 0, 0}}, 5, 30) == 7);
  CHECK(behavior.now_s() == 60.0);

  CHECK(of("47-keda-activation").follows({.unrouted = 3}, 0, 600) == 0);
  CHECK(of("47-keda-activation").follows({.unrouted = 4}, 0) == 1);
  ManifestController activation = of("47-keda-activation");
  activation.decide({.waiting = {4, 0}}, 2);
  CHECK(activation.follows({.waiting = {3, 0}}, 2, 330) == 0);
  CHECK(activation.now_s() == 300.0);
}

TEST_CASE("cases: Knative, KServe and Ray", "[cases]") {
  if (absent()) {
    return;
  }
  const auto service = of("51-knative-service-concurrency");
  CHECK(service.manifest().maximum->count == 12);
  CHECK(of("51-knative-service-concurrency").follows({.running = {8, 8, 7, 7}}, 4, 90) == 6);
  ManifestController quiet = of("51-knative-service-concurrency");
  quiet.follows({.running = {1}}, 1, 10);
  CHECK(quiet.follows({.running = {0}}, 1, 89) == 1);
  CHECK(quiet.follows({.running = {0}}, 1, 60) == 0);

  ManifestController panic = of("53-knative-panic");
  panic.follows({.running = {5, 4}}, 2, 120);
  // The short window fills within 6 s: its mean is then 40, that of the long one about 12.
  std::int32_t wanted = 0;
  for (int look = 0; look < 4; ++look) {
    wanted = panic.decide({.running = {20, 20}}, 2).replicas;
    panic.wait(2, {});
  }
  CHECK(wanted == 6);
  CHECK(panic.follows({.running = {2, 2, 2, 2, 1, 1}}, 6, 50) == 6);

  CHECK(of("55-kserve-isvc-knative-scaling").follows({.running = {7, 6}}, 2, 60) == 5);
  ManifestController none = of("55-kserve-isvc-knative-scaling");
  none.follows({.running = {1}}, 1, 10);
  CHECK(none.follows({.running = {0}}, 1, 120) == 0);

  CHECK(of("57-rayservice-llm").follows({.running = {75, 75}}, 2, 40) == 3);
  CHECK(of("57-rayservice-llm").follows({.running = {20, 10, 10}}, 3, 620) == 1);
  CHECK(of("57-rayservice-llm").follows({.running = {150, 150}}, 2, 40) == 4);
  CHECK(of("58-ray-serve-config-factors").follows({.running = each(4, 20)}, 4, 20) == 7);
  CHECK(of("58-ray-serve-config-factors").follows({.running = {8, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, 10, 140) == 6);
}

TEST_CASE("cases: what cannot be simulated is refused by its name", "[cases]") {
  if (absent()) {
    return;
  }
  CHECK(says(refusal("06-hpa-resource-cpu"), "the resource `cpu` of the pods is not simulated; expected a metric"));
  CHECK(says(refusal("50-keda-scaledjob"), "a `ScaledJob` of `keda.sh/v1alpha1` cannot be read: it starts jobs"));
  CHECK(says(refusal("54-knative-hpa-class"), "`class` is `hpa.autoscaling.knative.dev`"));
  CHECK(says(refusal("59-aibrix-apa"), "AIBrix' rules are not simulated, nor is its metric `gpu_cache_usage_perc`"));
  CHECK(says(refusal("61-aibrix-optimizer"), "its number is made elsewhere, by `optimizer:8080`"));
  CHECK(says(refusal("62-wva-variant-and-hpa"),
             "`wva_desired_replicas` is not simulated: it is a number that another controller makes"));
}

TEST_CASE("cases: a fleet is not taken for an autoscaler", "[cases]") {
  if (absent()) {
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    const std::string name = entry.path().filename().string();
    if (!says(name, "-fleet-") || !std::filesystem::exists(entry.path() / "manifest.yaml")) {
      continue;
    }
    INFO(name);
    const std::string text = read_text_file((entry.path() / "manifest.yaml").string());
    const bool has_autoscaler = says(text, "HorizontalPodAutoscaler") || says(text, "ScaledObject") ||
                                says(text, "InferenceService\n") || says(text, "scaleMetric");
    if (!has_autoscaler) {
      CHECK(says(refusal(name), "; expected "));
    }
  }
}

}  // namespace idlewatt::test
