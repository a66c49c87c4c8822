#include "scenario/catalog/read_model.hpp"

#include <filesystem>
#include <string_view>

#include "scenario/catalog/layer_kinds.hpp"
#include "scenario/catalog/read_entry.hpp"
#include "scenario/huggingface/huggingface.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 100'000'000;

LatentAttention read_latent(const YamlNode& node, const std::string& what) {
  const Fields fields(node, what, {"kv_rank", "rope_dim", "nope_dim", "value_dim", "query_rank"});
  LatentAttention latent;
  each_latent_count(latent,
                    [&](const char* key, int& number, int minimum) { number = fields.count(key, minimum, kMaxCount); });
  return latent;
}

ExpertMixture read_mixture(const YamlNode& node, const std::string& what, int layers) {
  ExpertMixture mixture;
  std::vector<std::string> known;
  each_mixture_count(mixture, [&](const char* key, int, int) { known.emplace_back(key); });
  each_mixture_option(mixture, [&](const char* key, int) { known.emplace_back(key); });
  const Fields fields(node, what, known);
  each_mixture_option(mixture, [&](const char* key, int& number) { number = fields.count_or(key, 0, 0, kMaxCount); });
  each_mixture_count(
      mixture, [&](const char* key, int& number, int minimum) { number = fields.count(key, minimum, kMaxCount); });
  if (mixture.experts_per_token > mixture.experts) {
    fail(fields.find("experts_per_token")->place, what +
                                                      " uses more experts for a token than there are; expected at "
                                                      "most " +
                                                      std::to_string(mixture.experts));
  }
  if (mixture.dense_layers >= layers) {
    fail(fields.find("dense_layers")->place,
         what + " leaves no layer with experts; expected fewer `dense_layers` than " + std::to_string(layers));
  }
  return mixture;
}

/// The model that an entry starts from.
StartingPoint<Model> start_of(const std::string& name, const YamlNode& node, const Catalog& catalog) {
  const YamlNode* config = node.is_map() ? node.find("huggingface") : nullptr;
  if (config == nullptr) {
    return starting_point(catalog.models, name, "model", node);
  }
  if (node.find("like") != nullptr) {
    fail(config->place, "model `" + name + "` has both `like` and `huggingface`; expected one of them");
  }
  const std::filesystem::path given =
      read_text(*config, "`huggingface` of model `" + name + "`", "the path of a config.json");
  const std::filesystem::path path =
      (std::filesystem::path(config->place.origin).parent_path() / given).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    fail(config->place, "there is no file `" + path.string() +
                            "`; expected the path of a config.json, relative to the folder of this file");
  }
  Model model = read_huggingface_config(path.string());
  model.title = name;
  return {std::move(model), true};
}

/// Layers of several kinds have their own widths: one number for all of them would be read and do nothing.
void refuse_shape_of_one_kind(const Fields& fields, const Model& model) {
  for (const char* key : {"layers", "heads", "kv_heads", "head_dim", "intermediate", "latent_attention", "experts"}) {
    if (const YamlNode* given = fields.find(key)) {
      fail(given->place, "`" + std::string(key) + "` is given for a model like `" + model.name +
                             "`, whose layers are of several kinds; expected `layer_kinds` with it");
    }
  }
}

}  // namespace

void check_model(const Model& model, const std::string& what, const Place& place) {
  if (model.active_parameters.value > model.parameters.value) {
    fail(place, what +
                    " uses more parameters than it has; expected `active_parameters` at most "
                    "`parameters`");
  }
  if (model.kv_heads > 0 && model.heads % model.kv_heads != 0) {
    fail(place, what + " has " + std::to_string(model.heads) + " heads on " + std::to_string(model.kv_heads) +
                    " KV heads; expected a multiple of the KV heads");
  }
}

void read_model(const std::string& name, const YamlNode& node, Catalog& catalog) {
  auto [model, complete] = start_of(name, node, catalog);
  auto known = known_keys({"name", "title", "like", "huggingface", "source", "status", "gated_mlp", "tied_embeddings",
                           "latent_attention", "experts", "layer_kinds", "training"},
                          [&](auto&& visit) { each_model_figure(model, visit); });
  each_model_count(model, [&](const char* key, int) { known.emplace_back(key); });
  const EntryReader reader(node, "model `" + name + "`", known, complete);
  const Fields& fields = reader.fields();
  reader.names(name, model.name, model.title);
  each_model_figure(model, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  // Where layers differ, a width that none of them has is left out.
  const bool differ = fields.has("layer_kinds");
  each_model_count(model, [&](const char* key, int& number) {
    if (differ && !fields.has(key) && std::string_view(key) != "layers") {
      return;
    }
    if (reader.wants(key)) {
      number = fields.count(key, 1, kMaxCount);
    }
  });
  if (fields.has("gated_mlp")) {
    model.gated_mlp = fields.flag_or("gated_mlp", true);
  }
  if (fields.has("tied_embeddings")) {
    model.tied_embeddings = fields.flag_or("tied_embeddings", false);
  }
  if (const YamlNode* latent = fields.find("latent_attention")) {
    model.latent = read_latent(*latent, reader.label("latent_attention"));
  }
  if (const YamlNode* mixture = fields.find("experts")) {
    model.mixture = read_mixture(*mixture, reader.label("experts"), model.layers);
  }
  if (const YamlNode* kinds = fields.find("layer_kinds")) {
    model.kinds = read_layer_kinds(*kinds, reader.label("layer_kinds"), model);
  } else if (!model.kinds.empty()) {
    refuse_shape_of_one_kind(fields, model);
  }
  if (const YamlNode* training = fields.find("training")) {
    model.training_mwh = read_figure(*training, reader.label("training"), kTrainingKey);
  }
  if (reader.wants("source")) {
    model.source = fields.text("source", "where the model's shape comes from");
  }
  if (reader.wants("status")) {
    model.status = read_status(fields);
  }
  check_model(model, fields.what(), fields.place());
  catalog.models[name] = model;
}

}  // namespace idlewatt
