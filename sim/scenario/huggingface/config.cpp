#include "scenario/huggingface/config.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 100'000'000;

const YamlNode* first_given(const YamlNode& map, HuggingfaceConfig::Names names) {
  for (const char* name : names) {
    const YamlNode* node = map.find(name);
    if (node != nullptr && !node->is_null()) {
      return node;
    }
  }
  return nullptr;
}

std::string quoted(const char* name) {
  return "`" + std::string(name) + "`";
}

}  // namespace

// ---- Keys ----

const YamlNode* HuggingfaceConfig::find(Names names) const {
  return first_given(text_, names);
}

const YamlNode* HuggingfaceConfig::find_anywhere(Names names) const {
  const YamlNode* node = find(names);
  return node != nullptr ? node : first_given(whole_, names);
}

HuggingfaceConfig HuggingfaceConfig::part(const char* name) const {
  const YamlNode* node = find({name});
  if (node == nullptr || !node->is_map()) {
    fail(text_.place,
         "key " + quoted(name) + " is missing in a config.json of the model_type `" + type_ + "`; expected an object");
  }
  return {*node, whole_, type_};
}

int HuggingfaceConfig::count(Names names, int minimum) const {
  const YamlNode* node = find(names);
  if (node == nullptr) {
    std::vector<std::string> all(names.begin(), names.end());
    fail(text_.place, "key `" + all.front() + "` is missing in a config.json of the model_type `" + type_ +
                          "`; expected a whole number" +
                          (all.size() > 1 ? ", under one of the names " + list_text(all) : ""));
  }
  return read_count(*node, quoted(*names.begin()), minimum, kMaxCount);
}

int HuggingfaceConfig::count_or(Names names, int otherwise, int minimum) const {
  return find(names) == nullptr ? otherwise : count(names, minimum);
}

int HuggingfaceConfig::count_of_all_layers(Names names, int minimum) const {
  const YamlNode* node = find(names);
  if (node == nullptr || !node->is_sequence() || node->items.empty()) {
    return count(names, minimum);
  }
  const std::string name = quoted(*names.begin());
  const int first = read_count(node->items.front(), name, minimum, kMaxCount);
  for (const YamlNode& item : node->items) {
    if (read_count(item, name, minimum, kMaxCount) != first) {
      fail(item.place, name + " differs between layers; expected the same number for all");
    }
  }
  return first;
}

bool HuggingfaceConfig::flag_or(const char* name, bool otherwise) const {
  const YamlNode* node = find_anywhere({name});
  return node == nullptr ? otherwise : read_flag(*node, quoted(name));
}

double HuggingfaceConfig::number_or(const YamlNode& map, const char* name, double otherwise) const {
  const YamlNode* node = first_given(map, {name});
  return node == nullptr ? otherwise : read_quantity(*node, quoted(name), Dimension::number, kPositive);
}

std::string HuggingfaceConfig::word_or(Names names, const std::string& otherwise) const {
  const YamlNode* node = find_anywhere(names);
  return node == nullptr ? otherwise : read_text(*node, quoted(*names.begin()), "a word");
}

const std::vector<YamlNode>& HuggingfaceConfig::per_layer(const YamlNode& list, const std::string& name,
                                                          int layers) const {
  if (!list.is_sequence() || static_cast<int>(list.items.size()) != layers) {
    fail(list.place, "`" + name + "` has " +
                         (list.is_sequence() ? std::to_string(list.items.size()) + " items" : "no items") +
                         "; expected one for each of the " + std::to_string(layers) + " layers");
  }
  return list.items;
}

void HuggingfaceConfig::refuse(Names names, const std::string& message) const {
  const YamlNode* node = find(names);
  fail(node == nullptr ? text_.place : node->place, message);
}

// ---- Shapes ----

int divided_evenly(const HuggingfaceConfig& config, int hidden, int heads) {
  if (hidden % heads != 0) {
    config.refuse({"num_attention_heads", "n_head"}, "a hidden state of " + std::to_string(hidden) +
                                                         " is not divided by " + std::to_string(heads) +
                                                         " heads; expected `head_dim`, or a divisor");
  }
  return hidden / heads;
}

void read_size(const HuggingfaceConfig& config, Model& model) {
  model.layers = config.count({"num_hidden_layers", "n_layer", "num_layers"});
  model.hidden = config.count({"hidden_size", "n_embed", "n_embd"});
  model.heads = config.count({"num_attention_heads", "n_head"});
  model.vocabulary = config.count({"vocab_size", "padded_vocab_size"});
}

void make_layers_alike(HuggingfaceReading& reading) {
  reading.model.kinds.clear();
  reading.layers.clear();
  for (const LayerKind& kind : reading.model.layer_kinds()) {
    LayerKind one = kind;
    one.count = 1;
    reading.layers.insert(reading.layers.end(), static_cast<std::size_t>(kind.count), one);
  }
}

void read_llama_like(const HuggingfaceConfig& config, HuggingfaceReading& reading,
                     const HuggingfaceDefaults& defaults) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads =
      defaults.own_kv ? config.count_or({"num_key_value_heads"}, model.heads) : config.count({"num_key_value_heads"});
  const bool has_head_dim = config.find({"head_dim", "attention_head_dim"}) != nullptr;
  model.head_dim = has_head_dim || !defaults.head_dim ? config.count({"head_dim", "attention_head_dim"})
                                                      : divided_evenly(config, model.hidden, model.heads);
  model.intermediate = config.count({"intermediate_size", "ff_intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings", "model_max_length"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", defaults.tied);
  model.gated_mlp = defaults.gated;
  make_layers_alike(reading);
}

void read_latent_attention(const HuggingfaceConfig& config, HuggingfaceReading& reading, bool tied) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads = model.heads;
  model.intermediate = config.count({"intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", tied);
  const bool has_value_dim = config.find({"v_head_dim"}) != nullptr;
  model.latent = LatentAttention{
      .kv_rank = config.count({"kv_lora_rank"}),
      .rope_dim = config.count({"qk_rope_head_dim"}, 0),
      .nope_dim = config.count({"qk_nope_head_dim"}),
      .value_dim = has_value_dim ? config.count({"v_head_dim"}) : divided_evenly(config, model.hidden, model.heads),
      .query_rank = config.count_or({"q_lora_rank"}, 0, 0)};
  model.head_dim = model.latent->nope_dim;
  make_layers_alike(reading);
}

// ---- Layers that differ ----

std::vector<std::string> read_layer_types(const HuggingfaceConfig& config, int layers,
                                          const std::vector<std::string>& others) {
  std::vector<std::string> types;
  const YamlNode* list = config.find({"layer_types", "layers_block_type"});
  if (list == nullptr) {
    return types;
  }
  std::vector<std::string> known{"full_attention", "sliding_attention", "chunked_attention"};
  known.insert(known.end(), others.begin(), others.end());
  for (const YamlNode& item : config.per_layer(*list, "layer_types", layers)) {
    types.push_back(read_name(item, "type of layer", known));
  }
  return types;
}

void set_windows(HuggingfaceReading& reading, const std::vector<std::string>& types, int window) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] == "sliding_attention" || types[i] == "chunked_attention") {
      reading.layers[i].attention->window = window;
      reading.layers[i].attention->chunked = types[i] == "chunked_attention";
    }
  }
}

void read_window_of_all(const HuggingfaceConfig& config, HuggingfaceReading& reading) {
  std::vector<std::string> types = read_layer_types(config, reading.model.layers);
  const bool somewhere = std::any_of(types.begin(), types.end(), [](const auto& t) { return t != "full_attention"; });
  const YamlNode* window = config.find({"sliding_window"});
  if (types.empty()) {
    types.assign(reading.layers.size(), window == nullptr ? "full_attention" : "sliding_attention");
  } else if (somewhere && window == nullptr) {
    config.refuse({"layer_types"}, "some layers slide, and `sliding_window` is missing; expected its width in tokens");
  }
  if (window != nullptr) {
    set_windows(reading, types, config.count({"sliding_window"}));
  }
}

void read_window_pattern(const HuggingfaceConfig& config, HuggingfaceReading& reading, int pattern, int window) {
  std::vector<std::string> types = read_layer_types(config, reading.model.layers);
  if (types.empty()) {
    const int every = config.count_or({"sliding_window_pattern", "_sliding_window_pattern"}, pattern);
    for (int i = 1; i <= reading.model.layers; ++i) {
      types.emplace_back(i % every == 0 ? "full_attention" : "sliding_attention");
    }
  }
  set_windows(reading, types, config.count_or({"sliding_window"}, window));
}

// ---- Context ----

int scaled_context(const HuggingfaceConfig& config, int positions) {
  const YamlNode* scaling = config.find({"rope_scaling", "rope_parameters"});
  if (scaling == nullptr || !scaling->is_map()) {
    return positions;
  }
  if (const YamlNode* full = scaling->find("full_attention"); full != nullptr && full->is_map()) {
    scaling = full;  // one for each type of layer
  }
  const YamlNode* type = scaling->find("rope_type");
  type = type != nullptr && !type->is_null() ? type : scaling->find("type");
  const std::string word =
      type == nullptr || type->is_null() ? "default" : read_text(*type, "`rope_type`", "the kind of scaling");
  double tokens = positions;
  if (word == "yarn" || word == "deepseek_yarn") {
    tokens = config.number_or(*scaling, "original_max_position_embeddings", positions);
  } else if (word != "linear" && word != "dynamic" && word != "ntk") {
    for (const char* known : {"default", "llama3", "longrope", "su", "mrope", "proportional", "gptj"}) {
      if (word == known) {
        return positions;
      }
    }
    fail(type->place, "unknown scaling of positions `" + word.substr(0, 40) +
                          "`; expected one of `default`, `linear`, `dynamic`, `yarn`, `llama3`, `longrope`, `mrope`");
  }
  return static_cast<int>(std::min<double>(std::round(tokens * config.number_or(*scaling, "factor", 1.0)), kMaxCount));
}

}  // namespace idlewatt
