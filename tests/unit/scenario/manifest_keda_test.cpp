// ScaledObjects at work: what each scaler counts, several triggers, formulas, failures.
#include <algorithm>
#include <string>

#include "manifest_controller.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

std::string scaled_object(const std::string& triggers, const std::string& more = "") {
  return "apiVersion: keda.sh/v1alpha1\n"
         "kind: ScaledObject\n"
         "metadata: {name: a}\n"
         "spec:\n"
         "  scaleTargetRef: {name: a}\n"
         "  minReplicaCount: 1\n" +
         more + "  triggers:\n" + triggers;
}

std::string trigger(const std::string& type, const std::string& metadata, const std::string& name = "") {
  return "  - {type: " + type + (name.empty() ? "" : ", name: " + name) + ", metadata: {" + metadata + "}}\n";
}

std::string prometheus(const std::string& query, const std::string& threshold, const std::string& name = "") {
  return trigger("prometheus", "query: '" + query + "', threshold: \"" + threshold + "\"", name);
}

/// What the HorizontalPodAutoscaler below wants of two replicas, within what it may do at once.
std::int32_t wants(const std::string& manifest, const PoolState& state,
                   const std::vector<std::pair<std::string, double>>& more = {}) {
  return ManifestController(manifest_of(manifest), more).follows(state, 2, 330);
}

// 11 that nobody has taken, 5 being worked on.
const PoolState kQueue{.running = {3, 2}, .waiting = {11, 0}};

}  // namespace

TEST_CASE("keda manifest: queues count what their scaler counts") {
  const auto replicas = [](const std::string& type, const std::string& metadata) {
    return wants(scaled_object(trigger(type, metadata)), kQueue);
  };
  CHECK(replicas("aws-sqs-queue", "queueLength: \"4\"") == 4);  // 16 / 4
  CHECK(replicas("aws-sqs-queue", "queueLength: \"4\", scaleOnInFlight: \"false\"") == 3);
  CHECK(replicas("rabbitmq", "protocol: http, mode: QueueLength, value: \"4\"") == 4);
  CHECK(replicas("rabbitmq", "host: http://rabbit, mode: QueueLength, value: \"4\"") == 4);
  CHECK(replicas("rabbitmq", "protocol: http, mode: QueueLength, value: \"4\", excludeUnacknowledged: \"true\"") == 3);
  CHECK(replicas("rabbitmq", "protocol: amqp, mode: QueueLength, value: \"4\"") == 3);
  CHECK(replicas("rabbitmq", "protocol: amqp, queueLength: \"4\"") == 3);
  CHECK(replicas("azure-servicebus", "messageCount: \"4\"") == 4);
  CHECK(replicas("azure-queue", "queueLength: \"4\"") == 4);
  CHECK(replicas("azure-queue", "queueLength: \"4\", queueLengthStrategy: visibleonly") == 3);
  CHECK(replicas("redis", "listLength: \"4\"") == 3);
  CHECK(replicas("redis-streams", "pendingEntriesCount: \"4\"") == 2);
  CHECK(replicas("redis-streams", "lagCount: \"4\"") == 3);
  CHECK(replicas("kafka", "lagThreshold: \"4\", allowIdleConsumers: \"true\"") == 4);
  CHECK(replicas("kafka", "lagThreshold: \"4\", partitionLimitation: \"0,2-3\"") == 3);
  CHECK(wants(scaled_object(trigger("kafka", "lagThreshold: \"4\"")), kQueue, {{"partitions", 3}}) == 3);
}

TEST_CASE("keda manifest: default targets") {
  const auto target = [](const std::string& type, const std::string& metadata = "") {
    return manifest_of(scaled_object(trigger(type, metadata))).setup->triggers[0].target;
  };
  CHECK(target("aws-sqs-queue") == 5.0);
  CHECK(target("kafka") == 10.0);
  CHECK(target("redis") == 5.0);
  CHECK(target("azure-servicebus") == 5.0);
  CHECK(target("azure-queue") == 5.0);
  CHECK(target("gcp-pubsub") == 10.0);
  CHECK(target("nats-jetstream") == 10.0);
  CHECK(target("artemis-queue") == 10.0);
  CHECK(manifest_of(scaled_object(trigger("redis", ""))).maximum->count == 100);
}

TEST_CASE("keda manifest: of several triggers the largest number, whatever their order, and any activates") {
  const std::string small = prometheus("sum(vllm:num_requests_waiting)", "1000");
  const std::string large = prometheus("sum(vllm:num_requests_running)", "1");
  const PoolState state{.running = {2, 2}, .waiting = {1, 1}};
  CHECK(wants(scaled_object(small + large), state) == 4);
  CHECK(wants(scaled_object(large + small), state) == 4);
  std::string from_none = scaled_object(trigger("redis", "activationListLength: \"50\"") +
                                        trigger("rabbitmq", "protocol: amqp, value: \"5\", mode: QueueLength"));
  from_none.replace(from_none.find("minReplicaCount: 1"), 18, "minReplicaCount: 0");
  CHECK(ManifestController(manifest_of(from_none)).follows({.unrouted = 1}, 0) == 1);
}

TEST_CASE("keda manifest: a formula stands in place of its triggers") {
  const std::string triggers = prometheus("sum(vllm:num_requests_waiting)", "5", "waiting") +
                               prometheus("sum(vllm:num_requests_running)", "16", "running");
  const std::string modifiers =
      "  advanced: {scalingModifiers: {formula: \"running > 10 ? waiting + running : waiting\", target: \"8\"}}\n";
  CHECK(wants(scaled_object(triggers, modifiers), {.running = {10, 9}, .waiting = {5, 0}}) == 3);   // 24 / 8
  CHECK(wants(scaled_object(triggers, modifiers), {.running = {5, 4}, .waiting = {30, 10}}) == 4);  // 40 / 8, 4 at once
  // Its activation is its own.
  std::string zero = scaled_object(
      triggers, "  advanced: {scalingModifiers: {formula: waiting, target: \"8\", activationTarget: \"3\"}}\n");
  zero.replace(zero.find("minReplicaCount: 1"), 18, "minReplicaCount: 0");
  CHECK(ManifestController(manifest_of(zero)).follows({.unrouted = 3}, 0, 60) == 0);
  CHECK(ManifestController(manifest_of(zero)).follows({.unrouted = 4}, 0) == 1);
}

TEST_CASE("keda manifest: a query of several series fails, and after enough failures the fallback counts") {
  const std::string query = prometheus("vllm:num_requests_waiting", "5");
  CHECK(wants(scaled_object(query), {.waiting = {100, 100}}) == 2);  // nothing is known, nothing is scaled
  CHECK(ManifestController(manifest_of(scaled_object(query))).follows({.waiting = {100}}, 1) ==
        4);  // of one replica: one
  ManifestController fallback(manifest_of(scaled_object(query, "  fallback: {failureThreshold: 2, replicas: 3}\n")));
  CHECK(fallback.follows({.waiting = {0, 0}}, 2, 20) == 2);
  CHECK(fallback.follows({.waiting = {0, 0}}, 2, 30) == 3);
  // Of no series it is 0, or a failure.
  CHECK(wants(scaled_object(prometheus("sum(vllm:num_requests_running > 99)", "5")), {.running = {1, 1}}) == 1);
  const std::string nulls = trigger(
      "prometheus", "query: 'sum(vllm:num_requests_running > 99)', threshold: \"5\", ignoreNullValues: \"false\"");
  CHECK(wants(scaled_object(nulls), {.running = {1, 1}}) == 2);
}

TEST_CASE("keda manifest: a query that is empty without replicas never starts one, and says so") {
  const auto from_zero = [](const std::string& query) {
    std::string manifest = scaled_object(prometheus(query, "8"));
    manifest.replace(manifest.find("minReplicaCount: 1"), 18, "minReplicaCount: 0");
    return manifest_of(manifest);
  };
  const auto warns = [](const ScalingManifest& manifest) {
    return std::any_of(manifest.warnings.begin(), manifest.warnings.end(), [](const std::string& warning) {
      return warning.find("never starts one") != std::string::npos;
    });
  };
  const ScalingManifest stuck = from_zero("sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting)");
  CHECK(warns(stuck));
  CHECK(ManifestController(stuck).follows({.unrouted = 50}, 0, 300) == 0);
  const ScalingManifest starts =
      from_zero("(sum(vllm:num_requests_running) or vector(0)) + sum(vllm:num_requests_waiting)");
  CHECK_FALSE(warns(starts));
  CHECK(ManifestController(starts).follows({.unrouted = 50}, 0, 300) > 0);
}

TEST_CASE("keda manifest: metricType Value is not divided, cached metrics are those of the last poll") {
  std::string value = scaled_object(prometheus("avg(vllm:num_requests_waiting)", "5"));
  value.replace(value.find("{type: prometheus,"), 18, "{type: prometheus, metricType: Value,");
  CHECK(wants(value, {.waiting = {9, 10}}) == 4);  // 1.9 x 2
  std::string cached = scaled_object(prometheus("sum(vllm:num_requests_waiting)", "5"));
  cached.replace(cached.find("{type: prometheus,"), 18, "{type: prometheus, useCachedMetrics: true,");
  ManifestController controller(manifest_of(cached));
  controller.decide({.waiting = {10, 0}}, 2);  // polled: 10
  controller.wait(15, {});
  CHECK(controller.decide({.waiting = {40, 0}}, 2).replicas == 2);
  controller.wait(15, {});
  controller.decide({.waiting = {40, 0}}, 2);  // polled after the HorizontalPodAutoscaler looked
  controller.wait(15, {});
  CHECK(controller.decide({.waiting = {0, 0}}, 2).replicas == 4);
}

TEST_CASE("keda manifest: what a trigger needs and does not say is named") {
  const auto error = [](const std::string& triggers, const std::string& more = "") -> std::string {
    try {
      manifest_of(scaled_object(triggers, more));
    } catch (const InputError& problem) {
      return problem.what();
    }
    return "read";
  };
  const auto says = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  says(error(trigger("cron", "timezone: Mars/Base, start: 0 8 * * *, end: 0 9 * * *, desiredReplicas: 2")),
       "no zone `Mars/Base` is known");
  says(error(trigger("cron", "timezone: UTC, start: 0 8 * *, end: 0 9 * * *, desiredReplicas: 2")),
       "`start`: `0 8 * *` is no cron expression; expected five fields");
  says(error(trigger("kafka", "excludePersistentLag: \"true\"")), "asks for the lag of each partition");
  says(error(trigger("gcp-pubsub", "mode: OldestUnackedMessageAge")), "expected `SubscriptionSize`");
  says(error(trigger("redis-streams", "stream: s")), "the length of a stream is not simulated");
  says(error(trigger("external", "scalerAddress: a")), "a trigger of type `external` is not simulated");
  says(error(prometheus("sum(vllm:num_requests_waiting)", "0.0001")), "expected at least 0.001");
  says(error(prometheus("sum(vllm:num_requests_waiting)", "5"), "  fallback: {replicas: 3}\n"), "expected both");
  says(error(prometheus("sum(vllm:num_requests_waiting)", "5"),
             "  fallback: {failureThreshold: 3, replicas: 3, behavior: currentReplicas}\n"),
       "expected `static`");
  says(error(prometheus("sum(vllm:num_requests_waiting)", "5"), "  advanced: {scalingModifiers: {formula: a}}\n"),
       "`scalingModifiers` has no `formula` or no `target`");
}

}  // namespace idlewatt::test
