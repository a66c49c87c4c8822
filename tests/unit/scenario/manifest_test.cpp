// Manifests of real autoscalers: what becomes of each line, and the answer to every mistake.
#include "scenario/manifest/manifest.hpp"

#include <map>
#include <string>
#include <vector>

#include "policy/autoscale/scaling_setup.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

const std::string kHpa =
    "apiVersion: autoscaling/v2\n"                               // 1
    "kind: HorizontalPodAutoscaler\n"                            // 2
    "metadata: {name: chat, labels: {team: a}}\n"                // 3
    "spec:\n"                                                    // 4
    "  scaleTargetRef: {kind: Deployment, name: chat}\n"         // 5
    "  minReplicas: 2\n"                                         // 6
    "  maxReplicas: 6\n"                                         // 7
    "  metrics:\n"                                               // 8
    "    - type: Pods\n"                                         // 9
    "      pods:\n"                                              // 10
    "        metric: {name: \"vllm:num_requests_running\"}\n"    // 11
    "        target: {type: AverageValue, averageValue: 8}\n"    // 12
    "  behavior:\n"                                              // 13
    "    scaleUp:\n"                                             // 14
    "      selectPolicy: Min\n"                                  // 15
    "      policies:\n"                                          // 16
    "        - {type: Percent, value: 50, periodSeconds: 60}\n"  // 17
    "        - {type: Pods, value: 3, periodSeconds: 30}\n"      // 18
    "    scaleDown: {stabilizationWindowSeconds: 600}\n";        // 19

const std::string kKeda =
    "apiVersion: keda.sh/v1alpha1\n"                                                   // 1
    "kind: ScaledObject\n"                                                             // 2
    "metadata: {name: chat}\n"                                                         // 3
    "spec:\n"                                                                          // 4
    "  scaleTargetRef: {name: chat}\n"                                                 // 5
    "  pollingInterval: 20\n"                                                          // 6
    "  cooldownPeriod: 100\n"                                                          // 7
    "  minReplicaCount: 1\n"                                                           // 8
    "  maxReplicaCount: 5\n"                                                           // 9
    "  triggers:\n"                                                                    // 10
    "    - type: rabbitmq\n"                                                           // 11
    "      metadata: {mode: QueueLength, value: \"12.5\", activationValue: \"3\"}\n";  // 12

const std::string kKnative =
    "apiVersion: serving.knative.dev/v1\n"                                     // 1
    "kind: Service\n"                                                          // 2
    "metadata: {name: chat}\n"                                                 // 3
    "spec:\n"                                                                  // 4
    "  template:\n"                                                            // 5
    "    metadata:\n"                                                          // 6
    "      annotations:\n"                                                     // 7
    "        autoscaling.knative.dev/minScale: \"1\"\n"                        // 8
    "        autoscaling.knative.dev/max-scale: \"7\"\n"                       // 9
    "        autoscaling.knative.dev/target: \"50\"\n"                         // 10
    "        autoscaling.knative.dev/window: 1m30s\n"                          // 11
    "        autoscaling.knative.dev/panic-threshold-percentage: \"150.0\"\n"  // 12
    "    spec:\n"                                                              // 13
    "      containerConcurrency: 20\n";                                        // 14

/// The scenario with `manifest` beside it, and `more` beside `manifest:`.
template <class Use>
auto with_manifest(const std::string& manifest, const std::string& more, const std::string& replicas, Use use) {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  folder.write("m.yaml", manifest);
  const std::string text = with(with(kScenario, "    batching: {policy: continuous, max_sequences: 64}\n",
                                     "    autoscaling: {manifest: m.yaml" + more + "}\n"),
                                "{start: 2, min: 1, max: 8}", replicas);
  return use(folder, folder.write("s.yaml", text));
}

Scenario read(const std::string& manifest, const std::string& more = "") {
  return with_manifest(manifest, more, "{start: 2, min: 1, max: 8}", [](const Folder& folder, const std::string& path) {
    Scenario scenario = load_scenario(path, options_with()).front();
    for (std::string& warning : scenario.warnings) {
      warning = folder.relative(warning);
    }
    return scenario;
  });
}

std::string error(const std::string& manifest, const std::string& more = "",
                  const std::string& replicas = "{start: 2, min: 1, max: 8}") {
  return with_manifest(manifest, more, replicas, [](const Folder& folder, const std::string& path) -> std::string {
    try {
      load_scenario(path, options_with());
    } catch (const InputError& problem) {
      return folder.relative(problem.what());
    }
    return "no error";
  });
}

double parameter(const Scenario& scenario, const std::string& name) {
  return scenario.pools[PoolId(0)].autoscaling.parameters.get(name);
}

}  // namespace

TEST_CASE("A HorizontalPodAutoscaler is policy hpa with its target, behavior and limits") {
  const Scenario scenario = read(kHpa);
  CHECK(scenario.warnings.empty());
  CHECK(scenario.pools[PoolId(0)].autoscaling.name == "hpa");
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 2);
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 6);
  const ScalingSetup& setup = scaling_setup(scenario.pools[PoolId(0)].autoscaling.parameters);
  REQUIRE(setup.metrics.size() == 1);
  CHECK(setup.metrics[0].signal.metric == Metric::running);
  CHECK(setup.metrics[0].kind == HpaMetricSource::Kind::pods);
  CHECK(setup.metrics[0].target == 8.0);
  CHECK(parameter(scenario, "behavior") == 1.0);
  CHECK(parameter(scenario, "up_select") == 1.0);
  CHECK(parameter(scenario, "up_percent") == 50.0);
  CHECK(parameter(scenario, "up_percent_period") == 60.0);
  CHECK(parameter(scenario, "up_pods") == 3.0);
  CHECK(parameter(scenario, "up_period") == 30.0);
  CHECK(parameter(scenario, "up_stabilization") == 0.0);
  CHECK(parameter(scenario, "down_stabilization") == 600.0);
  CHECK(parameter(scenario, "down_percent") == 100.0);  // the default, for no policies are given
  CHECK(parameter(scenario, "tolerance") == 0.1);
}

TEST_CASE("Policies of a behavior stand in place of the defaults, and minReplicas is 1 by default") {
  const Scenario scenario =
      read(with(with(kHpa, "        - {type: Percent, value: 50, periodSeconds: 60}\n", ""), "  minReplicas: 2\n", ""));
  CHECK(parameter(scenario, "up_pods") == 3.0);
  CHECK(parameter(scenario, "up_percent") == 0.0);
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 1);
}

TEST_CASE("Without a behavior the older rule holds, and of two policies of one type both count") {
  const std::string without = kHpa.substr(0, kHpa.find("  behavior:"));
  CHECK(parameter(read(without), "behavior") == 2.0);
  const Scenario two = read(with(kHpa, "type: Pods, value: 3", "type: Percent, value: 7"));
  const ScalingSetup& setup = scaling_setup(two.pools[PoolId(0)].autoscaling.parameters);
  CHECK(parameter(two, "up_percent") == 50.0);
  REQUIRE(setup.more_up.size() == 1);
  CHECK(setup.more_up[0].value == 7.0);
  CHECK(setup.more_up[0].period == 30 * kTicksPerSecond);
}

TEST_CASE("All metrics count, each with its type and its target") {
  const Scenario scenario = read(with(
      kHpa, "    - type: Pods\n",
      "    - {type: External, external: {metric: {name: DCGM_FI_DEV_GPU_UTIL}, target: {type: AverageValue, "
      "averageValue: 62500m}}}\n"
      "    - {type: Object, object: {describedObject: {kind: Service, name: a}, metric: {name: queue_depth}, target: "
      "{type: Value, value: 30}}}\n"
      "    - type: Pods\n"));
  const auto& metrics = scaling_setup(scenario.pools[PoolId(0)].autoscaling.parameters).metrics;
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0].kind == HpaMetricSource::Kind::average);
  CHECK(metrics[0].signal.metric == Metric::utilisation);
  CHECK(metrics[0].target == 62.5);
  CHECK(metrics[1].kind == HpaMetricSource::Kind::value);
  CHECK(metrics[1].target == 30.0);
  CHECK(metrics[2].kind == HpaMetricSource::Kind::pods);
  REQUIRE(scenario.warnings.size() == 1);
  CHECK(scenario.warnings[0].find("m.yaml:10:") == 0);
  CHECK(scenario.warnings[0].find("the metric `queue_depth` is taken for `queue`, by its name") != std::string::npos);
}

TEST_CASE("minReplicas 0 needs a metric from outside the pods, and is said to need a feature gate") {
  const std::string zero = with(kHpa, "minReplicas: 2", "minReplicas: 0");
  CHECK(error(zero) ==
        "m.yaml:6:16: `minReplicas` is 0, and no metric is of type `External` or `Object`; expected one, "
        "which Kubernetes asks for, or at least 1");
  const Scenario scenario = read(with(with(zero, "type: Pods\n      pods:", "type: External\n      external:"),
                                      "vllm:num_requests_running", "tgi_queue_size"));
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 0);
  CHECK(parameter(scenario, "scale_to_zero") == 1.0);
  REQUIRE(scenario.warnings.size() == 1);
  CHECK(scenario.warnings[0].find("HPAScaleToZero") != std::string::npos);
}

TEST_CASE("Parameters beside a manifest take precedence, and name a metric that is not known") {
  const std::string other = with(kHpa, "vllm:num_requests_running", "my_own");
  const Scenario scenario = read(other, ", metric: queue, tolerance: 0.2");
  const auto& metrics = scaling_setup(scenario.pools[PoolId(0)].autoscaling.parameters).metrics;
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0].signal.metric == Metric::queue);
  CHECK(metrics[0].target == 8.0);
  CHECK(parameter(scenario, "tolerance") == 0.2);
  CHECK(scaling_setup(read(kHpa, ", target: 3").pools[PoolId(0)].autoscaling.parameters).metrics[0].target == 3.0);
  CHECK(error(with(kHpa, "    - type: Pods\n",
                   "    - {type: Pods, pods: {metric: {name: tgi_queue_size}, target: {averageValue: 1}}}\n    - type: "
                   "Pods\n"),
              ", target: 3")
            .find("`metric` or `target` stands beside a manifest of 2 metrics") != std::string::npos);
}

TEST_CASE("The one autoscaler of several documents is read, others are left aside") {
  const Scenario scenario = read("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n" + kHpa + "---\n");
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 6);
  CHECK(
      scenario.warnings ==
      std::vector<std::string>{"m.yaml:1:1: warning: a `Service` is left aside: the scenario says what a replica is"});
  CHECK(error(kHpa + "---\n" + kHpa).find("m.yaml:21:1: a second autoscaler begins here, the first one at line 1") ==
        0);
  CHECK(error("---\n---\n").find("the manifest is empty") != std::string::npos);
}

TEST_CASE("A ScaledObject is policy keda") {
  const Scenario scenario = read(kKeda);
  CHECK(scenario.pools[PoolId(0)].autoscaling.name == "keda");
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 1);
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 5);
  const auto& triggers = scaling_setup(scenario.pools[PoolId(0)].autoscaling.parameters).triggers;
  REQUIRE(triggers.size() == 1);
  CHECK(triggers[0].signal.metric == Metric::queue);  // over amqp
  CHECK(triggers[0].target == 12.5);
  CHECK(triggers[0].activation == 3.0);
  CHECK(parameter(scenario, "polling_interval") == 20.0);
  CHECK(parameter(scenario, "cooldown") == 100.0);
  CHECK(parameter(scenario, "behavior") == 2.0);
  REQUIRE(scenario.warnings.size() == 1);
  CHECK(scenario.warnings[0].find("does not say its `protocol`") != std::string::npos);
}

TEST_CASE("KEDA's defaults, its idle replica count, and the HorizontalPodAutoscaler below it") {
  const std::string bare =
      with(with(with(kKeda, "  minReplicaCount: 1\n", ""), "  maxReplicaCount: 5\n", ""), "mode: QueueLength, ", "");
  const Scenario defaults = read(bare);
  CHECK(defaults.pools[PoolId(0)].replicas.minimum == 0);
  CHECK(defaults.pools[PoolId(0)].replicas.maximum == 8);  // KEDA's 100 are more than the pool's
  REQUIRE(defaults.warnings.size() == 2);
  CHECK(defaults.warnings[1] ==
        "m.yaml:5:3: warning: `maxReplicaCount (100, KEDA's default)` is more than "
        "`replicas.max` of pool `chat`, 8, which stands");
  const Scenario idle = read(
      with(kKeda, "  minReplicaCount: 1\n",
           "  minReplicaCount: 2\n  idleReplicaCount: 0\n  fallback: {failureThreshold: 3, replicas: 6}\n"
           "  advanced: {restoreToOriginalReplicaCount: true, horizontalPodAutoscalerConfig: {behavior: {scaleDown: "
           "{selectPolicy: Disabled}}}}\n"));
  CHECK(idle.pools[PoolId(0)].replicas.minimum == 0);
  CHECK(parameter(idle, "active_min") == 2.0);
  CHECK(parameter(idle, "down_select") == 2.0);
  REQUIRE(idle.warnings.size() == 2);
  CHECK(idle.warnings[1].find("m.yaml:10:13: warning: `fallback` counts where a query gives several series") == 0);
  CHECK(scaling_setup(idle.pools[PoolId(0)].autoscaling.parameters).fallback->replicas == 6);
}

TEST_CASE("A query that gives several series is told, and one that cannot be read refused in its place") {
  const auto prometheus = [](const std::string& query) {
    return with(kKeda,
                "    - type: rabbitmq\n      metadata: {mode: QueueLength, value: \"12.5\", activationValue: \"3\"}\n",
                "    - {type: prometheus, metadata: {query: '" + query + "', threshold: \"4\"}}\n");
  };
  const Scenario several = read(prometheus("vllm:num_requests_waiting"));
  REQUIRE(several.warnings.size() == 1);
  CHECK(several.warnings[0].find("m.yaml:11:44: warning: the query gives one series for each replica") == 0);
  CHECK(error(prometheus("sum(topk(2, vllm:num_requests_waiting))"))
            .find("m.yaml:11:44: `query`, character 5 (`topk(2, vllm:num_requests_waiting))`): `topk` is not read") ==
        0);
}

TEST_CASE("A Knative Service is policy knative-kpa") {
  const Scenario scenario = read(kKnative);
  CHECK(scenario.warnings.empty());
  CHECK(scenario.pools[PoolId(0)].autoscaling.name == "knative-kpa");
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 1);
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 7);
  CHECK(parameter(scenario, "target") == 20.0);  // not above the container's concurrency
  CHECK(parameter(scenario, "stable_window") == 90.0);
  CHECK(parameter(scenario, "panic_threshold_percentage") == 150.0);
  CHECK(parameter(scenario, "target_utilization_percentage") == 70.0);
}

TEST_CASE("Annotations alone will do") {
  const Scenario scenario = read(
      "autoscaling.knative.dev/class: kpa.autoscaling.knative.dev\n"
      "autoscaling.knative.dev/metric: rps\n"
      "autoscaling.knative.dev/max-scale: \"0\"\n"
      "autoscaling.knative.dev/target-burst-capacity: \"-1\"\n"
      "autoscaling.knative.dev/activation-scale: \"3\"\n");
  CHECK(parameter(scenario, "metric") == 1.0);
  CHECK(parameter(scenario, "target") == 200.0);
  CHECK(parameter(scenario, "activation_scale") == 3.0);
  CHECK(scenario.pools[PoolId(0)].replicas.minimum == 0);
  CHECK(scenario.pools[PoolId(0)].replicas.maximum == 8);
  CHECK(parameter(scenario, "target_burst_capacity") == -1.0);
  CHECK(scenario.warnings.empty());
}

TEST_CASE("Mistakes in manifests get the manifest's line") {
  const std::string kinds =
      "; expected a `HorizontalPodAutoscaler` of `autoscaling/v2`, a `ScaledObject` of `keda.sh/v1alpha1`, a `Service` "
      "of `serving.knative.dev/v1`, an `InferenceService` of `serving.kserve.io/v1beta1`, a `RayService` of "
      "`ray.io/v1`, "
      "a configuration of Ray Serve, or annotations `autoscaling.knative.dev/...` alone";
  const std::string metric =
      "expected one such as `vllm:num_requests_running`, `vllm:num_requests_waiting`, `DCGM_FI_DEV_GPU_UTIL` or "
      "`http_requests_total`, or a `metric:` beside `manifest:`";
  CHECK(error("- 1\n") == "m.yaml:1:1: the manifest is no map" + kinds);
  CHECK(error("kind: Deployment\n") == "m.yaml:1:1: the manifest does not say its `apiVersion` and `kind`" + kinds);
  CHECK(
      error(with(kHpa, "autoscaling/v2", "autoscaling/v1")) ==
      "m.yaml:2:7: a `HorizontalPodAutoscaler` of `autoscaling/v1` cannot be read: it goes by the CPU alone, which is "
      "not simulated" +
          kinds);
  CHECK(error(with(kHpa, "vllm:num_requests_running", "my_own")) ==
        "m.yaml:11:24: the metric `my_own` is not simulated; " + metric);
  CHECK(error(with(kHpa, "{type: AverageValue, averageValue: 8}", "{type: Value, value: 8}")) ==
        "m.yaml:12:17: the target of a metric of type `Pods` has no `averageValue`; expected one");
  CHECK(error(with(kHpa, "averageValue: 8", "averageValue: 0")) ==
        "m.yaml:12:52: `averageValue` is `0`; expected at least 0.001, for Kubernetes counts in thousandths");
  CHECK(error(with(kHpa, "averageValue: 8", "averageValue: 8q")) ==
        "m.yaml:12:52: `averageValue`: `8q` is no quantity; expected a Kubernetes quantity such as `16` or `500m`");
  CHECK(error(with(kHpa, "  maxReplicas: 6\n", "")) ==
        "m.yaml:5:3: key `maxReplicas` is missing in `spec`; expected a whole number");
  CHECK(error(with(kHpa, "selectPolicy: Min", "selectPolicy: min")) ==
        "m.yaml:15:21: unknown select policy `min`; expected one of `Max`, `Min`, `Disabled`; did you mean `Min`?");
  CHECK(error(with(kHpa, "periodSeconds: 30", "periodSeconds: 3600")) ==
        "m.yaml:18:49: `periodSeconds`: `3600 s` is out of range; expected 1 s to 1800 s");
  CHECK(error(with(kHpa, "minReplicas: 2", "minReplicas: 7")) ==
        "m.yaml:6:16: `minReplicas` is 7, more than `maxReplicas`; expected at most 6");
  CHECK(
      error(kHpa, "", "{start: 8, min: 1, max: 8}") ==
      "m.yaml:7:16: pool `chat` starts with 8 replicas, and `maxReplicas` is 6; expected `replicas.start` from 2 to 6");
  CHECK(error(kHpa, ", polcy: hpa").find("s.yaml:13:37: unknown key `polcy` in autoscaling policy `hpa`") == 0);
  CHECK(error(kHpa, ", policy: hpa") ==
        "s.yaml:13:45: a manifest says which policy it is for; expected no `policy` beside `manifest`");
  CHECK(error(with(kKeda, "type: rabbitmq", "type: cpu"))
            .find("m.yaml:11:13: a trigger of type `cpu` is not simulated; expected one of `prometheus`") == 0);
  CHECK(
      error(with(kKeda, "type: rabbitmq", "type: cron")) ==
      "m.yaml:11:7: the trigger has no `metadata.timezone`; expected `timezone`, `start`, `end` and `desiredReplicas`");
  CHECK(error(with(kKeda, "metadata: {name: chat}",
                   "metadata: {name: chat, annotations: {autoscaling.keda.sh/paused: \"true\"}}"))
            .find("m.yaml:3:38: `autoscaling.keda.sh/paused` stops the autoscaler") == 0);
  CHECK(error(with(kKeda, "mode: QueueLength", "mode: DeliverGetRate"))
            .find("m.yaml:12:24: `mode` is `DeliverGetRate`; expected `QueueLength` or `MessageRate`") == 0);
  CHECK(error(with(kKeda, "mode: QueueLength", "mode: MessageRate, protocol: amqp"))
            .find("`mode: MessageRate` over `amqp`; expected `protocol: http`") != std::string::npos);
  CHECK(error(with(kKnative, "autoscaling.knative.dev/window", "autoscaling.knative.dev/windo"))
            .find("m.yaml:11:9: the annotation `autoscaling.knative.dev/windo` is not simulated") == 0);
  CHECK(error(with(kKeda, "value: \"12.5\", ", "")) ==
        "m.yaml:11:7: the trigger has no `metadata.value`; expected a number per replica");
  CHECK(error(with(kKeda, "pollingInterval: 20", "pollingInterval: soon")) ==
        "m.yaml:6:20: `pollingInterval`: `soon` does not begin with a number; expected a whole number such as `8`");
  CHECK(error(with(kKnative, "1m30s", "90")) ==
        "m.yaml:11:41: `window`: `90` is no duration; expected a duration such as `60s` or `1m30s`");
  CHECK(error(with(kKnative, "1m30s", "5s")) ==
        "m.yaml:11:41: `window`: `5 s` is out of range; expected 6 s to 3600 s");
  CHECK(error("autoscaling.knative.dev/class: hpa.autoscaling.knative.dev\n") ==
        "m.yaml:1:32: `class` is `hpa.autoscaling.knative.dev`; expected `kpa.autoscaling.knative.dev`");
}

TEST_CASE("Quantities of Kubernetes and durations of Go") {
  const auto node = [](const std::string& text) { return YamlNode{.kind = YamlNode::Kind::scalar, .scalar = text}; };
  for (const auto& [text, value] : std::map<std::string, double>{
           {"16", 16.0}, {"500m", 0.5}, {"2k", 2000.0}, {"1.5Ki", 1536.0}, {"0", 0.0}, {"1e3", 1000.0}}) {
    CHECK(read_kubernetes_quantity(node(text), "it") == Approx(value));
  }
  for (const auto& [text, value] : std::map<std::string, double>{
           {"60s", 60.0}, {"1h15m30s", 4530.0}, {"500ms", 0.5}, {"1.5h", 5400.0}, {"0s", 0.0}, {"0", 0.0}}) {
    CHECK(read_go_duration_s(node(text), "it") == Approx(value));
  }
  for (const char* text : {"", "-1", "x", "1 s", "nan", "inf", "16x"}) {
    CHECK_THROWS_AS(read_kubernetes_quantity(node(text), "it"), InputError);
    CHECK_THROWS_AS(read_go_duration_s(node(text), "it"), InputError);
  }
}

}  // namespace idlewatt::test
