#include "scenario/huggingface/huggingface.hpp"

#include <algorithm>
#include <filesystem>

#include "catalog/model_weights.hpp"
#include "scenario/catalog/read_model.hpp"
#include "scenario/huggingface/config.hpp"
#include "scenario/huggingface/quantization.hpp"

namespace idlewatt {
namespace {

std::vector<const HuggingfaceFamily*> families() {
  std::vector<const HuggingfaceFamily*> all;
  for (const auto& list : {dense_families(), mixture_families(), hybrid_families()}) {
    for (const HuggingfaceFamily& family : list) {
      all.push_back(&family);
    }
  }
  return all;
}

std::string known_types() {
  std::vector<std::string> types;
  for (const HuggingfaceFamily* family : families()) {
    types.emplace_back(family->type);
  }
  std::sort(types.begin(), types.end());
  return list_text(types);
}

std::string short_text(const std::string& word) {
  return word.size() <= 60 ? word : word.substr(0, 60) + "...";
}

/// The description of the language model: the file itself, or what a model of several parts has of it.
const YamlNode& text_part(const YamlNode& root) {
  const YamlNode* part = &root;
  for (const char* key : {"thinker_config", "text_config", "language_config", "llm_config"}) {
    const YamlNode* inner = part->find(key);
    if (inner != nullptr && inner->is_map()) {
      part = inner;
    }
  }
  return *part;
}

void refuse_what_does_not_generate(const YamlNode& root) {
  if (const YamlNode* adapter = root.find("peft_type")) {
    fail(adapter->place, "an adapter, no model; expected the config.json of the model that it adapts");
  }
  if (const YamlNode* both = root.find("is_encoder_decoder"); both != nullptr && both->scalar == "true") {
    fail(both->place, "an encoder with a decoder; expected a causal language model");
  }
  const YamlNode* classes = root.find("architectures");
  if (classes == nullptr || !classes->is_sequence() || classes->items.empty()) {
    return;
  }
  // ChatGLM's one class is the stack and the head; the others' bare stacks end in Model, too.
  const auto generates = [](const YamlNode& item) {
    const std::string& name = item.scalar;
    return name.ends_with("ForCausalLM") || name.ends_with("ForConditionalGeneration") ||
           name.ends_with("LMHeadModel") || name == "ChatGLMModel" || name.find("VLChatModel") != std::string::npos ||
           name.ends_with("InternVLChatModel");
  };
  if (std::none_of(classes->items.begin(), classes->items.end(), generates)) {
    fail(classes->place, "`architectures` names `" + short_text(classes->items.front().scalar) +
                             "`, which has no head that generates text; expected one that ends in ForCausalLM or "
                             "ForConditionalGeneration");
  }
}

const HuggingfaceFamily& family_of(const YamlNode& root, const YamlNode& text) {
  if (!root.is_map()) {
    fail(root.place, "not a config.json of Hugging Face; expected an object with the key `model_type`");
  }
  refuse_what_does_not_generate(root);
  const YamlNode* type = text.find("model_type");
  if (type == nullptr || type->is_null()) {
    fail(text.place,
         "key `model_type` is missing; expected a config.json of Hugging Face, of one of the types " + known_types());
  }
  for (const HuggingfaceFamily* family : families()) {
    if (type->scalar == family->type) {
      return *family;
    }
  }
  // No nearest name: what is alike in name is another architecture.
  fail(type->place, "unknown model_type `" + short_text(type->scalar) + "`; expected one of " + known_types() +
                        "; for others an entry of the catalogue with `like:` and its own figures");
}

void check_mixture(const HuggingfaceConfig& config, const HuggingfaceReading& reading) {
  const Model& model = reading.model;
  if (!model.mixture) {
    return;
  }
  if (model.mixture->experts_per_token > model.mixture->experts) {
    config.refuse({"num_experts_per_tok"}, "more experts for a token than there are; expected at most " +
                                               std::to_string(model.mixture->experts));
  }
  if (std::none_of(reading.layers.begin(), reading.layers.end(), [](const LayerKind& kind) { return kind.experts; })) {
    config.refuse({"first_k_dense_replace"},
                  "no layer is left for experts; expected fewer than " + std::to_string(model.layers) + " dense ones");
  }
}

/// Equal layers counted; nothing where the shape of the model says the same.
std::vector<LayerKind> counted_kinds(const HuggingfaceReading& reading) {
  std::vector<LayerKind> kinds;
  for (const LayerKind& layer : reading.layers) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](LayerKind kind) {
      kind.count = 1;
      return kind == layer;
    });
    if (found == kinds.end()) {
      kinds.push_back(layer);
    } else {
      ++found->count;
    }
  }
  Model plain = reading.model;
  plain.kinds.clear();
  return kinds == plain.layer_kinds() ? std::vector<LayerKind>{} : kinds;
}

/// Its formats: what the file says, or ModelOpt's file beside it.
void read_formats(const HuggingfaceConfig& config, const std::string& path, HuggingfaceReading& reading) {
  if (const YamlNode* given = config.find_anywhere({"quantization_config", "compression_config"})) {
    reading.model.checkpoint = read_checkpoint(*given, reading);
    return;
  }
  const std::filesystem::path beside = std::filesystem::path(path).parent_path() / "hf_quant_config.json";
  std::error_code error;
  if (!std::filesystem::is_regular_file(beside, error)) {
    return;
  }
  const YamlNode file = parse_yaml(read_text_file(beside.string()), beside.string());
  if (const YamlNode* given = file.is_map() ? file.find("quantization") : nullptr) {
    reading.model.checkpoint = read_checkpoint(*given, reading);
  }
}

}  // namespace

Model read_huggingface_config(const std::string& path) {
  const YamlNode root = parse_yaml(read_text_file(path), path);
  const YamlNode& text = root.is_map() ? text_part(root) : root;
  const HuggingfaceFamily& family = family_of(root, text);
  const HuggingfaceConfig config(text, root, family.type);
  HuggingfaceReading reading;
  Model& model = reading.model;
  model.name = path;
  model.title = path;
  family.read(config, reading);
  check_mixture(config, reading);
  model.context_tokens = family.context_as_given ? model.context_tokens : scaled_context(config, model.context_tokens);
  for (LayerKind& layer : reading.layers) {
    // A window as wide as the context is none.
    if (layer.attention && layer.attention->window >= model.context_tokens) {
      layer.attention->window = 0;
      layer.attention->chunked = false;
    }
  }
  model.kinds = counted_kinds(reading);
  model.source = path + " (model_type " + family.type + ")";
  model.status = Status::published;
  const ModelWeights weights = model_weights(model);
  model.parameters = {weights.total(), Status::derived, "counted from the shape in " + path};
  model.active_parameters = {weights.active() + weights.embedding, Status::derived,
                             "counted from the shape in " + path};
  read_formats(config, path, reading);
  check_model(model, "the model", root.place);
  return model;
}

}  // namespace idlewatt
