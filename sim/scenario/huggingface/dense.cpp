// Families of models whose layers all have attention and a dense MLP: one function each.
#include <algorithm>

#include "scenario/huggingface/config.hpp"

namespace idlewatt {
namespace {

using Config = HuggingfaceConfig;
using Reading = HuggingfaceReading;

void read_llama(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_window_of_all(config, reading);
}
void read_mistral(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {});
  read_window_of_all(config, reading);
}
void read_phi3(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_window_of_all(config, reading);
}
void read_gemma(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .head_dim = false});
}
// Where a config leaves them out, Gemma2Config has a window of 4096 in every other layer from the first on, and
// Gemma3TextConfig one of 4096 in five of six layers, and 262,208 words of a context of 131,072.
void read_gemma2(const Config& config, Reading& reading) {
  read_gemma(config, reading);
  read_window_pattern(config, reading, 2, 4096);
}
void read_gemma3(const Config& config, Reading& reading) {
  Model& model = reading.model;
  model.layers = config.count({"num_hidden_layers"});
  model.hidden = config.count({"hidden_size"});
  model.heads = config.count({"num_attention_heads"});
  model.kv_heads = config.count({"num_key_value_heads"});
  model.head_dim = config.count_or({"head_dim"}, 256);
  model.intermediate = config.count({"intermediate_size"});
  model.vocabulary = config.count_or({"vocab_size"}, 262'208);
  model.context_tokens = config.count_or({"max_position_embeddings"}, 131'072);
  model.tied_embeddings = config.flag_or("tie_word_embeddings", true);
  make_layers_alike(reading);
  read_window_pattern(config, reading, 6, 4096);
}

/// Qwen's window is off unless it says so, and then of the layers from `max_window_layers` on.
void read_qwen_window(const Config& config, Reading& reading) {
  if (!config.flag_or("use_sliding_window", false) || config.find({"sliding_window"}) == nullptr) {
    return;
  }
  std::vector<std::string> types = read_layer_types(config, reading.model.layers);
  if (types.empty()) {
    const int first = config.count_or({"max_window_layers"}, 28, 0);
    for (int i = 0; i < reading.model.layers; ++i) {
      types.emplace_back(i < first ? "full_attention" : "sliding_attention");
    }
  }
  set_windows(reading, types, config.count({"sliding_window"}));
}
void read_qwen2(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_qwen_window(config, reading);
}
void read_qwen3(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.head_dim = false});
  read_qwen_window(config, reading);
}
/// The first Qwen: `intermediate_size` counts both halves of its gated MLP.
void read_qwen1(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads = model.heads;
  model.head_dim = divided_evenly(config, model.hidden, model.heads);
  model.intermediate = config.count({"intermediate_size"}) / 2;
  model.context_tokens = config.count({"seq_length", "max_position_embeddings"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  make_layers_alike(reading);
}

void read_cohere(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .own_kv = true});
}
void read_cohere2(const Config& config, Reading& reading) {
  read_cohere(config, reading);
  read_window_pattern(config, reading, 4, 4096);
}

void read_exaone4(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  std::vector<std::string> types = read_layer_types(config, reading.model.layers);
  const YamlNode* pattern = config.find({"sliding_window_pattern"});
  if (config.find({"sliding_window"}) == nullptr) {
    return;
  }
  if (types.empty() && pattern != nullptr && pattern->is_scalar() && pattern->scalar.find('L') != std::string::npos) {
    // "LLLG": three local layers, a global one, and so on; the last layer is global.
    for (int i = 0; i < reading.model.layers; ++i) {
      const bool local = pattern->scalar[static_cast<std::size_t>(i) % pattern->scalar.size()] == 'L';
      types.emplace_back(local && i + 1 < reading.model.layers ? "sliding_attention" : "full_attention");
    }
  }
  if (types.empty()) {
    read_window_pattern(config, reading, 4, 4096);
  } else {
    set_windows(reading, types, config.count({"sliding_window"}));
  }
}
void read_olmo3(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true});
  read_window_pattern(config, reading, 4, 4096);
}
void read_smollm3(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true});
  read_qwen_window(config, reading);
}
void read_tied_llama(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .own_kv = true});
}

void read_chatglm(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_size(config, model);
  model.head_dim = config.count({"kv_channels"});
  model.kv_heads =
      config.flag_or("multi_query_attention", false) ? config.count({"multi_query_group_num"}) : model.heads;
  model.intermediate = config.count({"ffn_hidden_size"});
  model.context_tokens = config.count({"seq_length"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", false);
  make_layers_alike(reading);
}

/// Every other layer reads the newest blocks, and one of every `vert_stride` before them; the cache keeps all. Counted
/// as what such a layer reads at the end of the longest sequence.
void read_phi3small(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true});
  const int every = config.count({"dense_attention_every_n_layers"});
  const int block = config.count({"blocksparse_block_size"});
  const int local = config.count({"blocksparse_num_local_blocks"}) * block;
  const int rest = std::max(0, reading.model.context_tokens - local);
  const int read = local + rest / config.count({"blocksparse_vert_stride"});
  for (int i = 1; i <= reading.model.layers; ++i) {
    if (i % every != 0) {
      reading.layers[static_cast<std::size_t>(i) - 1].attention->index = SparseIndex{.tokens = read};
    }
  }
}

void read_minicpm3(const Config& config, Reading& reading) {
  read_latent_attention(config, reading, true);
}

/// Llama's names, and an MLP of two matrices.
void read_two_matrix_llama(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.own_kv = true, .gated = false});
}
void read_starcoder2(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {.tied = true, .own_kv = true, .gated = false});
  read_window_of_all(config, reading);
}

/// The older ones: an MLP of two matrices, four times as wide as the hidden state where nothing else is said.
void read_two_matrices(const Config& config, Reading& reading, Config::Names intermediate, bool tied) {
  Model& model = reading.model;
  read_size(config, model);
  model.kv_heads = model.heads;
  model.head_dim = divided_evenly(config, model.hidden, model.heads);
  model.gated_mlp = false;
  model.intermediate = config.count_or(intermediate, 4 * model.hidden);
  model.tied_embeddings = config.flag_or("tie_word_embeddings", tied);
}

void read_gpt_neox(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"intermediate_size"}, false);
  reading.model.context_tokens = config.count({"max_position_embeddings"});
  make_layers_alike(reading);
}
void read_gpt2(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"n_inner"}, true);
  reading.model.context_tokens = config.count({"n_positions", "n_ctx"});
  make_layers_alike(reading);
}
void read_gptj(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"n_inner"}, false);
  reading.model.context_tokens = config.count({"n_positions"});
  make_layers_alike(reading);
}
void read_gpt_bigcode(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"n_inner"}, true);
  reading.model.kv_heads = config.flag_or("multi_query", true) ? 1 : reading.model.heads;
  reading.model.context_tokens = config.count({"n_positions"});
  make_layers_alike(reading);
}
void read_opt(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"ffn_dim"}, true);
  if (config.count_or({"word_embed_proj_dim"}, reading.model.hidden) != reading.model.hidden) {
    config.refuse({"word_embed_proj_dim"}, "its embeddings are narrower than its layers; expected equal widths");
  }
  reading.model.context_tokens = config.count({"max_position_embeddings"});
  make_layers_alike(reading);
}

// BLOOM and Falcon do not always say how long a context they were trained for: 2048 tokens, all of them.
constexpr int kOldContext = 2048;

void read_bloom(const Config& config, Reading& reading) {
  read_two_matrices(config, reading, {"n_inner"}, true);
  reading.model.context_tokens = config.count_or({"seq_length"}, kOldContext);
  make_layers_alike(reading);
}

void read_falcon(const Config& config, Reading& reading) {
  Model& model = reading.model;
  read_two_matrices(config, reading, {"ffn_hidden_size"}, true);
  if (config.flag_or("new_decoder_architecture", false)) {
    model.kv_heads = config.count({"num_kv_heads", "n_head_kv"});
  } else if (config.flag_or("multi_query", true)) {
    model.kv_heads = 1;
  }
  model.context_tokens = config.count_or({"max_position_embeddings"}, kOldContext);
  make_layers_alike(reading);
}

void read_mpt(const Config& config, Reading& reading) {
  Model& model = reading.model;
  model.layers = config.count({"n_layers"});
  model.hidden = config.count({"d_model"});
  model.heads = config.count({"n_heads"});
  model.kv_heads = model.heads;
  model.head_dim = divided_evenly(config, model.hidden, model.heads);
  model.gated_mlp = false;
  model.intermediate = config.count_or({"expansion_ratio"}, 4) * model.hidden;
  model.vocabulary = config.count({"vocab_size"});
  model.context_tokens = config.count({"max_seq_len"});
  model.tied_embeddings = config.flag_or("tie_word_embeddings", true);
  make_layers_alike(reading);
}

/// Llama 3.2 with images: some layers attend to the image alone.
void read_mllama(const Config& config, Reading& reading) {
  read_llama_like(config, reading, {});
  const YamlNode* layers = config.find({"cross_attention_layers"});
  if (layers == nullptr || !layers->is_sequence()) {
    config.refuse({"cross_attention_layers"}, "key `cross_attention_layers` is missing; expected a list of layers");
  }
  for (const YamlNode& item : layers->items) {
    const int layer = read_count(item, "`cross_attention_layers`", 0, reading.model.layers - 1);
    reading.layers[static_cast<std::size_t>(layer)].attention->cross = true;
  }
}

constexpr HuggingfaceFamily kFamilies[] = {
    {"llama", read_llama},
    {"mistral", read_mistral},
    {"ministral", read_mistral},
    {"ministral3", read_mistral},
    {"qwen", read_qwen1},
    {"qwen2", read_qwen2},
    {"qwen2_vl", read_qwen2},
    {"qwen2_vl_text", read_qwen2},
    {"qwen2_5_vl", read_qwen2},
    {"qwen2_5_vl_text", read_qwen2},
    {"qwen2_5_omni_text", read_qwen2},
    {"qwen3", read_qwen3},
    {"qwen3_vl_text", read_qwen3},
    {"gemma", read_gemma},
    {"gemma2", read_gemma2},
    {"gemma3_text", read_gemma3, true},
    {"granite", read_tied_llama},
    {"olmo", read_llama},
    {"olmo2", read_llama},
    {"olmo3", read_olmo3},
    {"phi", read_two_matrix_llama},
    {"phi3", read_phi3},
    {"phi3_v", read_phi3},
    {"phi4mm", read_phi3},
    {"phi3small", read_phi3small},
    {"cohere", read_cohere},
    {"cohere2", read_cohere2},
    {"exaone", read_llama},
    {"exaone4", read_exaone4},
    {"smollm3", read_smollm3},
    {"seed_oss", read_llama},
    {"internlm", read_llama},
    {"internlm2", read_llama},
    {"internlm3", read_llama},
    {"baichuan", read_llama},
    {"yi", read_llama},
    {"aquila", read_llama},
    {"orion", read_llama},
    {"xverse", read_llama},
    {"solar", read_llama},
    {"stablelm", read_llama},
    {"minicpm", read_tied_llama},
    {"minicpm3", read_minicpm3},
    {"chatglm", read_chatglm},
    {"glm", read_llama},
    {"glm4", read_llama},
    {"glm4v_text", read_llama},
    {"ernie4_5", read_tied_llama},
    {"hunyuan_v1_dense", read_tied_llama},
    {"mllama_text_model", read_mllama},
    {"nemotron", read_two_matrix_llama},
    {"arcee", read_two_matrix_llama},
    {"apertus", read_two_matrix_llama},
    {"starcoder2", read_starcoder2},
    {"gpt_neox", read_gpt_neox},
    {"gpt2", read_gpt2},
    {"gptj", read_gptj},
    {"gpt_bigcode", read_gpt_bigcode},
    {"opt", read_opt},
    {"bloom", read_bloom},
    {"falcon", read_falcon},
    {"mpt", read_mpt},
};

}  // namespace

std::span<const HuggingfaceFamily> dense_families() {
  return kFamilies;
}

}  // namespace idlewatt
