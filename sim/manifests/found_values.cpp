// Values of Helm charts that state the arguments plainly: vLLM's production stack, and llm-d's modelservice.
#include <fmt/core.h>

#include "manifests/found_kinds.hpp"

namespace idlewatt {
namespace {

/// "maxModelLen" as "max-model-len".
std::string dashed(const std::string& camel) {
  if (camel == "enableLoRA") {
    return "enable-lora";
  }
  std::string name;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      name += '-';
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += c;
    }
  }
  return name;
}

struct RoutingWord {
  std::string_view word;
  std::string_view policy;
};

constexpr RoutingWord kRouting[]{{"session", "{policy: prefix-affinity, by: session}"},
                                 {"roundrobin", "{policy: round-robin}"},
                                 {"prefixaware", "{policy: prefix-affinity}"},
                                 {"kvaware", "{policy: prefix-affinity}"}};

/// Values of `keda:` as the ScaledObject that the chart makes of them.
YamlNode scaled_object(const YamlNode& keda, const std::string& name) {
  const Place& place = keda.place;
  const auto scalar = [&](const char* text) { return scalar_node(text, place); };
  YamlNode spec =
      map_node({{"scaleTargetRef", place, map_node({{"name", place, scalar_node(name, place)}}, place)}}, place);
  for (const YamlEntry& entry : keda.entries) {
    if (entry.key != "enabled" && entry.key != "labels" && entry.key != "annotations") {
      spec.entries.push_back(entry);
    }
  }
  return map_node({{"apiVersion", place, scalar("keda.sh/v1alpha1")},
                   {"kind", place, scalar("ScaledObject")},
                   {"metadata", place, map_node({{"name", place, scalar_node(name, place)}}, place)},
                   {"spec", place, std::move(spec)}},
                  place);
}

void find_stack_model(const YamlNode& model, const YamlNode& root, KindContext& context) {
  const std::string name = text_below(model, {"name"});
  FoundPool pool{
      .name = name, .object = fmt::format("model `{}`", name), .target = name, .group = name, .place = model.place};
  const ServingEngine& engine = serving_engine(EngineName::vllm);
  pool.arguments.engine = engine.name;
  pool.image = text_below(model, {"repository"}) + ":" + text_below(model, {"tag"});
  state_model(pool, stated_below(model, {"modelURL"}));
  pool.replicas_stated = stated_below(model, {"replicaCount"});
  pool.replicas = pool.replicas_stated ? count_of(*pool.replicas_stated, 0) : 1;
  pool.accelerators = stated_below(model, {"requestGPU"});
  pool.resource = text_below(model, {"requestGPUType"});
  if (pool.resource.starts_with("nvidia.com/mig-")) {
    fail(below(model, {"requestGPUType"})->place,
         fmt::format("`{}` is a part of an accelerator, which is not simulated; expected whole ones", pool.resource));
  }
  pool.node_labels = node_labels_of(model);
  if (const YamlNode* config = below(model, {"vllmConfig"})) {
    Words words;
    for (const YamlNode* word : list_below(*config, {"extraArgs"})) {
      words.push_back({word->scalar, word->place, word->scalar});
    }
    read_arguments(words, engine, pool.arguments);
    for (const YamlEntry& entry : config->entries) {
      if (entry.key != "extraArgs") {
        const std::string text = entry.value.is_scalar() ? entry.value.scalar : flow_text(entry.value);
        state_argument(pool, dashed(entry.key), Stated{text, entry.value.place, entry.key + ": " + text});
      }
    }
  }
  note_unread(model, {"lmcacheConfig", "raySpec"}, pool);
  if (const YamlNode* keda = below(model, {"keda"}); keda != nullptr && text_below(*keda, {"enabled"}) == "true") {
    pool.scaler = scaled_object(*keda, name);
  }
  if (const auto logic = stated_below(root, {"routerSpec", "routingLogic"})) {
    for (const RoutingWord& routing : kRouting) {
      if (routing.word == logic->text) {
        pool.routing = Stated{std::string(routing.policy), logic->place, logic->said};
      }
    }
    if (!pool.routing) {
      pool.unsimulated.push_back(sentence_at(logic->place, fmt::format("`{}` is not simulated", logic->said)));
    }
  }
  context.fleet.pools.push_back(std::move(pool));
}

void find_modelservice_part(const YamlNode& part, const YamlNode& root, ServerPart which, KindContext& context) {
  if (text_below(part, {"create"}) == "false") {
    return;
  }
  const std::string word = which == ServerPart::prefill ? "prefill" : "decode";
  FoundPool pool{
      .name = word, .object = fmt::format("`{}`", word), .target = word, .group = "values", .place = part.place};
  pool.part = which;
  const ServingEngine& engine = serving_engine(EngineName::vllm);
  read_server(read_pod(part, context.maps), context.maps, pool, &engine);
  pool.arguments.engine = engine.name;
  state_model(pool, stated_below(root, {"modelArtifacts", "uri"}));
  pool.replicas_stated = stated_below(part, {"replicas"});
  pool.replicas = pool.replicas_stated ? count_of(*pool.replicas_stated, 0) : 1;
  state_argument(pool, "tensor-parallel-size", stated_below(part, {"parallelism", "tensor"}));
  state_argument(pool, "data-parallel-size", stated_below(part, {"parallelism", "data"}));
  if (const auto workers = stated_below(part, {"parallelism", "workers"})) {
    pool.pods_stated = workers;
    pool.pods = count_of(*workers, 1);
  }
  const std::vector<const YamlNode*> values = list_below(part, {"acceleratorTypes", "labelValues"});
  if (values.size() == 1) {
    const std::string key = text_below(part, {"acceleratorTypes", "labelKey"});
    pool.node_labels[key] = {values.front()->scalar, values.front()->place, key + ": " + values.front()->scalar};
  }
  context.fleet.pools.push_back(std::move(pool));
}

}  // namespace

bool find_values(const ManifestDocument& document, KindContext& context) {
  const YamlNode& root = document.root;
  if (below(root, {"applications"}) != nullptr) {
    find_ray_serve_config(document, context);
    return true;
  }
  const std::vector<const YamlNode*> models = list_below(root, {"servingEngineSpec", "modelSpec"});
  for (const YamlNode* model : models) {
    find_stack_model(*model, root, context);
  }
  if (!models.empty()) {
    return true;
  }
  const YamlNode* decode = below(root, {"decode"});
  if (below(root, {"modelArtifacts"}) == nullptr || decode == nullptr) {
    return false;
  }
  const YamlNode* prefill = below(root, {"prefill"});
  const bool apart = prefill != nullptr && text_below(*prefill, {"create"}) != "false";
  find_modelservice_part(*decode, root, apart ? ServerPart::decode : ServerPart::all, context);
  if (apart) {
    find_modelservice_part(*prefill, root, ServerPart::prefill, context);
  }
  return true;
}

}  // namespace idlewatt
