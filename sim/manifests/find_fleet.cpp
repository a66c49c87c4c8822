#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <set>
#include <string_view>

#include "manifests/found_kinds.hpp"

namespace idlewatt {
namespace {

struct Kind {
  std::string_view kind;
  std::string_view group;  ///< what `apiVersion` begins with
  KindReader read = nullptr;
};

void find_scaler(const ManifestDocument& document, KindContext& context) {
  context.fleet.scalers.push_back({.root = document.root,
                                   .file = document.file,
                                   .title = document.title(),
                                   .space = document.space,
                                   .target = text_below(document.root, {"spec", "scaleTargetRef", "name"})});
}

void note_variant(const ManifestDocument& document, KindContext& context) {
  context.fleet.unsimulated.push_back(sentence_at(
      document.root.place, document.title() +
                               ": the number of replicas is made by a controller of several variants, which "
                               "is not simulated"));
}

void note_disruptions(const ManifestDocument& document, KindContext& context) {
  context.fleet.unsimulated.push_back(sentence_at(
      document.root.place, document.title() + ": limits evictions of pods by operators, of which a scenario has none"));
}

constexpr std::array<Kind, 25> kKinds{{
    {"Deployment", "apps/", find_deployment},
    {"StatefulSet", "apps/", find_deployment},
    {"ReplicaSet", "apps/", find_deployment},
    {"LeaderWorkerSet", "leaderworkerset.x-k8s.io/", find_leader_worker_set},
    {"Service", "serving.knative.dev/", find_knative_service},
    {"InferenceService", "serving.kserve.io/", find_inference_service},
    {"LLMInferenceService", "serving.kserve.io/", find_llm_inference_service},
    {"RayService", "ray.io/", find_ray_service},
    {"DynamoGraphDeployment", "nvidia.com/", find_dynamo_graph},
    {"StormService", "orchestration.aibrix.ai/", find_storm_service},
    {"Workspace", "kaito.sh/", find_kaito},
    {"InferenceSet", "kaito.sh/", find_kaito},
    {"Node", "v1", find_node},
    {"HorizontalPodAutoscaler", "autoscaling/", find_scaler},
    {"ScaledObject", "keda.sh/", find_scaler},
    {"PodAutoscaler", "autoscaling.aibrix.ai/", find_scaler},
    {"VariantAutoscaling", "llmd.ai/", note_variant},
    {"VariantAutoscaling", "llm-d.ai/", note_variant},
    {"PodDisruptionBudget", "policy/", note_disruptions},
    // ConfigMaps and runtimes are followed by those that name them.
    {"ConfigMap", "v1", nullptr},
    {"ServingRuntime", "serving.kserve.io/", nullptr},
    {"ClusterServingRuntime", "serving.kserve.io/", nullptr},
    {"Service", "v1", nullptr},
    {"Secret", "v1", nullptr},
    {"Namespace", "v1", nullptr},
}};

const Kind* kind_of(const ManifestDocument& document) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) {
    return k.kind == document.kind && document.version.starts_with(k.group);
  });
  return found == kKinds.end() ? nullptr : &*found;
}

/// The documents of one namespace that others name.
struct NamedDocuments {
  ConfigMaps maps;
  Runtimes runtimes;
};

NamedDocuments named_documents(const ManifestFiles& files, const std::string& space) {
  NamedDocuments named;
  for (const ManifestDocument& document : files.documents) {
    const YamlNode* data = below(document.root, {"data"});
    const YamlNode* spec = below(document.root, {"spec"});
    if (document.kind == "ClusterServingRuntime" && spec != nullptr) {
      named.runtimes.try_emplace(document.name, spec);
    } else if (document.space == space && document.kind == "ServingRuntime" && spec != nullptr) {
      named.runtimes[document.name] = spec;
    } else if (document.space == space && document.kind == "ConfigMap" && data != nullptr) {
      named.maps[document.name] = data;
    }
  }
  return named;
}

/// Names of all documents: kind, namespace and name.
using DocumentNames = std::set<std::array<std::string, 3>>;

/// Whether another document of the files owns this one, as a Deployment owns its ReplicaSets: it says the same again.
bool is_owned(const ManifestDocument& document, const DocumentNames& names) {
  const auto owners = list_below(document.root, {"metadata", "ownerReferences"});
  return std::any_of(owners.begin(), owners.end(), [&](const YamlNode* owner) {
    return names.contains({text_below(*owner, {"kind"}), document.space, text_below(*owner, {"name"})});
  });
}

void read_document(const ManifestDocument& document, KindContext& context) {
  const Kind* kind = kind_of(document);
  const std::size_t before = context.fleet.pools.size();
  if (kind != nullptr && kind->read != nullptr) {
    kind->read(document, context);
  }
  // What holds a server and is not read is refused, for the fleet would lack it.
  const bool without_server = kind != nullptr && (kind->read == nullptr || kind->read == find_node);
  if (!without_server && context.fleet.pools.size() == before && holds_accelerators(document.root)) {
    fail(document.root.place,
         kind == nullptr
             ? fmt::format("a `{}` of `{}` asks for accelerators and is not read; expected Deployments, StatefulSets, "
                           "LeaderWorkerSets or another kind of server (`idlewatt import --help`)",
                           document.kind, document.version)
             : document.title() +
                   " asks for accelerators, and no server in it is known; expected "
                   "containers with their accelerators, or a `model`");
  }
}

}  // namespace

FoundFleet find_fleet(const ManifestFiles& files) {
  FoundFleet fleet{.origin = files.documents.empty() ? files.slurm.front().file : files.documents.front().file};
  DocumentNames names;
  std::map<std::string, NamedDocuments> named;  // by namespace
  for (const ManifestDocument& document : files.documents) {
    names.insert({document.kind, document.space, document.name});
    if (!named.contains(document.space)) {
      named[document.space] = named_documents(files, document.space);
    }
  }
  for (const ManifestDocument& document : files.documents) {
    KindContext context{named[document.space].maps, named[document.space].runtimes, fleet};
    if (document.kind.empty()) {
      if (!find_values(document, context)) {
        fail(document.root.place,
             "the document says neither `apiVersion` nor `kind`, as values of a Helm chart; expected the output of "
             "`helm template CHART -f VALUES.yaml`, or values of vLLM's production stack or of llm-d's modelservice");
      }
      continue;
    }
    if (!is_owned(document, names)) {
      read_document(document, context);
    }
  }
  for (const PlainFile& file : files.slurm) {
    find_slurm_nodes(file, fleet);
  }
  return fleet;
}

FoundPool pool_of(const ManifestDocument& document) {
  FoundPool pool{.name = document.name.empty() ? "pool" : document.name,
                 .object = document.title(),
                 .space = document.space,
                 .target = document.name,
                 .group = document.name,
                 .place = document.root.place};
  for (const auto& [key, value] : map_below(document.root, {"metadata", "annotations"})) {
    if (key.starts_with("idlewatt/")) {
      pool.annotations[key.substr(std::string_view("idlewatt/").size())] = value.text;
    }
  }
  if (const auto name = pool.annotations.find("pool"); name != pool.annotations.end() && !name->second.empty()) {
    pool.name = name->second;
  }
  return pool;
}

void state_argument(FoundPool& pool, const std::string& name, const std::optional<Stated>& stated) {
  if (!stated) {
    return;
  }
  pool.arguments.take(argument_of(name, *stated, serving_engine(pool.arguments.engine)));
}

void note_unread(const YamlNode& map, std::initializer_list<std::string_view> keys, FoundPool& pool) {
  for (const std::string_view key : keys) {
    if (const YamlNode* value = below(map, {key})) {
      pool.unsimulated.push_back(
          sentence_at(value->place, fmt::format("`{}: {}` is not simulated", key, flow_text(*value))));
    }
  }
}

void state_model(FoundPool& pool, const std::optional<Stated>& uri) {
  if (!uri) {
    return;
  }
  const std::size_t scheme = uri->text.find("://");
  const bool hub = scheme == std::string::npos || uri->text.starts_with("hf://") || uri->text.starts_with("ms://");
  if (hub) {
    pool.arguments.add(Setting::model,
                       {scheme == std::string::npos ? uri->text : uri->text.substr(scheme + 3), uri->place, uri->said});
  }
}

YamlNode scalar_node(std::string text, const Place& place) {
  return {.kind = YamlNode::Kind::scalar, .place = place, .scalar = std::move(text)};
}

YamlNode map_node(std::vector<YamlEntry> entries, const Place& place) {
  return {.kind = YamlNode::Kind::map, .place = place, .entries = std::move(entries)};
}

std::string sentence_at(const Place& place, const std::string& sentence) {
  return short_place(place) + ": " + sentence;
}

}  // namespace idlewatt
