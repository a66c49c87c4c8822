// Families of models with experts whose layers all have attention: one function each.
#include <algorithm>

#include "scenario/huggingface/config.hpp"

namespace idlewatt {
namespace {

using Config = HuggingfaceConfig;
using Reading = HuggingfaceReading;

/// All layers have the mixture, but for those of the list.
void make_experts(Reading& reading, const std::vector<bool>& sparse) {
  for (std::size_t i = 0; i < reading.layers.size(); ++i) {
    reading.layers[i].experts = sparse[i];
    reading.layers[i].intermediate = sparse[i] ? 0 : reading.model.intermediate;
  }
  // The leading dense layers, where no other is: then the model's shape says it all.
  const auto dense = std::find(sparse.begin(), sparse.end(), true) - sparse.begin();
  const bool leading = std::all_of(sparse.begin() + dense, sparse.end(), [](bool experts) { return experts; });
  reading.model.mixture->dense_layers = leading ? static_cast<int>(dense) : 0;
}

std::vector<bool> all_layers(const Reading& reading) {
  return std::vector<bool>(static_cast<std::size_t>(reading.model.layers), true);
}

/// `decoder_sparse_step` and `mlp_only_layers`, as Qwen's mixtures have them.
std::vector<bool> qwen_sparse_layers(const Config& config, const Reading& reading) {
  const int step = config.count_or({"decoder_sparse_step"}, 1);
  std::vector<bool> sparse;
  for (int i = 1; i <= reading.model.layers; ++i) {
    sparse.push_back(i % step == 0);
  }
  if (const YamlNode* dense = config.find({"mlp_only_layers"})) {
    for (const YamlNode& item : dense->items) {
      const int layer = read_count(item, "`mlp_only_layers`", 0, reading.model.layers - 1);
      sparse[static_cast<std::size_t>(layer)] = false;
    }
  }
  return sparse;
}

/// `first_k_dense_replace` and `moe_layer_freq`, as DeepSeek's have them; or a list of ones and zeros, or of words.
std::vector<bool> deepseek_sparse_layers(const Config& config, const Reading& reading) {
  const int layers = reading.model.layers;
  std::vector<bool> sparse;
  if (const YamlNode* types = config.find({"mlp_layer_types"})) {
    for (const YamlNode& item : config.per_layer(*types, "mlp_layer_types", layers)) {
      sparse.push_back(read_name(item, "type of MLP", {"dense", "sparse"}) == "sparse");
    }
    return sparse;
  }
  if (const YamlNode* list = config.find({"moe_layer_freq"}); list != nullptr && list->is_sequence()) {
    for (const YamlNode& item : config.per_layer(*list, "moe_layer_freq", layers)) {
      sparse.push_back(read_count(item, "`moe_layer_freq`", 0, 1) == 1);
    }
    return sparse;
  }
  if (config.count_or({"moe_layer_freq"}, 1) != 1) {
    config.refuse({"moe_layer_freq"}, "only some of its layers have experts; expected a `moe_layer_freq` of 1");
  }
  const int dense = config.count_or({"first_k_dense_replace", "moe_layer_start_index"}, 0, 0);
  for (int i = 0; i < layers; ++i) {
    sparse.push_back(i >= dense);
  }
  return sparse;
}

ExpertMixture routed(const Config& config, Config::Names experts, Config::Names intermediate) {
  return {.experts = config.count_of_all_layers(experts),
          .experts_per_token = config.count_of_all_layers(
              {"num_experts_per_tok", "experts_per_token", "moe_topk", "num_selected_experts"}),
          .intermediate = config.count_of_all_layers(intermediate)};
}

void read_mixtral(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {});
  read_window_of_all(config, reading);
  reading.model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  make_experts(reading, all_layers(reading));
}

void read_qwen2_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  reading.model.mixture = routed(config, {"num_experts"}, {"moe_intermediate_size"});
  reading.model.mixture->shared_experts = 1;
  reading.model.mixture->shared_intermediate = config.count({"shared_expert_intermediate_size"});
  make_experts(reading, qwen_sparse_layers(config, reading));
}

void read_qwen3_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.head_dim = false});
  reading.model.mixture = routed(config, {"num_experts"}, {"moe_intermediate_size"});
  make_experts(reading, qwen_sparse_layers(config, reading));
}

/// The mixture of DeepSeek's models and of those that follow them.
void read_deepseek_mixture(const Config& config, Reading& reading) {
  const int experts = config.count({"n_routed_experts", "num_experts", "num_local_experts"});
  reading.model.mixture =
      ExpertMixture{.experts = experts,
                    .experts_per_token = config.count({"num_experts_per_tok"}),
                    .shared_experts = config.count_or({"n_shared_experts", "num_shared_experts"}, 0, 0),
                    .intermediate = config.count({"moe_intermediate_size"}),
                    .shared_intermediate = config.count_or({"moe_shared_expert_intermediate_size"}, 0, 0)};
  make_experts(reading, deepseek_sparse_layers(config, reading));
}

void read_deepseek(const Config& config, Reading& reading) {
  read_latent_attention(config, reading, false);
  read_deepseek_mixture(config, reading);
}

/// DeepSeek-V3.2 and GLM-5: an index chooses what is read; some layers take over the choice of an earlier one.
void read_deepseek_sparse(const Config& config, Reading& reading) {
  read_deepseek(config, reading);
  const SparseIndex own{.heads = config.count({"index_n_heads"}),
                        .head_dim = config.count({"index_head_dim"}),
                        .tokens = config.count({"index_topk"})};
  const YamlNode* types = config.find({"indexer_types"});
  for (std::size_t i = 0; i < reading.layers.size(); ++i) {
    const bool shared =
        types != nullptr && read_name(config.per_layer(*types, "indexer_types", reading.model.layers)[i],
                                      "type of index", {"full", "shared"}) == "shared";
    reading.layers[i].attention->index = shared ? SparseIndex{.tokens = own.tokens} : own;
  }
}

/// Grouped queries, and a mixture as DeepSeek's: the first DeepSeek, GLM-4.5, dots.
void read_grouped_deepseek(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_deepseek_mixture(config, reading);
}

void read_exaone_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  set_windows(reading, read_layer_types(config, reading.model.layers), config.count_or({"sliding_window"}, 4096));
  read_deepseek_mixture(config, reading);
}

void read_minimax_m2(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.head_dim = false});
  reading.model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  reading.model.mixture->shared_intermediate = config.count_or({"shared_intermediate_size"}, 0, 0);
  reading.model.mixture->shared_experts = reading.model.mixture->shared_intermediate > 0 ? 1 : 0;
  make_experts(reading, all_layers(reading));
}

void read_minimax_m3(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.head_dim = false});
  Model& model = reading.model;
  model.mixture = routed(config, {"num_local_experts"}, {"moe_intermediate_size", "intermediate_size"});
  model.mixture->shared_experts = config.count_or({"n_shared_experts"}, 0, 0);
  model.mixture->shared_intermediate = config.count_or({"shared_intermediate_size"}, 0, 0);
  model.intermediate = config.count({"dense_intermediate_size"});
  make_experts(reading, deepseek_sparse_layers(config, reading));
  if (config.find({"sparse_attention_config"}) == nullptr) {
    return;
  }
  const Config sparse = config.part("sparse_attention_config");
  const SparseIndex index{.heads = sparse.count({"sparse_num_index_heads"}),
                          .head_dim = sparse.count({"sparse_index_dim"}),
                          .tokens = sparse.count({"sparse_topk_blocks"}) * sparse.count({"sparse_block_size"})};
  const YamlNode* where = sparse.find({"sparse_attention_freq"});
  for (std::size_t i = 0; i < reading.layers.size(); ++i) {
    if (where == nullptr || read_count(config.per_layer(*where, "sparse_attention_freq", model.layers)[i],
                                       "`sparse_attention_freq`", 0, 1) == 1) {
      reading.layers[i].attention->index = index;
    }
  }
}

/// Every other layer slides, from the first on (GptOssConfig).
void read_gpt_oss(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.head_dim = false});
  read_window_pattern(config, reading, 2, 128);
  reading.model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  make_experts(reading, all_layers(reading));
}

void read_granite_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .own_kv = true});
  reading.model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  reading.model.mixture->shared_intermediate = config.count_or({"shared_intermediate_size"}, 0, 0);
  reading.model.mixture->shared_experts = reading.model.mixture->shared_intermediate > 0 ? 1 : 0;
  make_experts(reading, all_layers(reading));
}

void read_phimoe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_window_of_all(config, reading);
  reading.model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  make_experts(reading, all_layers(reading));
}

void read_olmoe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  reading.model.mixture = routed(config, {"num_experts"}, {"intermediate_size"});
  make_experts(reading, all_layers(reading));
}

void read_dbrx(const Config& config, Reading& reading) {
  Model& model = reading.model;
  model.layers = config.count({"n_layers"});
  model.hidden = config.count({"d_model"});
  model.heads = config.count({"n_heads"});
  model.head_dim = divided_evenly(config, model.hidden, model.heads);
  model.kv_heads = config.part("attn_config").count({"kv_n_heads"});
  const Config experts = config.part("ffn_config");
  model.intermediate = experts.count({"ffn_hidden_size"});
  model.vocabulary = config.count({"vocab_size"});
  model.context_tokens = config.count({"max_seq_len"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  make_layers_alike(reading);
  model.mixture = ExpertMixture{.experts = experts.count({"moe_num_experts"}),
                                .experts_per_token = experts.count({"moe_top_k"}),
                                .intermediate = model.intermediate};
  make_experts(reading, all_layers(reading));
}

/// Numbers of experts are lists of one number a layer.
void read_hunyuan_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true});
  if (config.flag_or("use_cla", false)) {
    config.refuse({"use_cla"}, "its layers share keys and values; expected `use_cla` false");
  }
  reading.model.mixture = routed(config, {"num_experts"}, {"moe_intermediate_size", "intermediate_size"});
  reading.model.mixture->shared_experts = config.count_of_all_layers({"num_shared_expert"}, 0);
  make_experts(reading, all_layers(reading));
}

void read_ernie_moe(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true});
  reading.model.mixture = ExpertMixture{.experts = config.count({"moe_num_experts"}),
                                        .experts_per_token = config.count({"moe_k"}),
                                        .shared_experts = config.count_or({"moe_num_shared_experts"}, 0, 0),
                                        .intermediate = config.count({"moe_intermediate_size"})};
  if (config.count_or({"moe_layer_interval"}, 1) != 1) {
    config.refuse({"moe_layer_interval"}, "only some of its layers have experts; expected a `moe_layer_interval` of 1");
  }
  make_experts(reading, deepseek_sparse_layers(config, reading));
}

/// Llama 4: three of four layers attend inside blocks of positions; every n-th layer has experts, with a shared one.
void read_llama4(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {});
  Model& model = reading.model;
  std::vector<std::string> types = read_layer_types(config, model.layers);
  const YamlNode* rope = config.find({"no_rope_layers"});
  for (int i = 1; types.empty() || i <= model.layers; ++i) {
    if (!types.empty() && static_cast<int>(types.size()) == model.layers) {
      break;
    }
    const bool listed = rope != nullptr && !rope->items.empty();
    const bool chunked =
        listed ? read_count(config.per_layer(*rope, "no_rope_layers", model.layers)[static_cast<std::size_t>(i) - 1],
                            "`no_rope_layers`", 0, 1) == 1
               : i % config.count_or({"no_rope_layer_interval"}, 4) != 0;
    types.emplace_back(chunked ? "chunked_attention" : "full_attention");
  }
  if (config.find({"attention_chunk_size"}) != nullptr) {
    set_windows(reading, types, config.count({"attention_chunk_size"}));
  }
  model.mixture = routed(config, {"num_local_experts"}, {"intermediate_size"});
  model.mixture->shared_experts = 1;
  model.intermediate = config.count({"intermediate_size_mlp"});
  std::vector<bool> sparse(static_cast<std::size_t>(model.layers), false);
  if (const YamlNode* list = config.find({"moe_layers"}); list != nullptr && !list->items.empty()) {
    for (const YamlNode& item : list->items) {
      sparse[static_cast<std::size_t>(read_count(item, "`moe_layers`", 0, model.layers - 1))] = true;
    }
  } else {
    const int step = config.count_or({"interleave_moe_layer_step"}, 1);
    for (int i = step; i <= model.layers; i += step) {
      sparse[static_cast<std::size_t>(i) - 1] = true;
    }
  }
  make_experts(reading, sparse);
}

/// Gemma 4: layers that read all have fewer and wider heads, whose values are their keys; experts stand beside the
/// dense MLP of each layer.
void read_gemma4(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .head_dim = false});
  Model& model = reading.model;
  if (config.count_or({"hidden_size_per_layer_input"}, 0, 0) > 0) {
    config.refuse({"hidden_size_per_layer_input"},
                  "its layers have embeddings of their own, which are not modelled; expected 0");
  }
  if (config.count_or({"num_kv_shared_layers"}, 0, 0) > 0) {
    const int own = model.layers - config.count({"num_kv_shared_layers"});
    for (int i = std::max(0, own); i < model.layers; ++i) {
      reading.layers[static_cast<std::size_t>(i)].attention->borrowed_kv = true;
    }
  }
  read_window_pattern(config, reading, 6, 512);
  const int head_dim = config.count_or({"global_head_dim"}, model.head_dim);
  const int kv_heads = config.count_or({"num_global_key_value_heads"}, model.kv_heads);
  const bool values_are_keys = config.flag_or("attention_k_eq_v", false);
  for (LayerKind& layer : reading.layers) {
    if (layer.attention->window == 0) {
      layer.attention->head_dim = head_dim;
      layer.attention->kv_heads = values_are_keys ? kv_heads : model.kv_heads;
      layer.attention->values_are_keys = values_are_keys;
    }
  }
  if (config.flag_or("enable_moe_block", false)) {
    model.mixture = ExpertMixture{.experts = config.count({"num_experts"}),
                                  .experts_per_token = config.count({"top_k_experts"}),
                                  .intermediate = config.count({"moe_intermediate_size", "expert_intermediate_size"})};
    for (LayerKind& layer : reading.layers) {
      layer.experts = true;
    }
  }
}

constexpr HuggingfaceFamily kFamilies[] = {
    {"mixtral", read_mixtral},
    {"qwen2_moe", read_qwen2_moe},
    {"qwen3_moe", read_qwen3_moe},
    {"qwen3_vl_moe_text", read_qwen3_moe},
    {"qwen3_omni_moe_text", read_qwen3_moe},
    {"deepseek", read_grouped_deepseek},
    {"deepseek_v2", read_deepseek},
    {"deepseek_v3", read_deepseek},
    {"deepseek_v32", read_deepseek_sparse},
    {"kimi_k2", read_deepseek},
    {"glm_moe_dsa", read_deepseek_sparse},
    {"glm4_moe_lite", read_deepseek},
    {"glm4_moe", read_grouped_deepseek},
    {"glm4v_moe_text", read_grouped_deepseek},
    {"dots1", read_grouped_deepseek},
    {"bailing_moe", read_grouped_deepseek},
    {"exaone_moe", read_exaone_moe},
    {"minimax_m2", read_minimax_m2},
    {"minimax_m3", read_minimax_m3},
    {"gpt_oss", read_gpt_oss},
    {"granitemoe", read_granite_moe},
    {"granitemoeshared", read_granite_moe},
    {"phimoe", read_phimoe},
    {"olmoe", read_olmoe},
    {"dbrx", read_dbrx},
    {"hunyuan_v1_moe", read_hunyuan_moe},
    {"ernie4_5_moe", read_ernie_moe},
    {"llama4_text", read_llama4},
    {"gemma4_text", read_gemma4},
};

}  // namespace

std::span<const HuggingfaceFamily> mixture_families() {
  return kFamilies;
}

}  // namespace idlewatt
