// Sources: kedacore/keda, pkg/scalers: what each scaler counts, its keys and defaults.
#include "scenario/manifest/keda_triggers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/autoscale/cron.hpp"
#include "scenario/manifest/metrics.hpp"
#include "scenario/manifest/promql.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// What of a queue a scaler counts.
enum class Counted {
  waiting,  ///< messages that nobody has taken
  all,      ///< these and the ones that are being worked on, not settled yet
  running,  ///< the ones that are being worked on alone
};

Signal over_pool(Metric metric) {
  Signal signal;
  signal.kind = Signal::Kind::over_pool;
  signal.metric = metric;
  return signal;
}

Signal queue_signal(Counted counted) {
  switch (counted) {
    case Counted::waiting:
      return over_pool(Metric::queue);
    case Counted::all:
      return over_pool(Metric::ongoing);
    case Counted::running:
      break;
  }
  return over_pool(Metric::running);
}

/// A scaler of a queue: its keys for target and activation, its default target, what it counts by default, and where
/// that is said otherwise.
struct QueueScaler {
  std::string_view type;
  const char* target;
  double default_target;  ///< 0: must be given
  const char* activation;
  Counted counted;
  const char* switch_key = nullptr;    ///< a key whose value says otherwise
  std::string_view switch_value = {};  ///< this one
  Counted switched = Counted::waiting;
};

constexpr std::array<QueueScaler, 10> kQueues{{
    {"aws-sqs-queue", "queueLength", 5, "activationQueueLength", Counted::all, "scaleOnInFlight", "false",
     Counted::waiting},
    {"kafka", "lagThreshold", 10, "activationLagThreshold", Counted::all},
    {"redis", "listLength", 5, "activationListLength", Counted::waiting},
    {"redis-cluster", "listLength", 5, "activationListLength", Counted::waiting},
    {"redis-sentinel", "listLength", 5, "activationListLength", Counted::waiting},
    {"azure-servicebus", "messageCount", 5, "activationMessageCount", Counted::all},
    {"azure-queue", "queueLength", 5, "activationQueueLength", Counted::all, "queueLengthStrategy", "visibleonly",
     Counted::waiting},
    {"gcp-pubsub", "value", 10, "activationValue", Counted::all},
    {"nats-jetstream", "lagThreshold", 10, "activationLagThreshold", Counted::all},
    {"artemis-queue", "queueLength", 10, "activationQueueLength", Counted::all},
}};

/// Keys that say where a source is and how to get at it, not what it counts.
constexpr std::array kAddressKeys{"serverAddress",
                                  "namespace",
                                  "metricName",
                                  "authModes",
                                  "customHeaders",
                                  "unsafeSsl",
                                  "timeout",
                                  "cortexOrgID",
                                  "queryParameters",
                                  "host",
                                  "hostFromEnv",
                                  "queueName",
                                  "vhostName",
                                  "queueURL",
                                  "queueURLFromEnv",
                                  "awsRegion",
                                  "awsEndpoint",
                                  "identityOwner",
                                  "bootstrapServers",
                                  "consumerGroup",
                                  "topic",
                                  "version",
                                  "address",
                                  "addressFromEnv",
                                  "addresses",
                                  "listName",
                                  "databaseIndex",
                                  "enableTLS",
                                  "passwordFromEnv",
                                  "username",
                                  "usernameFromEnv",
                                  "hosts",
                                  "ports",
                                  "sentinelMaster",
                                  "connectionFromEnv",
                                  "connection",
                                  "topicName",
                                  "subscriptionName",
                                  "accountName",
                                  "cloud",
                                  "endpointSuffix",
                                  "credentialsFromEnv",
                                  "account",
                                  "stream",
                                  "consumer",
                                  "natsServerMonitoringEndpoint",
                                  "sasl",
                                  "tls",
                                  "managementEndpoint",
                                  "brokerName",
                                  "brokerAddress",
                                  "queueOwner",
                                  "restApiTemplate",
                                  "workloadIdentity",
                                  "port",
                                  "federated",
                                  "metricLabels",
                                  "pageSize",
                                  "useRegex",
                                  "operation",
                                  "allowIdleConsumersFromEnv",
                                  "offsetResetPolicy"};

class TriggerReading {
 public:
  TriggerReading(Manifest& manifest, const YamlNode& trigger, const BesideManifest& beside, ScalingManifest& result)
      : manifest_(manifest), trigger_(trigger), beside_(beside), result_(result) {}

  KedaTrigger read() {
    const YamlNode* type = manifest_.take(&trigger_, "type");
    if (type == nullptr) {
      fail(trigger_.place, "the trigger has no `type`; expected one such as `prometheus`");
    }
    metadata_ = manifest_.take(&trigger_, "metadata");
    for (const char* key : kAddressKeys) {
      manifest_.take_whole(metadata_, {key});
    }
    KedaTrigger trigger;
    if (type->scalar == "prometheus") {
      trigger = prometheus();
    } else if (type->scalar == "cron") {
      trigger = cron();
    } else if (type->scalar == "rabbitmq") {
      trigger = rabbitmq();
    } else if (type->scalar == "redis-streams") {
      trigger = redis_streams();
    } else {
      trigger = queue(*type);
    }
    if (beside_.metric) {
      trigger.signal = over_pool(*beside_.metric);
      trigger.cron.reset();
    }
    if (beside_.target) {
      trigger.target = *beside_.target;
    }
    return trigger;
  }

 private:
  const YamlNode* take(const char* key) { return manifest_.take(metadata_, key); }
  std::string word(const char* key, const std::string& otherwise) {
    const YamlNode* node = take(key);
    return node == nullptr ? otherwise : node->scalar;
  }
  bool flag(const char* key, bool otherwise) {
    const YamlNode* node = take(key);
    return node == nullptr ? otherwise : manifest_flag(*node, key);
  }

  /// The target and the activation, whose keys differ from scaler to scaler.
  void limits(KedaTrigger& trigger, const char* target, double otherwise, const char* activation) {
    const YamlNode* node = take(target);
    if (node == nullptr && otherwise == 0.0) {
      fail(trigger_.place, "the trigger has no `metadata." + std::string(target) + "`; expected a number per replica");
    }
    trigger.target = node == nullptr ? otherwise : checked_target(manifest_number(*node, target), *node, target);
    if (const YamlNode* active = take(activation)) {
      trigger.activation = manifest_number(*active, activation);
    }
  }

  KedaTrigger prometheus() {
    KedaTrigger trigger;
    limits(trigger, "threshold", 0.0, "activationThreshold");
    trigger.null_is_failure = !flag("ignoreNullValues", true);
    const YamlNode* query = take("query");
    if (beside_.metric) {
      return trigger;
    }
    if (query == nullptr) {
      fail(trigger_.place,
           "the trigger has no `metadata.query`; expected one such as `sum(vllm:num_requests_waiting)`");
    }
    const PrometheusQuery read = parse_promql(*query);
    trigger.signal = read.signal;
    if (read.several_series) {
      result_.warn(query->place,
                   "the query gives one series for each replica, and KEDA takes one alone: with several replicas it "
                   "fails, and nothing is scaled; expected `sum(...)` around it");
    }
    note_average(*query, trigger.signal);
    if (read.engine_metrics && result_.minimum.count == 0) {
      result_.warn(query->place,
                   "no engine reports while there is no replica: what waits for one is counted as waiting, as if "
                   "something before the replicas reported it");
      if (says_nothing_of_waiting_requests(trigger.signal)) {
        result_.warn(
            query->place,
            "without a replica the query is empty although requests wait, so that it never starts one; expected "
            "`or vector(0)` behind what no replica reports, such as `(sum(vllm:num_requests_running) or "
            "vector(0)) + ...`");
      }
    }
    return trigger;
  }

  /// Whether a query has no value for a pool without replicas in which requests wait.
  static bool says_nothing_of_waiting_requests(const Signal& signal) {
    AutoscaleView view;
    view.now = kTicksPerSecond;
    view.maximum = 1;
    view.outstanding = view.queued = view.unrouted = 100;
    SignalHistory history;
    history.expect(signal);
    history.look(view);
    const SignalValue value = history.evaluate(signal, view);
    return !value.is_scalar && value.series.empty();
  }

  /// An average that is divided by the replicas once more points the wrong way.
  void note_average(const YamlNode& query, const Signal& signal) {
    const YamlNode* type = trigger_.find("metricType");
    const bool divided = type == nullptr || type->scalar == "AverageValue";
    if (divided && signal.kind == Signal::Kind::aggregate && signal.aggregation == Signal::Aggregation::avg) {
      result_.warn(query.place,
                   "the query is an average, which `metricType: AverageValue` divides by the replicas once more; "
                   "`metricType: Value` does not");
    }
  }

  KedaTrigger cron() {
    KedaTrigger trigger{.target = 1.0};
    const auto need = [&](const char* key) -> const YamlNode& {
      const YamlNode* node = take(key);
      if (node == nullptr) {
        fail(trigger_.place, "the trigger has no `metadata." + std::string(key) +
                                 "`; expected `timezone`, `start`, `end` "
                                 "and `desiredReplicas`");
      }
      return *node;
    };
    const YamlNode& zone_node = need("timezone");
    const bool is_utc = zone_node.scalar == "Etc/UTC" || zone_node.scalar == "GMT";
    const std::optional<TimeZone> zone = is_utc ? TimeZone() : find_time_zone(zone_node.scalar);
    if (!zone) {
      fail(zone_node.place, "`timezone`: no zone `" + zone_node.scalar.substr(0, 60) + "` is known" +
                                expected_names(zone_node.scalar, time_zone_names()));
    }
    const auto expression = [&](const char* key) {
      const YamlNode& node = need(key);
      std::string problem;
      const std::optional<CronExpression> read = CronExpression::parse(node.scalar, problem);
      if (!read) {
        fail(node.place, "`" + std::string(key) + "`: `" + node.scalar.substr(0, 60) + "` " + problem);
      }
      return *read;
    };
    const CronExpression start = expression("start");
    const CronExpression end = expression("end");
    trigger.cron = CronWindow{.zone = *zone,
                              .start = start,
                              .end = end,
                              .replicas = manifest_count(need("desiredReplicas"), "desiredReplicas")};
    return trigger;
  }

  KedaTrigger rabbitmq() {
    KedaTrigger trigger;
    const YamlNode* host = metadata_ == nullptr ? nullptr : metadata_->find("host");
    const bool http_host = host != nullptr && host->scalar.rfind("http", 0) == 0;
    std::string protocol = word("protocol", "auto");
    if (protocol == "auto") {
      protocol = http_host ? "http" : "amqp";
      if (host == nullptr) {
        result_.warn(trigger_.place,
                     "the trigger does not say its `protocol`, nor its `host`: taken for `amqp`, over "
                     "which messages that are being worked on are not counted");
      }
    }
    const YamlNode* mode_node = take("mode");
    const YamlNode* old_length = take("queueLength");
    const std::string mode = mode_node == nullptr ? "QueueLength" : mode_node->scalar;
    const bool ready_alone = flag("excludeUnacknowledged", false);
    if (old_length != nullptr && mode_node == nullptr) {
      trigger.target = checked_target(manifest_number(*old_length, "queueLength"), *old_length, "queueLength");
      if (const YamlNode* active = take("activationValue")) {
        trigger.activation = manifest_number(*active, "activationValue");
      }
    } else {
      limits(trigger, "value", 0.0, "activationValue");
    }
    const Counted counted = protocol == "http" && !ready_alone ? Counted::all : Counted::waiting;
    if (mode == "QueueLength") {
      trigger.signal = queue_signal(counted);
    } else if (mode == "MessageRate") {
      if (protocol != "http") {
        fail(mode_node->place, "`mode: MessageRate` over `amqp`; expected `protocol: http`, which alone knows rates");
      }
      trigger.signal = over_pool(Metric::rate);
      trigger.also_active = queue_signal(counted);
    } else {
      fail(mode_node->place, "`mode` is `" + mode.substr(0, 60) + "`; expected `QueueLength` or `MessageRate`");
    }
    return trigger;
  }

  KedaTrigger redis_streams() {
    KedaTrigger trigger;
    const bool pending = metadata_ != nullptr && metadata_->find("pendingEntriesCount") != nullptr;
    const bool lag = metadata_ != nullptr && metadata_->find("lagCount") != nullptr;
    if (!pending && !lag) {
      fail(trigger_.place, "the length of a stream is not simulated; expected `pendingEntriesCount` or `lagCount`");
    }
    limits(trigger, lag ? "lagCount" : "pendingEntriesCount", 0.0, "activationLagCount");
    trigger.signal = queue_signal(lag ? Counted::waiting : Counted::running);
    return trigger;
  }

  KedaTrigger queue(const YamlNode& type) {
    const auto scaler =
        std::find_if(kQueues.begin(), kQueues.end(), [&](const QueueScaler& q) { return q.type == type.scalar; });
    if (scaler == kQueues.end()) {
      if (beside_.metric && beside_.target) {
        return {};
      }
      fail(type.place, "a trigger of type `" + type.scalar.substr(0, 60) + "` is not simulated" +
                           expected_names(type.scalar, types()));
    }
    KedaTrigger trigger;
    limits(trigger, scaler->target, scaler->default_target, scaler->activation);
    Counted counted = scaler->counted;
    if (scaler->switch_key != nullptr && word(scaler->switch_key, "") == scaler->switch_value) {
      counted = scaler->switched;
    }
    trigger.signal = queue_signal(counted);
    if (type.scalar == "aws-sqs-queue") {
      manifest_.take_whole(metadata_, {"scaleOnDelayed"});  // no message is delayed here
    }
    if (type.scalar == "gcp-pubsub") {
      pubsub_mode();
    }
    if (type.scalar == "kafka") {
      kafka(trigger);
    }
    return trigger;
  }

  void pubsub_mode() {
    const YamlNode* mode = take("mode");
    if (mode != nullptr && mode->scalar != "SubscriptionSize" && mode->scalar != "NumUndeliveredMessages") {
      fail(mode->place, "`mode` is `" + mode->scalar.substr(0, 60) + "`; expected `SubscriptionSize`, the default");
    }
  }

  /// At most one replica a partition, unless idle consumers are allowed.
  void kafka(KedaTrigger& trigger) {
    for (const char* key : {"excludePersistentLag", "limitToPartitionsWithLag", "ensureEvenDistributionOfPartitions"}) {
      const YamlNode* node = take(key);
      if (node != nullptr && manifest_flag(*node, key)) {
        fail(node->place, "`" + std::string(key) +
                              "` asks for the lag of each partition, which is not simulated; expected "
                              "`false`, the default");
      }
    }
    manifest_.take_whole(metadata_, {"scaleToZeroOnInvalidOffset"});
    if (flag("allowIdleConsumers", false)) {
      return;
    }
    trigger.one_replica_a_partition = true;
    if (const YamlNode* limitation = take("partitionLimitation");
        limitation != nullptr && !limitation->scalar.empty()) {
      result_.set("partitions", partitions_in(*limitation), *limitation, "partitionLimitation");
      return;
    }
    result_.warn(trigger_.place,
                 "KEDA starts at most one replica for each partition of the topic, whose number the manifest does not "
                 "say; expected `partitions:` beside `manifest:`");
  }

  /// "1,2,10-12" are 5.
  static double partitions_in(const YamlNode& node) {
    double count = 0.0;
    std::string_view rest = node.scalar;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), part.size() + 1));
      int from = 0;
      int to = 0;
      const char* end = part.data() + part.size();
      auto [next, error] = std::from_chars(part.data(), end, from);
      to = from;
      if (error == std::errc() && next != end && *next == '-') {
        std::tie(next, error) = std::pair(std::from_chars(next + 1, end, to).ptr, std::errc());
      }
      if (error != std::errc() || next != end || to < from || to > 1'000'000) {
        fail(node.place, "`partitionLimitation` is no list of partitions; expected one such as `1,2,10-20`");
      }
      count += to - from + 1;
    }
    return count;
  }

  static std::vector<std::string> types() {
    std::vector<std::string> names{"prometheus", "cron", "rabbitmq", "redis-streams"};
    for (const QueueScaler& scaler : kQueues) {
      names.emplace_back(scaler.type);
    }
    return names;
  }

  Manifest& manifest_;
  const YamlNode& trigger_;
  const BesideManifest& beside_;
  ScalingManifest& result_;
  const YamlNode* metadata_ = nullptr;
};

}  // namespace

KedaTrigger read_keda_trigger(Manifest& manifest, const YamlNode& trigger, const BesideManifest& beside,
                              ScalingManifest& result) {
  return TriggerReading(manifest, trigger, beside, result).read();
}

bool manifest_flag(const YamlNode& node, const std::string& label) {
  if (node.scalar != "true" && node.scalar != "false") {
    fail(node.place, "`" + label + "` is `" + node.scalar.substr(0, 60) + "`; expected `true` or `false`");
  }
  return node.scalar == "true";
}

}  // namespace idlewatt
