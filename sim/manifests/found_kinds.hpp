// The readers of kinds: one for each, which adds to a fleet what its document says.
#pragma once

#include "manifests/found_fleet.hpp"
#include "manifests/read_pod.hpp"

namespace idlewatt {

/// What readers of documents share.
struct KindContext {
  const ConfigMaps& maps;
  const Runtimes& runtimes;
  FoundFleet& fleet;
};

/// Reads a document of its kind. Throws InputError.
using KindReader = void (*)(const ManifestDocument&, KindContext&);

void find_deployment(const ManifestDocument& document, KindContext& context);  ///< and StatefulSet, ReplicaSet
void find_leader_worker_set(const ManifestDocument& document, KindContext& context);
void find_knative_service(const ManifestDocument& document, KindContext& context);
void find_inference_service(const ManifestDocument& document, KindContext& context);
void find_llm_inference_service(const ManifestDocument& document, KindContext& context);
void find_ray_service(const ManifestDocument& document, KindContext& context);
void find_ray_serve_config(const ManifestDocument& document, KindContext& context);
void find_dynamo_graph(const ManifestDocument& document, KindContext& context);
void find_storm_service(const ManifestDocument& document, KindContext& context);
void find_kaito(const ManifestDocument& document, KindContext& context);
void find_node(const ManifestDocument& document, KindContext& context);

/// Values of charts that state arguments plainly: the production stack's, llm-d's modelservice. Returns false where the
/// document is none of these.
bool find_values(const ManifestDocument& document, KindContext& context);

/// Nodes of a slurm.conf.
void find_slurm_nodes(const PlainFile& file, FoundFleet& fleet);

// What several readers share.
/// A pool named after the document, with its annotations and its place.
FoundPool pool_of(const ManifestDocument& document);
/// A word of an object as the argument of that name; leaves alone what the command line said.
void state_argument(FoundPool& pool, const std::string& name, const std::optional<Stated>& stated);
/// "hf://org/name" as "org/name". What names a volume or a bucket instead is no model.
void state_model(FoundPool& pool, const std::optional<Stated>& uri);
/// A scalar for trees that are made.
YamlNode scalar_node(std::string text, const Place& place);
YamlNode map_node(std::vector<YamlEntry> entries, const Place& place);
/// "file:line: sentence" for lists of what cannot be simulated.
std::string sentence_at(const Place& place, const std::string& sentence);

}  // namespace idlewatt
