#include "scenario/huggingface.hpp"

#include <algorithm>
#include <initializer_list>

#include "physics/model_weights.hpp"
#include "scenario/fields.hpp"
#include "scenario/read_model.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 10'000'000;

/// The keys of a config.json. Names of one thing differ between architectures, so each question takes several.
class Config {
 public:
  using Names = std::initializer_list<const char*>;

  Config(const YamlNode& root, std::string type) : root_(root), type_(std::move(type)) {}

  const std::string& type() const { return type_; }

  /// The first of the keys that is given and not null.
  const YamlNode* find(Names names) const {
    for (const char* name : names) {
      const YamlNode* node = root_.find(name);
      if (node != nullptr && !node->is_null()) {
        return node;
      }
    }
    return nullptr;
  }

  int count(Names names, int minimum = 1) const {
    const YamlNode* node = find(names);
    if (node == nullptr) {
      std::vector<std::string> all(names.begin(), names.end());
      fail(root_.place, "key `" + all.front() + "` is missing in a config.json of the model_type `" + type_ +
                            "`; expected a whole number" +
                            (all.size() > 1 ? ", under one of the names " + list_text(all) : ""));
    }
    return read_count(*node, "`" + std::string(*names.begin()) + "`", minimum, kMaxCount);
  }

  int count_or(Names names, int otherwise, int minimum = 1) const {
    return find(names) == nullptr ? otherwise : count(names, minimum);
  }

  bool flag_or(const char* name, bool otherwise) const {
    const YamlNode* node = find({name});
    return node == nullptr ? otherwise : read_flag(*node, "`" + std::string(name) + "`");
  }

  [[noreturn]] void refuse(Names names, const std::string& message) const {
    const YamlNode* node = find(names);
    fail(node == nullptr ? root_.place : node->place, message);
  }

 private:
  const YamlNode& root_;
  std::string type_;
};

/// What a type leaves out of its config.json when it has the value that its class assumes.
struct Defaults {
  bool tied = false;     ///< tie_word_embeddings
  bool own_kv = false;   ///< without num_key_value_heads every head has its own keys and values
  bool head_dim = true;  ///< without head_dim it is hidden / heads
};

int evenly(const Config& config, int hidden, int heads) {
  if (hidden % heads != 0) {
    config.refuse({"num_attention_heads", "n_head"}, "a hidden state of " + std::to_string(hidden) +
                                                         " is not divided by " + std::to_string(heads) +
                                                         " heads; expected `head_dim`, or a divisor");
  }
  return hidden / heads;
}

/// Layers, hidden state and heads, by all the names that they go by.
void read_size(const Config& config, Model& model) {
  model.layers = config.count({"num_hidden_layers", "n_layer", "num_layers"});
  model.hidden = config.count({"hidden_size", "n_embed", "n_embd"});
  model.heads = config.count({"num_attention_heads", "n_head"});
  model.vocabulary = config.count({"vocab_size"});
}

/// Llama and its kin: grouped queries, gated MLP.
void read_llama_like(const Config& config, Model& model, const Defaults& defaults) {
  read_size(config, model);
  model.kv_heads =
      defaults.own_kv ? config.count_or({"num_key_value_heads"}, model.heads) : config.count({"num_key_value_heads"});
  const bool has_head_dim = config.find({"head_dim"}) != nullptr;
  model.head_dim =
      has_head_dim || !defaults.head_dim ? config.count({"head_dim"}) : evenly(config, model.hidden, model.heads);
  model.intermediate = config.count({"intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", defaults.tied);
}

void read_llama(const Config& config, Model& model) {
  read_llama_like(config, model, {.own_kv = true});
}
void read_mistral(const Config& config, Model& model) {
  read_llama_like(config, model, {});
}
void read_gemma(const Config& config, Model& model) {
  read_llama_like(config, model, {.tied = true, .head_dim = false});
}
void read_qwen3(const Config& config, Model& model) {
  read_llama_like(config, model, {.head_dim = false});
}

void read_mixtral(const Config& config, Model& model) {
  read_llama_like(config, model, {});
  model.mixture = ExpertMixture{.experts = config.count({"num_local_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .shared_experts = 0,
                                .intermediate = model.intermediate,
                                .dense_layers = 0};
}

void read_qwen3_moe(const Config& config, Model& model) {
  read_qwen3(config, model);
  const YamlNode* dense = config.find({"mlp_only_layers"});
  if (config.count_or({"decoder_sparse_step"}, 1) != 1 || (dense != nullptr && !dense->items.empty())) {
    config.refuse({"mlp_only_layers", "decoder_sparse_step"},
                  "some of its layers have no experts; expected `decoder_sparse_step` 1 and no `mlp_only_layers`");
  }
  model.mixture = ExpertMixture{.experts = config.count({"num_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .shared_experts = 0,
                                .intermediate = config.count({"moe_intermediate_size"}),
                                .dense_layers = 0};
}

void read_deepseek(const Config& config, Model& model) {
  read_size(config, model);
  model.kv_heads = model.heads;
  model.intermediate = config.count({"intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  model.latent = LatentAttention{.kv_rank = config.count({"kv_lora_rank"}),
                                 .rope_dim = config.count({"qk_rope_head_dim"}, 0),
                                 .nope_dim = config.count({"qk_nope_head_dim"}),
                                 .value_dim = config.count({"v_head_dim"}),
                                 .query_rank = config.count_or({"q_lora_rank"}, 0, 0)};
  model.head_dim = model.latent->nope_dim;
  if (config.count_or({"moe_layer_freq"}, 1) != 1) {
    config.refuse({"moe_layer_freq"}, "only some of its layers have experts; expected a `moe_layer_freq` of 1");
  }
  model.mixture = ExpertMixture{.experts = config.count({"n_routed_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .shared_experts = config.count_or({"n_shared_experts"}, 0, 0),
                                .intermediate = config.count({"moe_intermediate_size"}),
                                .dense_layers = config.count({"first_k_dense_replace"}, 0)};
}

/// The older ones: an MLP of two matrices, four times as wide as the hidden state where nothing else is said.
void read_two_matrices(const Config& config, Model& model, Config::Names intermediate, bool tied) {
  read_size(config, model);
  model.kv_heads = model.heads;
  model.head_dim = evenly(config, model.hidden, model.heads);
  model.gated_mlp = false;
  model.intermediate = config.count_or(intermediate, 4 * model.hidden);
  model.tied_embeddings = config.flag_or("tie_word_embeddings", tied);
}

void read_gpt_neox(const Config& config, Model& model) {
  read_two_matrices(config, model, {"intermediate_size"}, false);
  model.context_tokens = config.count({"max_position_embeddings"});
}
void read_gpt2(const Config& config, Model& model) {
  read_two_matrices(config, model, {"n_inner"}, true);
  model.context_tokens = config.count({"n_positions", "n_ctx"});
}
void read_opt(const Config& config, Model& model) {
  read_two_matrices(config, model, {"ffn_dim"}, true);
  if (config.count_or({"word_embed_proj_dim"}, model.hidden) != model.hidden) {
    config.refuse({"word_embed_proj_dim"}, "its embeddings are narrower than its layers; expected equal widths");
  }
  model.context_tokens = config.count({"max_position_embeddings"});
}

// BLOOM and Falcon do not always say how long a context they were trained for: 2048 tokens, all of them.
constexpr int kOldContext = 2048;

void read_bloom(const Config& config, Model& model) {
  read_two_matrices(config, model, {"n_inner"}, true);
  model.context_tokens = config.count_or({"seq_length"}, kOldContext);
}

void read_falcon(const Config& config, Model& model) {
  read_two_matrices(config, model, {"ffn_hidden_size"}, true);
  if (config.flag_or("new_decoder_architecture", false)) {
    model.kv_heads = config.count({"num_kv_heads", "n_head_kv"});
  } else if (config.flag_or("multi_query", true)) {
    model.kv_heads = 1;
  }
  model.context_tokens = config.count_or({"max_position_embeddings"}, kOldContext);
}

struct Architecture {
  const char* type;
  void (*read)(const Config&, Model&);
};

constexpr Architecture kArchitectures[] = {
    {"llama", read_llama},
    {"mistral", read_mistral},
    {"qwen2", read_mistral},
    {"qwen3", read_qwen3},
    {"gemma", read_gemma},
    {"gemma2", read_gemma},
    {"mixtral", read_mixtral},
    {"qwen3_moe", read_qwen3_moe},
    {"deepseek_v2", read_deepseek},
    {"deepseek_v3", read_deepseek},
    {"gpt_neox", read_gpt_neox},
    {"gpt2", read_gpt2},
    {"opt", read_opt},
    {"bloom", read_bloom},
    {"falcon", read_falcon},
};

const Architecture& architecture_of(const YamlNode& root) {
  if (!root.is_map()) {
    fail(root.place, "not a config.json of Hugging Face; expected an object with the key `model_type`");
  }
  std::vector<std::string> types;
  for (const Architecture& architecture : kArchitectures) {
    types.emplace_back(architecture.type);
  }
  const YamlNode* type = root.find("model_type");
  if (type == nullptr) {
    fail(root.place, "key `model_type` is missing; expected a config.json of Hugging Face, of one of the types " +
                         list_text(types));
  }
  const std::string word = read_name(*type, "model_type", types);
  return kArchitectures[std::find(types.begin(), types.end(), word) - types.begin()];
}

void check_mixture(const Config& config, const Model& model) {
  if (!model.mixture) {
    return;
  }
  if (model.mixture->experts_per_token > model.mixture->experts) {
    config.refuse({"num_experts_per_tok"}, "more experts for a token than there are; expected at most " +
                                               std::to_string(model.mixture->experts));
  }
  if (model.mixture->dense_layers >= model.layers) {
    config.refuse({"first_k_dense_replace"},
                  "no layer is left for experts; expected fewer than " + std::to_string(model.layers) + " dense ones");
  }
}

}  // namespace

Model read_huggingface_config(const std::string& path) {
  const YamlNode root = parse_yaml(read_text_file(path), path);
  const Architecture& architecture = architecture_of(root);
  const Config config(root, architecture.type);
  Model model;
  model.name = path;
  model.title = path;
  architecture.read(config, model);
  check_mixture(config, model);
  model.source = path + " (model_type " + architecture.type + ")";
  model.status = Status::published;
  const ModelWeights weights = model_weights(model);
  model.parameters = {weights.total(), Status::derived, "counted from the shape in " + path};
  model.active_parameters = {weights.active() + weights.embedding, Status::derived,
                             "counted from the shape in " + path};
  check_model(model, "the model", root.place);
  return model;
}

}  // namespace idlewatt
