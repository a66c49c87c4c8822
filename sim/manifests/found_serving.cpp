// KServe and Ray Serve.
#include <fmt/core.h>

#include "manifests/found_kinds.hpp"

namespace idlewatt {
namespace {

/// Whether a number of replicas that KServe or Ray gives is a fixed one.
bool fixed(const std::optional<Stated>& minimum, const std::optional<Stated>& maximum) {
  return minimum && maximum && minimum->text == maximum->text;
}

/// The container of a runtime with what the service adds: arguments behind its own, variables and accelerators.
void take_runtime(const Pod& runtime, Pod& pod) {
  if (runtime.containers.empty() || pod.containers.empty()) {
    return;
  }
  Container merged = runtime.containers.front();
  const Container& service = pod.containers.front();
  merged.words.insert(merged.words.end(), service.words.begin(), service.words.end());
  for (const auto& [name, value] : service.variables) {
    merged.variables[name] = value;
  }
  if (service.accelerators) {
    merged.accelerators = service.accelerators;
    merged.resource = service.resource;
  }
  pod.containers = {std::move(merged)};
  for (const auto& [key, label] : runtime.node_labels) {
    pod.node_labels.try_emplace(key, label);
  }
}

const YamlNode* first_of(const YamlNode* a, const YamlNode* b) {
  return a == nullptr ? b : a;
}

}  // namespace

void find_inference_service(const ManifestDocument& document, KindContext& context) {
  const YamlNode* predictor = below(document.root, {"spec", "predictor"});
  if (predictor == nullptr) {
    return;
  }
  FoundPool pool = pool_of(document);
  const YamlNode* model = below(*predictor, {"model"});
  Pod pod = read_pod(*predictor, context.maps);
  const ServingEngine* engine = nullptr;
  if (model != nullptr) {
    YamlNode list{.kind = YamlNode::Kind::sequence, .place = model->place, .items = {*model}};
    const YamlNode made = map_node({{"containers", model->place, std::move(list)}}, model->place);
    const auto labels = pod.node_labels;
    pod = read_pod(made, context.maps);
    pod.node_labels = labels;
    const std::string format = plain_name(text_below(*model, {"modelFormat", "name"}));
    if (format == "huggingface" || format == "vllm") {
      engine = &serving_engine(EngineName::vllm);
    }
    if (const auto runtime = context.runtimes.find(text_below(*model, {"runtime"}));
        runtime != context.runtimes.end()) {
      take_runtime(read_pod(*runtime->second, context.maps), pod);
      engine = nullptr;
    }
    for (Container& container : pod.containers) {
      if (engine != nullptr && recognise_server({{.words = container.words}}, container.image) == std::nullopt) {
        container.image = "huggingfaceserver";
      }
    }
  }
  if (!read_server(pod, context.maps, pool, engine)) {
    return;
  }
  if (model != nullptr) {
    state_model(pool, stated_below(*model, {"storageUri"}));
  }
  if (const YamlNode* worker = below(*predictor, {"workerSpec"})) {
    state_argument(pool, "tensor-parallel-size", stated_below(*worker, {"tensorParallelSize"}));
    state_argument(pool, "pipeline-parallel-size", stated_below(*worker, {"pipelineParallelSize"}));
    if (const auto stages = stated_below(*worker, {"pipelineParallelSize"})) {
      pool.pods_stated = stages;
      pool.pods = count_of(*stages, 1);
    }
  }
  const auto minimum = stated_below(*predictor, {"minReplicas"});
  const auto maximum = stated_below(*predictor, {"maxReplicas"});
  pool.replicas_stated = minimum;
  pool.replicas = minimum ? std::max(1, count_of(*minimum, 0)) : 1;
  const auto annotations = map_below(document.root, {"metadata", "annotations"});
  const auto said = [&](const char* key) {
    const auto found = annotations.find(key);
    return found == annotations.end() ? std::string() : found->second.text;
  };
  const std::string mode = plain_name(said("serving.kserve.io/deploymentMode"));
  const bool none = said("serving.kserve.io/autoscalerClass") == "none";
  if (!fixed(minimum, maximum) && !none) {
    if (mode == "rawdeployment" || mode == "standard") {
      pool.unsimulated.push_back(sentence_at(predictor->place,
                                             "scaled by the CPU, as KServe's raw mode does unless an "
                                             "autoscaler is named: it keeps its replicas here"));
    } else {
      pool.scaler = document.root;
    }
  }
  context.fleet.pools.push_back(std::move(pool));
}

namespace {

void find_llm_part(const YamlNode& part, const ManifestDocument& document, ServerPart which, KindContext& context) {
  FoundPool pool = pool_of(document);
  pool.part = which;
  if (which != ServerPart::all) {
    pool.name += which == ServerPart::prefill ? "-prefill" : "-decode";
    pool.object += which == ServerPart::prefill ? ", prefill" : ", decode";
    pool.place = part.place;
  }
  const YamlNode* spec = first_of(below(part, {"template"}), below(part, {"worker"}));
  if (spec != nullptr) {
    read_server(read_pod(*spec, context.maps), context.maps, pool, &serving_engine(EngineName::vllm));
  }
  pool.arguments.engine = EngineName::vllm;
  state_model(pool, stated_below(document.root, {"spec", "model", "uri"}));
  pool.replicas_stated = stated_below(part, {"replicas"});
  pool.replicas = pool.replicas_stated ? count_of(*pool.replicas_stated, 0) : 1;
  state_argument(pool, "tensor-parallel-size", stated_below(part, {"parallelism", "tensor"}));
  state_argument(pool, "pipeline-parallel-size", stated_below(part, {"parallelism", "pipeline"}));
  state_argument(pool, "data-parallel-size", stated_below(part, {"parallelism", "data"}));
  state_argument(pool, "enable-expert-parallel", stated_below(part, {"parallelism", "expert"}));
  const auto data = stated_below(part, {"parallelism", "data"});
  const auto local = stated_below(part, {"parallelism", "dataLocal"});
  if (data && local && count_of(*data, 1) % count_of(*local, 1) == 0) {
    pool.pods_stated = local;
    pool.pods = count_of(*data, 1) / count_of(*local, 1);
  }
  context.fleet.pools.push_back(std::move(pool));
}

}  // namespace

void find_llm_inference_service(const ManifestDocument& document, KindContext& context) {
  const YamlNode* spec = below(document.root, {"spec"});
  if (spec == nullptr) {
    return;
  }
  const YamlNode* prefill = below(*spec, {"prefill"});
  find_llm_part(*spec, document, prefill == nullptr ? ServerPart::all : ServerPart::decode, context);
  if (prefill != nullptr) {
    find_llm_part(*prefill, document, ServerPart::prefill, context);
  }
}

namespace {

YamlNode list_node(std::vector<YamlNode> items, const Place& place) {
  return {.kind = YamlNode::Kind::sequence, .place = place, .items = std::move(items)};
}

/// A configuration of Ray Serve with this model alone, for its autoscaler.
YamlNode config_of(const YamlNode& model) {
  const Place& place = model.place;
  YamlNode arguments = map_node({{"llm_configs", place, list_node({model}, place)}}, place);
  YamlNode application =
      map_node({{"name", place, scalar_node("llm", place)}, {"args", place, std::move(arguments)}}, place);
  return map_node({{"applications", place, list_node({std::move(application)}, place)}}, place);
}

void find_ray_model(const YamlNode& model, const ManifestDocument& document, std::size_t number, KindContext& context) {
  FoundPool pool = pool_of(document);
  pool.name += number == 0 ? "" : fmt::format("-{}", number + 1);
  pool.place = model.place;
  pool.arguments.engine = EngineName::vllm;
  const auto source = stated_below(model, {"model_loading_config", "model_source"});
  state_model(pool, source ? source : stated_below(model, {"model_loading_config", "model_id"}));
  if (const YamlNode* keys = below(model, {"engine_kwargs"})) {
    pool.arguments.take(arguments_of(*keys, serving_engine(EngineName::vllm)));
  }
  note_unread(model, {"lora_config"}, pool);
  if (const auto type = stated_below(model, {"accelerator_type"})) {
    pool.node_labels["accelerator"] = *type;
  }
  const YamlNode* deployment = below(model, {"deployment_config"});
  if (deployment != nullptr) {
    if (const auto most = stated_below(*deployment, {"max_ongoing_requests"})) {
      pool.arguments.add(Setting::max_sequences, *most);
      pool.unsimulated.push_back(sentence_at(
          most->place,
          fmt::format("`{}`: requests beyond these wait in Ray's proxies, here in the pool's queue", most->said)));
    }
    pool.replicas_stated = stated_below(*deployment, {"num_replicas"});
    if (below(*deployment, {"autoscaling_config"}) != nullptr ||
        (pool.replicas_stated && pool.replicas_stated->text == "auto")) {
      const auto initial = stated_below(*deployment, {"autoscaling_config", "initial_replicas"});
      pool.replicas_stated = initial ? initial : stated_below(*deployment, {"autoscaling_config", "min_replicas"});
      pool.scaler = config_of(model);
    }
    pool.replicas = pool.replicas_stated ? count_of(*pool.replicas_stated, 0) : 1;
  }
  context.fleet.pools.push_back(std::move(pool));
}

void find_in_ray_config(const YamlNode& config, const ManifestDocument& document, KindContext& context) {
  std::size_t number = 0;
  for (const YamlNode* application : list_below(config, {"applications"})) {
    const std::vector<const YamlNode*> models = list_below(*application, {"args", "llm_configs"});
    if (models.empty()) {
      fail(application->place,
           "the application is code of one's own, so its model is not stated; expected one of "
           "`ray.serve.llm` with `llm_configs`");
    }
    for (const YamlNode* model : models) {
      find_ray_model(*model, document, number++, context);
    }
  }
}

}  // namespace

void find_ray_service(const ManifestDocument& document, KindContext& context) {
  const YamlNode* text = below(document.root, {"spec", "serveConfigV2"});
  if (text == nullptr || !text->is_scalar()) {
    fail(document.root.place, document.title() + " has no `serveConfigV2`; expected the applications that it serves");
  }
  find_in_ray_config(tree_in(*text), document, context);
}

void find_ray_serve_config(const ManifestDocument& document, KindContext& context) {
  find_in_ray_config(document.root, document, context);
}

}  // namespace idlewatt
