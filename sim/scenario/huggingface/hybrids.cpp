// Families of models with layers that carry a state: one function each.
#include <algorithm>

#include "scenario/huggingface/config.hpp"

namespace idlewatt {
namespace {

using Config = HuggingfaceConfig;
using Reading = HuggingfaceReading;

/// The shape of one state layer of Mamba.
struct MambaShape {
  std::int64_t hidden = 0;
  std::int64_t inner = 0;  ///< elements of a token inside
  std::int64_t state = 0;  ///< of each of them
  std::int64_t conv = 0;   ///< tokens of the convolution
  std::int64_t groups = 1;
  std::int64_t heads = 1;
  std::int64_t rank = 0;  ///< of the time step, in the first Mamba
};

/// arXiv 2312.00752: projections in and out, convolution, x to (time step, B, C), time step up, A and D.
StateLayer mamba1(const MambaShape& m) {
  return {.weights = m.hidden * 2 * m.inner + m.inner * m.conv + m.inner * (m.rank + 2 * m.state) + m.rank * m.inner +
                     m.inner * m.state + 2 * m.inner + m.inner * m.hidden,
          .conv = m.inner * (m.conv - 1),
          .recurrent = m.inner * m.state};
}

/// arXiv 2405.21060: one projection to gate, x, B, C and time steps; convolution of x, B and C with its bias.
StateLayer mamba2(const MambaShape& m) {
  const std::int64_t convolved = m.inner + 2 * m.groups * m.state;
  return {.weights = m.hidden * (m.inner + convolved + m.heads) + convolved * (m.conv + 1) + 3 * m.heads + m.inner +
                     m.inner * m.hidden,
          .conv = convolved * (m.conv - 1),
          .recurrent = m.inner * m.state};
}

/// Of a recurrent state: 32 bits where the config asks for them.
int recurrent_bytes(const Config& config) {
  return config.in_32_bits({"mamba_ssm_cache_dtype", "mamba_ssm_dtype"}) ? 4 : 2;
}

/// Gated delta net (arXiv 2412.06464) as Qwen3-Next has it: queries, keys, values and gate from one projection, decay
/// and strength of each value head from another; a state of key width x value width in each value head.
StateLayer gated_delta_net(const Config& config, std::int64_t hidden) {
  const std::int64_t value_heads = config.count({"linear_num_value_heads"});
  const std::int64_t key_dim = config.count({"linear_key_head_dim"});
  const std::int64_t value_dim = config.count({"linear_value_head_dim"});
  const std::int64_t keys = config.count({"linear_num_key_heads"}) * key_dim;
  const std::int64_t values = value_heads * value_dim;
  const std::int64_t conv = config.count_or({"linear_conv_kernel_dim"}, 4);
  const std::int64_t convolved = 2 * keys + values;
  return {.weights = hidden * (convolved + values) + hidden * 2 * value_heads + convolved * conv + 2 * value_heads +
                     value_dim + values * hidden,
          .conv = convolved * (conv - 1),
          .recurrent = value_heads * key_dim * value_dim,
          .recurrent_bytes = recurrent_bytes(config)};
}

void carry_state(LayerKind& layer, const StateLayer& state) {
  layer.attention.reset();
  layer.state = state;
}

/// Qwen3-Next and Qwen3.5: every fourth layer has attention, with a gate of its output; the others a delta net.
void read_qwen_hybrid(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads = config.count({"num_key_value_heads"});
  model.head_dim = config.count({"head_dim"});
  const bool experts = config.find({"num_experts"}) != nullptr && config.count({"num_experts"}, 0) > 0;
  model.intermediate = experts ? config.count_or({"intermediate_size"}, config.count({"moe_intermediate_size"}))
                               : config.count({"intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  make_layers_alike(reading);
  std::vector<std::string> types = read_layer_types(config, model.layers, {"linear_attention"});
  const int every = config.count_or({"full_attention_interval"}, 4);
  for (int i = 1; static_cast<int>(types.size()) < model.layers; ++i) {
    types.emplace_back(i % every == 0 ? "full_attention" : "linear_attention");
  }
  const StateLayer delta_net = gated_delta_net(config, model.hidden);
  const bool gated = config.flag_or("attn_output_gate", true);
  for (std::size_t i = 0; i < types.size(); ++i) {
    reading.layers[i].attention->gated_output = gated;
    if (types[i] == "linear_attention") {
      carry_state(reading.layers[i], delta_net);
    }
  }
  if (!experts) {
    return;
  }
  model.mixture = ExpertMixture{.experts = config.count({"num_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .shared_experts = 1,
                                .intermediate = config.count({"moe_intermediate_size"}),
                                .shared_intermediate = config.count({"shared_expert_intermediate_size"})};
  const int step = config.count_or({"decoder_sparse_step"}, 1);
  for (std::size_t i = 0; i < reading.layers.size(); ++i) {
    reading.layers[i].experts = (i + 1) % static_cast<std::size_t>(step) == 0;
    reading.layers[i].intermediate = reading.layers[i].experts ? 0 : model.intermediate;
  }
}

/// Granite 4: layers of Mamba and some of attention, each with experts and a shared MLP, or with that alone.
void read_granite_hybrid(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_llama_like(config, reading, {.tied = true, .own_kv = true});
  const StateLayer mamba = [&] {
    const int heads = config.count({"mamba_n_heads"});
    StateLayer layer = mamba2({.hidden = model.hidden,
                               .inner = static_cast<std::int64_t>(heads) * config.count({"mamba_d_head"}),
                               .state = config.count({"mamba_d_state"}),
                               .conv = config.count({"mamba_d_conv"}),
                               .groups = config.count({"mamba_n_groups"}),
                               .heads = heads});
    layer.recurrent_bytes = recurrent_bytes(config);
    return layer;
  }();
  const std::vector<std::string> types = read_layer_types(config, model.layers, {"mamba", "attention"});
  if (types.empty()) {
    config.refuse({"layer_types"}, "key `layer_types` is missing; expected `mamba` or `attention` for each layer");
  }
  const int shared = config.count_or({"shared_intermediate_size"}, 0, 0);
  const bool experts = config.count_or({"num_local_experts"}, 0, 0) > 0;
  if (experts) {
    model.mixture = ExpertMixture{.experts = config.count({"num_local_experts"}),
                                  .experts_per_token = config.count({"num_experts_per_tok"}),
                                  .shared_experts = shared > 0 ? 1 : 0,
                                  .intermediate = model.intermediate,
                                  .shared_intermediate = shared};
  } else {
    model.intermediate = shared > 0 ? shared : model.intermediate;
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    reading.layers[i].experts = experts;
    reading.layers[i].intermediate = experts ? 0 : model.intermediate;
    if (types[i] == "mamba") {
      carry_state(reading.layers[i], mamba);
    }
  }
}

/// Nemotron-H: each block is one thing, by a letter of the pattern: M Mamba, * attention, - MLP, E experts.
void read_nemotron_h(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads = config.count({"num_key_value_heads"});
  model.head_dim = config.count({"head_dim", "attention_head_dim"});
  model.intermediate = config.count({"intermediate_size"});
  model.context_tokens = config.count({"max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  model.gated_mlp = false;
  const YamlNode* pattern = config.find({"hybrid_override_pattern"});
  if (pattern == nullptr || !pattern->is_scalar() || static_cast<int>(pattern->scalar.size()) != model.layers) {
    config.refuse({"hybrid_override_pattern"}, "`hybrid_override_pattern` does not have a letter for each of the " +
                                                   std::to_string(model.layers) + " layers; expected M, *, - or E");
  }
  const int heads = config.count({"mamba_num_heads"});
  StateLayer mamba = mamba2({.hidden = model.hidden,
                             .inner = static_cast<std::int64_t>(heads) * config.count({"mamba_head_dim"}),
                             .state = config.count({"ssm_state_size"}),
                             .conv = config.count({"conv_kernel"}),
                             .groups = config.count({"n_groups"}),
                             .heads = heads});
  mamba.recurrent_bytes = recurrent_bytes(config);
  if (pattern->scalar.find('E') != std::string::npos) {
    model.mixture = ExpertMixture{.experts = config.count({"n_routed_experts"}),
                                  .experts_per_token = config.count({"num_experts_per_tok"}),
                                  .shared_experts = config.count_or({"n_shared_experts"}, 0, 0),
                                  .intermediate = config.count({"moe_intermediate_size"}),
                                  .shared_intermediate = config.count_or({"moe_shared_expert_intermediate_size"}, 0, 0),
                                  .input = config.count_or({"moe_latent_size"}, 0, 0)};
  }
  for (const char letter : pattern->scalar) {
    LayerKind layer{.count = 1};
    switch (letter) {
      case 'M':
        layer.state = mamba;
        break;
      case '*':
        layer.attention = Attention{.heads = model.heads, .kv_heads = model.kv_heads, .head_dim = model.head_dim};
        break;
      case '-':
        layer.intermediate = model.intermediate;
        break;
      case 'E':
        layer.experts = true;
        break;
      default:
        config.refuse({"hybrid_override_pattern"}, "unknown letter `" + std::string(1, letter) +
                                                       "` in `hybrid_override_pattern`; expected M, *, - or E");
    }
    reading.layers.push_back(layer);
  }
}

/// Without attention nothing limits the context; the most that is counted.
constexpr int kNoLimit = 10'000'000;

/// Of the first Mamba, without MLPs.
void read_mamba(const Config& config, Reading& reading) {
  Model& model = reading.model;
  model.layers = config.count({"num_hidden_layers", "n_layer"});
  model.hidden = config.count({"hidden_size", "d_model"});
  model.vocabulary = config.count({"vocab_size"});
  model.context_tokens = kNoLimit;
  model.tied_embeddings = config.flag_or("tie_word_embeddings", config.type() == "mamba");
  const StateLayer mamba = mamba1({.hidden = model.hidden,
                                   .inner = config.count_or({"intermediate_size", "d_inner"}, 2 * model.hidden),
                                   .state = config.count({"state_size"}),
                                   .conv = config.count({"conv_kernel"}),
                                   .rank = config.count_or({"time_step_rank"}, (model.hidden + 15) / 16)});
  reading.layers.assign(static_cast<std::size_t>(model.layers), LayerKind{.count = 1, .state = mamba});
}
void read_mamba2(const Config& config, Reading& reading) {
  Model& model = reading.model;
  model.layers = config.count({"num_hidden_layers"});
  model.hidden = config.count({"hidden_size"});
  model.vocabulary = config.count({"vocab_size"});
  model.context_tokens = kNoLimit;
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  const int heads = config.count({"num_heads"});
  const StateLayer mamba = mamba2({.hidden = model.hidden,
                                   .inner = static_cast<std::int64_t>(heads) * config.count({"head_dim"}),
                                   .state = config.count({"state_size"}),
                                   .conv = config.count({"conv_kernel"}),
                                   .groups = config.count({"n_groups"}),
                                   .heads = heads});
  reading.layers.assign(static_cast<std::size_t>(model.layers), LayerKind{.count = 1, .state = mamba});
}

/// Jamba: one of `attn_layer_period` layers has attention, the others Mamba; one of `expert_layer_period` has experts.
void read_jamba(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_llama_like(config, reading, {.own_kv = true});
  model.mixture = ExpertMixture{.experts = config.count({"num_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .intermediate = model.intermediate};
  const StateLayer mamba = mamba1({.hidden = model.hidden,
                                   .inner = static_cast<std::int64_t>(config.count({"mamba_expand"})) * model.hidden,
                                   .state = config.count({"mamba_d_state"}),
                                   .conv = config.count({"mamba_d_conv"}),
                                   .rank = config.count({"mamba_dt_rank"})});
  const int attention_period = config.count({"attn_layer_period"});
  const int attention_offset = config.count({"attn_layer_offset"}, 0);
  const int expert_period = config.count({"expert_layer_period"});
  const int expert_offset = config.count({"expert_layer_offset"}, 0);
  for (int i = 0; i < model.layers; ++i) {
    LayerKind& layer = reading.layers[static_cast<std::size_t>(i)];
    layer.experts = model.mixture->experts > 1 && i % expert_period == expert_offset;
    layer.intermediate = layer.experts ? 0 : model.intermediate;
    if (i % attention_period != attention_offset) {
      carry_state(layer, mamba);
    }
  }
}

/// Bamba: layers of the list have attention, the others Mamba; each an MLP.
void read_bamba(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_llama_like(config, reading, {.own_kv = true});
  const int heads = config.count({"mamba_n_heads"});
  const StateLayer mamba = mamba2({.hidden = model.hidden,
                                   .inner = static_cast<std::int64_t>(config.count({"mamba_expand"})) * model.hidden,
                                   .state = config.count({"mamba_d_state"}),
                                   .conv = config.count({"mamba_d_conv"}),
                                   .groups = config.count({"mamba_n_groups"}),
                                   .heads = heads});
  std::vector<bool> attends(static_cast<std::size_t>(model.layers), false);
  const YamlNode* list = config.find({"attn_layer_indices"});
  if (list == nullptr || !list->is_sequence()) {
    config.refuse({"attn_layer_indices"}, "key `attn_layer_indices` is missing; expected a list of layers");
  }
  for (const YamlNode& item : list->items) {
    attends[static_cast<std::size_t>(read_count(item, "`attn_layer_indices`", 0, model.layers - 1))] = true;
  }
  for (std::size_t i = 0; i < attends.size(); ++i) {
    if (!attends[i]) {
      carry_state(reading.layers[i], mamba);
    }
  }
}

/// Falcon-H1: attention and Mamba side by side in each layer.
void read_falcon_h1(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_llama_like(config, reading, {.own_kv = true});
  const int heads = config.count({"mamba_n_heads"});
  const std::int64_t inner = static_cast<std::int64_t>(heads) * config.count({"mamba_d_head"});
  const StateLayer mamba = mamba2({.hidden = model.hidden,
                                   .inner = inner,
                                   .state = config.count({"mamba_d_state"}),
                                   .conv = config.count({"mamba_d_conv"}),
                                   .groups = config.count({"mamba_n_groups"}),
                                   .heads = heads});
  for (LayerKind& layer : reading.layers) {
    layer.state = mamba;
  }
}

/// MiniMax-Text-01 and M1: lightning attention (a state of width x width in each head, a gate of the output), and every
/// eighth layer attention; by a list of zeros and ones.
void read_minimax(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_llama_like(config, reading, {});
  model.mixture = ExpertMixture{.experts = config.count({"num_local_experts"}),
                                .experts_per_token = config.count({"num_experts_per_tok"}),
                                .intermediate = model.intermediate};
  std::vector<bool> full;
  if (const YamlNode* list = config.find({"attn_type_list"})) {
    for (const YamlNode& item : config.per_layer(*list, "attn_type_list", model.layers)) {
      full.push_back(read_count(item, "`attn_type_list`", 0, 1) == 1);
    }
  } else {
    for (const std::string& type : read_layer_types(config, model.layers, {"linear_attention"})) {
      full.push_back(type == "full_attention");
    }
  }
  if (full.empty()) {
    config.refuse({"attn_type_list"}, "key `attn_type_list` is missing; expected 0 or 1 for each layer");
  }
  const std::int64_t width = static_cast<std::int64_t>(model.heads) * model.head_dim;
  const StateLayer lightning{
      .weights = 5 * width * model.hidden, .recurrent = width * model.head_dim, .recurrent_bytes = 4};
  for (std::size_t i = 0; i < full.size(); ++i) {
    reading.layers[i].experts = true;
    reading.layers[i].intermediate = 0;
    if (!full[i]) {
      carry_state(reading.layers[i], lightning);
    }
  }
}

constexpr HuggingfaceFamily kFamilies[] = {
    {"qwen3_next", read_qwen_hybrid},
    {"qwen3_5_text", read_qwen_hybrid},
    {"qwen3_5_moe_text", read_qwen_hybrid},
    {"granitemoehybrid", read_granite_hybrid},
    {"nemotron_h", read_nemotron_h},
    {"falcon_mamba", read_mamba},
    {"mamba", read_mamba},
    {"mamba2", read_mamba2},
    {"jamba", read_jamba},
    {"bamba", read_bamba},
    {"falcon_h1", read_falcon_h1},
    {"minimax", read_minimax},
    {"minimax_m1", read_minimax},
    {"minimax_text_01", read_minimax},
};

}  // namespace

std::span<const HuggingfaceFamily> hybrid_families() {
  return kFamilies;
}

}  // namespace idlewatt
