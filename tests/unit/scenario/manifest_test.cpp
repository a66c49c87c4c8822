// Manifests of real autoscalers: what becomes of each line, and the answer to every mistake.
#include "scenario/manifest.hpp"

#include <map>
#include <string>
#include <vector>

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
  return scenario.pools[0].autoscaling.parameters.get(name);
}

}  // namespace

TEST_CASE("A HorizontalPodAutoscaler is policy hpa with its target, behavior and limits") {
  const Scenario scenario = read(kHpa);
  CHECK(scenario.warnings.empty());
  CHECK(scenario.pools[0].autoscaling.name == "hpa");
  CHECK(scenario.pools[0].replicas.minimum == 2);
  CHECK(scenario.pools[0].replicas.maximum == 6);
  CHECK(parameter(scenario, "metric") == 4.0);  // running
  CHECK(parameter(scenario, "target") == 8.0);
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
  CHECK(scenario.pools[0].replicas.minimum == 1);
}

TEST_CASE("The first metric that can be simulated counts, and percentages become shares") {
  const Scenario scenario =
      read(with(kHpa, "    - type: Pods\n",
                "    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}\n"
                "    - {type: Pods, pods: {metric: {name: DCGM_FI_DEV_GPU_UTIL}, target: {type: AverageValue, "
                "averageValue: 62500m}}}\n"
                "    - type: Pods\n"));
  CHECK(parameter(scenario, "metric") == 2.0);
  CHECK(parameter(scenario, "target") == Approx(0.625));
  CHECK(scenario.warnings == std::vector<std::string>{"m.yaml:9:7: warning: `spec.metrics[0]` has no meaning here",
                                                      "m.yaml:11:7: warning: `spec.metrics[2]` has no meaning here"});
}

TEST_CASE("Parameters beside a manifest take precedence, and name a metric that is not known") {
  const std::string other = with(kHpa, "vllm:num_requests_running", "my_own");
  const Scenario scenario = read(other, ", metric: queue, tolerance: 0.2");
  CHECK(parameter(scenario, "metric") == 1.0);
  CHECK(parameter(scenario, "target") == 8.0);
  CHECK(parameter(scenario, "tolerance") == 0.2);
  CHECK(read(kHpa, ", target: 3").pools[0].autoscaling.parameters.get("target") == 3.0);
}

TEST_CASE("A ScaledObject is policy keda") {
  const Scenario scenario = read(kKeda);
  CHECK(scenario.pools[0].autoscaling.name == "keda");
  CHECK(scenario.pools[0].replicas.minimum == 1);
  CHECK(scenario.pools[0].replicas.maximum == 5);
  CHECK(parameter(scenario, "metric") == 1.0);
  CHECK(parameter(scenario, "target") == 12.5);
  CHECK(parameter(scenario, "activation_threshold") == 3.0);
  CHECK(parameter(scenario, "polling_interval") == 20.0);
  CHECK(parameter(scenario, "cooldown") == 100.0);
  CHECK(scenario.warnings ==
        std::vector<std::string>{"m.yaml:12:18: warning: `spec.triggers[0].metadata.mode` has no meaning here"});
}

TEST_CASE("KEDA's defaults, its idle replica count, and the HorizontalPodAutoscaler below it") {
  const std::string bare =
      with(with(with(kKeda, "  minReplicaCount: 1\n", ""), "  maxReplicaCount: 5\n", ""), "mode: QueueLength, ", "");
  const Scenario defaults = read(bare);
  CHECK(defaults.pools[0].replicas.minimum == 0);
  CHECK(defaults.pools[0].replicas.maximum == 8);  // no limit but the pool's
  CHECK(defaults.warnings.empty());
  const Scenario idle = read(
      with(kKeda, "  minReplicaCount: 1\n",
           "  minReplicaCount: 2\n  idleReplicaCount: 0\n  fallback: {replicas: 6}\n"
           "  advanced: {restoreToOriginalReplicaCount: true, horizontalPodAutoscalerConfig: {behavior: {scaleDown: "
           "{selectPolicy: Disabled}}}}\n"));
  CHECK(idle.pools[0].replicas.minimum == 0);
  CHECK(parameter(idle, "active_min") == 2.0);
  CHECK(parameter(idle, "down_select") == 2.0);
  REQUIRE(idle.warnings.size() == 3);
  CHECK(idle.warnings[0] == "m.yaml:10:3: warning: `spec.fallback` has no meaning here");
  CHECK(idle.warnings[1] == "m.yaml:11:14: warning: `spec.advanced.restoreToOriginalReplicaCount` has no meaning here");
}

TEST_CASE("A query of KEDA's Prometheus trigger says what it counts") {
  const auto metric = [](const std::string& query) {
    return parameter(
        read(
            with(kKeda,
                 "    - type: rabbitmq\n      metadata: {mode: QueueLength, value: \"12.5\", activationValue: \"3\"}\n",
                 "    - {type: prometheus, metadata: {query: '" + query + "', threshold: \"4\"}}\n")),
        "metric");
  };
  CHECK(metric("sum(vllm:num_requests_waiting{app=\"x\"})") == 1.0);
  CHECK(metric("sum(vllm_num_requests_running)") == 4.0);
  CHECK(metric("sum(vllm:num_requests_waiting) + sum(vllm:num_requests_running)") == 0.0);  // ongoing
  CHECK(metric("sum(rate(http_requests_total[1m]))") == 5.0);
  CHECK(metric("sum(rate(vllm:generation_tokens_total[1m]))") == 3.0);
}

TEST_CASE("A Knative Service is policy knative-kpa") {
  const Scenario scenario = read(kKnative);
  CHECK(scenario.warnings.empty());
  CHECK(scenario.pools[0].autoscaling.name == "knative-kpa");
  CHECK(scenario.pools[0].replicas.minimum == 1);
  CHECK(scenario.pools[0].replicas.maximum == 7);
  CHECK(parameter(scenario, "target") == 20.0);  // not above the container's concurrency
  CHECK(parameter(scenario, "stable_window") == 90.0);
  CHECK(parameter(scenario, "panic_threshold_percentage") == 150.0);
  CHECK(parameter(scenario, "target_utilization_percentage") == 70.0);
}

TEST_CASE("Annotations alone will do, and what is only Knative's own is named") {
  const Scenario scenario = read(
      "autoscaling.knative.dev/class: kpa.autoscaling.knative.dev\n"
      "autoscaling.knative.dev/metric: rps\n"
      "autoscaling.knative.dev/max-scale: \"0\"\n"
      "autoscaling.knative.dev/target-burst-capacity: \"-1\"\n"
      "autoscaling.knative.dev/activation-scale: \"3\"\n");
  CHECK(parameter(scenario, "metric") == 1.0);
  CHECK(parameter(scenario, "target") == 200.0);
  CHECK(parameter(scenario, "activation_scale") == 3.0);
  CHECK(scenario.pools[0].replicas.minimum == 0);
  CHECK(scenario.pools[0].replicas.maximum == 8);
  CHECK(scenario.warnings ==
        std::vector<std::string>{
            "m.yaml:4:1: warning: `autoscaling.knative.dev/target-burst-capacity` has no meaning here"});
}

TEST_CASE("Mistakes in manifests get the manifest's line") {
  const std::string kinds =
      "; expected a `HorizontalPodAutoscaler` of `autoscaling/v2`, a `ScaledObject` of `keda.sh/v1alpha1`, a `Service` "
      "of `serving.knative.dev/v1`, or annotations `autoscaling.knative.dev/...` alone";
  const std::string metric =
      "expected one that idlewatt knows, such as `vllm:num_requests_running`, `vllm:num_requests_waiting`, "
      "`DCGM_FI_DEV_GPU_UTIL` or `http_requests_per_second`, or a `metric:` beside `manifest:`";
  CHECK(error("- 1\n") == "m.yaml:1:1: the manifest is no map" + kinds);
  CHECK(error("kind: Deployment\n") == "m.yaml:1:1: the manifest does not say its `apiVersion` and `kind`" + kinds);
  CHECK(error(with(kHpa, "autoscaling/v2", "autoscaling/v1")) ==
        "m.yaml:2:7: a `HorizontalPodAutoscaler` of `autoscaling/v1` cannot be read" + kinds);
  CHECK(error(with(kHpa, "vllm:num_requests_running", "my_own")) ==
        "m.yaml:9:5: no metric can be simulated (`my_own`); " + metric);
  CHECK(error(with(kHpa, "{type: AverageValue, averageValue: 8}", "{type: Value, value: 8}")) ==
        "m.yaml:12:17: the target is no average a pod; expected `{type: AverageValue, averageValue: ...}`");
  CHECK(error(with(kHpa, "averageValue: 8", "averageValue: 8q")) ==
        "m.yaml:12:52: `averageValue`: `8q` is no quantity; expected a Kubernetes quantity such as `16` or `500m`");
  CHECK(error(with(kHpa, "  maxReplicas: 6\n", "")) ==
        "m.yaml:5:3: key `maxReplicas` is missing in `spec`; expected a whole number");
  CHECK(error(with(kHpa, "selectPolicy: Min", "selectPolicy: min")) ==
        "m.yaml:15:21: unknown select policy `min`; expected one of `Max`, `Min`, `Disabled`; did you mean `Min`?");
  CHECK(error(with(kHpa, "type: Pods, value", "type: Percent, value")) ==
        "m.yaml:18:11: a second policy of type `Percent`; expected one of `Pods` and one of `Percent` at most");
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
  CHECK(error(with(kKeda, "type: rabbitmq", "type: cron"))
            .find("m.yaml:11:5: no trigger can be simulated; expected one of type `prometheus`") == 0);
  CHECK(error(with(kKeda, "value: \"12.5\", ", "")) ==
        "m.yaml:11:7: the trigger has no `metadata.value`; expected a number a replica");
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
