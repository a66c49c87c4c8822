// Deployments and what is like them: a pod, so many times.
#include <fmt/core.h>

#include "manifests/found_kinds.hpp"

namespace idlewatt {
namespace {

void state_replicas(FoundPool& pool, const std::optional<Stated>& stated) {
  pool.replicas_stated = stated;
  if (stated) {
    pool.replicas = count_of(*stated, 0);
  }
}

void take_part_of_name(FoundPool& pool) {
  const Stated* part = pool.arguments.find(Setting::part);
  if (part == nullptr) {
    return;
  }
  const std::string word = plain_name(part->text);
  if (word == "prefill") {
    pool.part = ServerPart::prefill;
  } else if (word == "decode") {
    pool.part = ServerPart::decode;
  }
}

/// The pods of a StatefulSet stand for one server where its arguments spread one over several nodes.
void take_nodes(FoundPool& pool) {
  const Stated* nodes = pool.arguments.find(Setting::nodes);
  const int pods = nodes == nullptr ? 1 : count_of(*nodes, 1, 1024);
  if (pods > 1 && pool.replicas % pods == 0) {
    pool.pods = pods;
    pool.pods_stated = *nodes;
    pool.replicas /= pods;
  }
}

}  // namespace

void find_deployment(const ManifestDocument& document, KindContext& context) {
  const YamlNode* spec = below(document.root, {"spec", "template", "spec"});
  FoundPool pool = pool_of(document);
  if (spec == nullptr || !read_server(read_pod(*spec, context.maps), context.maps, pool)) {
    return;
  }
  state_replicas(pool, stated_below(document.root, {"spec", "replicas"}));
  if (document.kind == "StatefulSet") {
    take_nodes(pool);
  }
  take_part_of_name(pool);
  context.fleet.pools.push_back(std::move(pool));
}

void find_leader_worker_set(const ManifestDocument& document, KindContext& context) {
  const YamlNode* worker = below(document.root, {"spec", "leaderWorkerTemplate", "workerTemplate", "spec"});
  const YamlNode* leader = below(document.root, {"spec", "leaderWorkerTemplate", "leaderTemplate", "spec"});
  FoundPool pool = pool_of(document);
  const YamlNode* first = leader == nullptr ? worker : leader;
  if (first == nullptr) {
    return;
  }
  pool.pods_stated = stated_below(document.root, {"spec", "leaderWorkerTemplate", "size"});
  pool.pods = pool.pods_stated ? count_of(*pool.pods_stated, 1) : 1;
  Pod pod = read_pod(*first, context.maps);
  for (Container& container : pod.containers) {  // the controller sets it in every container
    container.variables.try_emplace("LWS_GROUP_SIZE", Stated{std::to_string(pool.pods), first->place, "size"});
  }
  if (!read_server(pod, context.maps, pool)) {
    return;
  }
  state_replicas(pool, stated_below(document.root, {"spec", "replicas"}));
  take_part_of_name(pool);
  context.fleet.pools.push_back(std::move(pool));
}

void find_knative_service(const ManifestDocument& document, KindContext& context) {
  const YamlNode* spec = below(document.root, {"spec", "template", "spec"});
  FoundPool pool = pool_of(document);
  if (spec == nullptr || !read_server(read_pod(*spec, context.maps), context.maps, pool)) {
    return;
  }
  for (const auto& [key, stated] : map_below(document.root, {"spec", "template", "metadata", "annotations"})) {
    if (key == "autoscaling.knative.dev/initial-scale" || key == "autoscaling.knative.dev/initialScale") {
      state_replicas(pool, stated);
    }
  }
  pool.scaler = document.root;
  context.fleet.pools.push_back(std::move(pool));
}

void find_storm_service(const ManifestDocument& document, KindContext& context) {
  const auto all = stated_below(document.root, {"spec", "replicas"});
  const int groups = all ? count_of(*all, 0) : 1;
  for (const YamlNode* role : list_below(document.root, {"spec", "template", "spec", "roles"})) {
    const YamlNode* spec = below(*role, {"template", "spec"});
    FoundPool pool = pool_of(document);
    const std::string name = text_below(*role, {"name"});
    pool.name += "-" + name;
    pool.object += fmt::format(", role `{}`", name);
    pool.place = role->place;
    if (spec == nullptr || !read_server(read_pod(*spec, context.maps), context.maps, pool)) {
      continue;
    }
    state_replicas(pool, stated_below(*role, {"replicas"}));
    pool.replicas *= groups;
    pool.part = name == "prefill" ? ServerPart::prefill : name == "decode" ? ServerPart::decode : ServerPart::all;
    context.fleet.pools.push_back(std::move(pool));
  }
}

void find_dynamo_graph(const ManifestDocument& document, KindContext& context) {
  const YamlNode* services = below(document.root, {"spec", "services"});
  if (services == nullptr) {
    return;
  }
  for (const YamlEntry& service : services->entries) {
    const YamlNode& node = service.value;
    const std::string type = text_below(node, {"componentType"});
    const std::string sub = text_below(node, {"subComponentType"});
    if (type == "frontend" || type == "planner") {
      if (type == "planner") {
        context.fleet.unsimulated.push_back(sentence_at(
            service.key_place, fmt::format("`{}`: Dynamo's planner scales workers; it is not simulated", service.key)));
      }
      continue;
    }
    FoundPool pool = pool_of(document);
    pool.name += "-" + plain_name(service.key);
    pool.object += fmt::format(", service `{}`", service.key);
    pool.target = service.key;
    pool.place = service.key_place;
    Pod pod = below(node, {"extraPodSpec"}) == nullptr ? Pod{} : read_pod(*below(node, {"extraPodSpec"}), context.maps);
    if (const YamlNode* main = below(node, {"extraPodSpec", "mainContainer"})) {
      YamlNode list{.kind = YamlNode::Kind::sequence, .place = main->place, .items = {*main}};
      const YamlNode made = map_node({{"containers", main->place, std::move(list)}}, main->place);
      Pod with_main = read_pod(made, context.maps);
      with_main.node_labels = pod.node_labels;
      for (const auto& [key, value] : map_below(node, {"envs"})) {
        with_main.containers.front().variables.try_emplace(key, value);
      }
      pod = std::move(with_main);
    }
    const bool serves = read_server(pod, context.maps, pool);
    if (const YamlNode* resources = below(node, {"resources"})) {
      read_accelerators(*resources, pool.accelerators, pool.resource);
    }
    if (!serves && !pool.accelerators) {
      continue;
    }
    state_replicas(pool, stated_below(node, {"replicas"}));
    pool.pods_stated = stated_below(node, {"multinode", "nodeCount"});
    pool.pods = pool.pods_stated ? count_of(*pool.pods_stated, 1) : 1;
    take_part_of_name(pool);
    pool.part = sub == "prefill" ? ServerPart::prefill : sub == "decode" ? ServerPart::decode : pool.part;
    context.fleet.pools.push_back(std::move(pool));
  }
}

void find_kaito(const ManifestDocument& document, KindContext& context) {
  const YamlNode* inside = below(document.root, {"spec", "template"});
  const YamlNode& root = inside == nullptr ? document.root : *inside;
  if (const YamlNode* part = below(root, {"resource", "partition"})) {
    fail(part->place, fmt::format("a partition of an accelerator ({} {}) is not simulated; expected whole ones",
                                  text_below(*part, {"mode"}), text_below(*part, {"profile"})));
  }
  FoundPool pool = pool_of(document);
  pool.arguments.engine = EngineName::vllm;
  state_argument(pool, "model", stated_below(root, {"inference", "preset", "name"}));
  state_replicas(pool, stated_below(document.root, {"spec", "replicas"}));
  if (const auto type = stated_below(root, {"resource", "instanceType"})) {
    pool.node_labels["node.kubernetes.io/instance-type"] = *type;
  }
  if (const auto count = stated_below(root, {"resource", "count"}); count && count_of(*count, 1) > 1) {
    pool.unsimulated.push_back(
        sentence_at(count->place, fmt::format("`{}`: Kaito divides a model over nodes only where one is too small; a "
                                              "replica is taken to stand on one node",
                                              count->said)));
  }
  context.fleet.pools.push_back(std::move(pool));
}

}  // namespace idlewatt
