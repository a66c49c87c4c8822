// What readers of a config.json of Hugging Face share: its keys by their several names, and the layers that they make.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "catalog/model.hpp"
#include "scenario/fields.hpp"

namespace idlewatt {

/// The keys of a config.json. Names of one thing differ between architectures, so each question takes several.
class HuggingfaceConfig {
 public:
  using Names = std::initializer_list<const char*>;

  /// `text` describes the language model, `whole` is the file: the same map, or one around it. Both outlive this.
  HuggingfaceConfig(const YamlNode& text, const YamlNode& whole, std::string type)
      : text_(text), whole_(whole), type_(std::move(type)) {}

  const std::string& type() const { return type_; }
  const Place& place() const { return text_.place; }

  /// The first of the keys that is given and not null.
  const YamlNode* find(Names names) const;
  /// The same, in the whole file where the text model does not say it.
  const YamlNode* find_anywhere(Names names) const;
  /// The map under a key. Throws where it is missing.
  HuggingfaceConfig part(const char* name) const;

  int count(Names names, int minimum = 1) const;
  int count_or(Names names, int otherwise, int minimum = 1) const;
  /// A count, or a list of one for each layer that are all alike.
  int count_of_all_layers(Names names, int minimum = 1) const;
  bool flag_or(const char* name, bool otherwise) const;
  double number_or(const YamlNode& map, const char* name, double otherwise) const;
  std::string word_or(Names names, const std::string& otherwise) const;
  bool in_32_bits(Names names) const { return word_or(names, "") == "float32"; }
  /// A list with an item for each of `layers`. Throws where its length differs.
  const std::vector<YamlNode>& per_layer(const YamlNode& list, const std::string& name, int layers) const;

  [[noreturn]] void refuse(Names names, const std::string& message) const;

 private:
  const YamlNode& text_;
  const YamlNode& whole_;
  std::string type_;
};

/// A model on its way: the shape that most layers have, and each layer in order.
struct HuggingfaceReading {
  Model model;
  std::vector<LayerKind> layers;  ///< one by one, `count` 1
};

/// What a type leaves out of its config.json when it has the value that its class assumes.
struct HuggingfaceDefaults {
  bool tied = false;     ///< tie_word_embeddings
  bool own_kv = false;   ///< without num_key_value_heads every head has its own keys and values
  bool head_dim = true;  ///< without head_dim it is hidden / heads
  bool gated = true;     ///< three matrices in an MLP
};

/// The functions below are for families; each reads what its name says into the model, and makes its layers alike.
int divided_evenly(const HuggingfaceConfig& config, int hidden, int heads);
/// Layers, hidden state, heads and vocabulary, by all the names that they go by.
void read_size(const HuggingfaceConfig& config, Model& model);
/// Llama and its kin: grouped queries.
void read_llama_like(const HuggingfaceConfig& config, HuggingfaceReading& reading, const HuggingfaceDefaults& defaults);
/// Latent attention as DeepSeek's, with the index of sparse attention where there is one.
void read_latent_attention(const HuggingfaceConfig& config, HuggingfaceReading& reading, bool tied);
/// Layers as the model's shape says, the mixture's dense ones first.
void make_layers_alike(HuggingfaceReading& reading);

/// The kind of each layer from `layer_types`, where it is given; "full_attention", "sliding_attention",
/// "chunked_attention", or a word of `others`. Empty where it is not.
std::vector<std::string> read_layer_types(const HuggingfaceConfig& config, int layers,
                                          const std::vector<std::string>& others = {});
/// Gives the layers whose type is "sliding_attention" or "chunked_attention" the window.
void set_windows(HuggingfaceReading& reading, const std::vector<std::string>& types, int window);
/// `sliding_window` in all layers, unless `layer_types` says in which.
void read_window_of_all(const HuggingfaceConfig& config, HuggingfaceReading& reading);
/// The window of layers of which every `pattern`-th reads all; the config may say the pattern and the window.
void read_window_pattern(const HuggingfaceConfig& config, HuggingfaceReading& reading, int pattern, int window);

/// One family of models.
struct HuggingfaceFamily {
  const char* type;  ///< model_type
  void (*read)(const HuggingfaceConfig&, HuggingfaceReading&);
  /// How it is served keeps its context as max_position_embeddings says, whatever rope_scaling says beside it.
  bool context_as_given = false;
};
std::span<const HuggingfaceFamily> dense_families();
std::span<const HuggingfaceFamily> mixture_families();
std::span<const HuggingfaceFamily> hybrid_families();

/// Tokens after the scaling of positions. vLLM's rule (vllm/config, _get_and_verify_max_len): `yarn` multiplies
/// original_max_position_embeddings, other scalings multiply max_position_embeddings; `llama3`, `longrope` and `mrope`
/// have it in max_position_embeddings already.
int scaled_context(const HuggingfaceConfig& config, int positions);

}  // namespace idlewatt
