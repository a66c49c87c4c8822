// The keys of a config.json of Hugging Face by their several names, and the layers that readers make of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "catalog/model.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {

/// The keys of a config.json. Architectures name one quantity differently, so each function takes several names.
class HuggingfaceConfig {
 public:
  using Names = std::initializer_list<const char*>;

  /// Makes a reader. `text` describes the language model, `whole` is the file: the same map, or one that contains it.
  /// Both must outlive this object.
  HuggingfaceConfig(const YamlNode& text, const YamlNode& whole, std::string type)
      : text_(text), whole_(whole), type_(std::move(type)) {}

  const std::string& type() const { return type_; }
  const Place& place() const { return text_.place; }

  /// The value of the first of the keys that is given and not null; null when there is none.
  const YamlNode* find(Names names) const;
  /// The value as find() gives it; if the text model lacks all of the keys, the value from the whole file.
  const YamlNode* find_anywhere(Names names) const;
  /// The map under a key. Throws InputError when it is missing.
  HuggingfaceConfig part(const char* name) const;

  int count(Names names, int minimum = 1) const;
  int count_or(Names names, int otherwise, int minimum = 1) const;
  /// A count, or a list with the same count for each layer.
  int count_of_all_layers(Names names, int minimum = 1) const;
  bool flag_or(const char* name, bool otherwise) const;
  double number_or(const YamlNode& map, const char* name, double otherwise) const;
  std::string word_or(Names names, const std::string& otherwise) const;
  bool in_32_bits(Names names) const { return word_or(names, "") == "float32"; }
  /// A list with an item for each of `layers` layers. Throws InputError when its length differs.
  const std::vector<YamlNode>& per_layer(const YamlNode& list, const std::string& name, int layers) const;

  [[noreturn]] void refuse(Names names, const std::string& message) const;

 private:
  const YamlNode& text_;
  const YamlNode& whole_;
  std::string type_;
};

/// A model while it is read: the shape of most layers, and each layer in order.
struct HuggingfaceReading {
  Model model;
  std::vector<LayerKind> layers;  ///< one by one, `count` 1
};

/// The defaults of a type's class, which a config.json leaves out.
struct HuggingfaceDefaults {
  bool tied = false;     ///< tie_word_embeddings
  bool own_kv = false;   ///< true: without num_key_value_heads every head has its own keys and values
  bool head_dim = true;  ///< true: without head_dim it is hidden / heads
  bool gated = true;     ///< true: an MLP has three matrices
};

/// The functions below read parts of a config for the families. Each reads the part in its name into the model and
/// makes all layers alike.
int divided_evenly(const HuggingfaceConfig& config, int hidden, int heads);
/// Reads layers, hidden state, heads and vocabulary under all their names.
void read_size(const HuggingfaceConfig& config, Model& model);
/// Reads a model like Llama, with grouped queries.
void read_llama_like(const HuggingfaceConfig& config, HuggingfaceReading& reading, const HuggingfaceDefaults& defaults);
/// Reads latent attention like DeepSeek's, with the index of sparse attention where there is one.
void read_latent_attention(const HuggingfaceConfig& config, HuggingfaceReading& reading, bool tied);
/// Makes all layers as the model's shape says, a mixture's dense layers first.
void make_layers_alike(HuggingfaceReading& reading);

/// The kind of each layer from `layer_types`: "full_attention", "sliding_attention", "chunked_attention", or a word of
/// `others`. Empty when `layer_types` is not given.
std::vector<std::string> read_layer_types(const HuggingfaceConfig& config, int layers,
                                          const std::vector<std::string>& others = {});
/// Sets the window of the layers whose type is "sliding_attention" or "chunked_attention".
void set_windows(HuggingfaceReading& reading, const std::vector<std::string>& types, int window);
/// Sets `sliding_window` in all layers, or in those that `layer_types` names.
void read_window_of_all(const HuggingfaceConfig& config, HuggingfaceReading& reading);
/// Sets the window of all layers but every `pattern`-th, which reads everything. The config may give pattern and window
/// itself.
void read_window_pattern(const HuggingfaceConfig& config, HuggingfaceReading& reading, int pattern, int window);

/// A family of models and its reader.
struct HuggingfaceFamily {
  const char* type;  ///< model_type
  void (*read)(const HuggingfaceConfig&, HuggingfaceReading&);
  /// True when engines keep the context of max_position_embeddings for this family, whatever rope_scaling says.
  bool context_as_given = false;
};
std::span<const HuggingfaceFamily> dense_families();
std::span<const HuggingfaceFamily> mixture_families();
std::span<const HuggingfaceFamily> hybrid_families();

/// The context in tokens after the scaling of positions, by vLLM's rule (vllm/config, _get_and_verify_max_len): `yarn`
/// multiplies original_max_position_embeddings; other scalings multiply max_position_embeddings; `llama3`, `longrope`
/// and `mrope` have already been applied to max_position_embeddings.
int scaled_context(const HuggingfaceConfig& config, int positions);

}  // namespace idlewatt
