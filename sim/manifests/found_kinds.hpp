// The readers of the kinds of documents. Each adds the facts of its document to a fleet.
#pragma once

#include "manifests/found_fleet.hpp"
#include "manifests/read_pod.hpp"

namespace idlewatt {

/// The data that all readers of documents share.
struct KindContext {
  const ConfigMaps& maps;
  const Runtimes& runtimes;
  FoundFleet& fleet;
};

/// Reads a document of its kind. Throws InputError.
using KindReader = void (*)(const ManifestDocument&, KindContext&);

void find_deployment(const ManifestDocument& document, KindContext& context);  ///< also StatefulSet and ReplicaSet
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

/// Reads values of charts that state arguments plainly: the production stack's, llm-d's modelservice. Returns false
/// when the document is neither.
bool find_values(const ManifestDocument& document, KindContext& context);

/// Reads the nodes of a slurm.conf.
void find_slurm_nodes(const PlainFile& file, FoundFleet& fleet);

// The functions below are shared by several readers.
/// A pool named after the document, with its annotations and its place.
FoundPool pool_of(const ManifestDocument& document);
/// Sets the argument of that name to a value of the object, unless the command line has set it.
void state_argument(FoundPool& pool, const std::string& name, const std::optional<Stated>& stated);
/// Notes the keys of a map, where it has them, as settings of the pool that are not simulated.
void note_unread(const YamlNode& map, std::initializer_list<std::string_view> keys, FoundPool& pool);
/// Sets the model: "hf://org/name" as "org/name". A name of a volume or a bucket is no model and is ignored.
void state_model(FoundPool& pool, const std::optional<Stated>& uri);
/// A scalar for trees that are made in the program.
YamlNode scalar_node(std::string text, const Place& place);
YamlNode map_node(std::vector<YamlEntry> entries, const Place& place);
/// An entry for lists of settings that cannot be simulated: "file:line: sentence".
std::string sentence_at(const Place& place, const std::string& sentence);

}  // namespace idlewatt
