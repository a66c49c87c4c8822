#include "scenario/huggingface/quantization.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "catalog/model_weights.hpp"
#include "scenario/huggingface/module_patterns.hpp"

namespace idlewatt {
namespace {

constexpr double kSixteen = 2.0;

/// The value of the first of the keys that is given and not null.
const YamlNode* given(const YamlNode& map, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const YamlNode* node = map.is_map() ? map.find(key) : nullptr;
    if (node != nullptr && !node->is_null()) {
      return node;
    }
  }
  return nullptr;
}

int number(const YamlNode& map, const char* key, int otherwise, int minimum = 1) {
  const YamlNode* node = given(map, {key});
  return node == nullptr ? otherwise : read_count(*node, fmt::format("`{}`", key), minimum, 1'000'000);
}

std::string word(const YamlNode& map, const char* key) {
  const YamlNode* node = given(map, {key});
  return node == nullptr ? std::string() : read_text(*node, fmt::format("`{}`", key), "a word");
}

// ---- Which modules ----

enum class Group : std::uint8_t { mixers, mlps, experts, head };
constexpr std::size_t kGroups = 4;

/// A matrix of the model, by the names that it has in different families.
struct Module {
  std::vector<std::string> names;
  double weights = 0.0;
  Group group = Group::mixers;

  bool matches(const ModulePatterns& patterns) const {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return patterns.match(name); });
  }
};

/// The modules of a layer: its weights by group, shared out among the matrices that files name.
void add_modules(const Model& whole, const LayerKind& layer, std::size_t number, std::vector<Module>& modules) {
  Model one = whole;
  one.kinds = {layer};
  const ModelWeights weights = model_weights(one);
  const std::string at = fmt::format("layers.{}.", number);
  const auto add = [&](Group group, double count, std::initializer_list<const char*> blocks,
                       std::initializer_list<std::pair<const char*, double>> matrices) {
    for (const auto& [matrix, share] : matrices) {
      Module module{.names = {}, .weights = count * share, .group = group};
      for (const char* block : blocks) {
        module.names.push_back(at + block + "." + matrix);
      }
      if (module.weights > 0.0) {
        modules.push_back(std::move(module));
      }
    }
  };
  if (layer.attention && !layer.state) {
    const Attention& attention = *layer.attention;
    const double hidden = whole.hidden;
    const double all = weights.mixers();
    if (attention.latent) {
      add(Group::mixers, all, {"self_attn"}, {{"kv_b_proj", 0.5}, {"o_proj", 0.5}});
    } else {
      const double q = hidden * attention.heads * attention.head_dim * (attention.gated_output ? 2.0 : 1.0) / all;
      const double o = hidden * attention.heads * attention.head_dim / all;
      const double kv = std::max(0.0, 1.0 - q - o) / 2.0;
      add(Group::mixers, all, {"self_attn", "attention", "attn", "mixer"},
          {{"q_proj", q}, {"k_proj", kv}, {"v_proj", kv}, {"o_proj", o}});
    }
  } else {
    add(Group::mixers, weights.mixers(), {"linear_attn", "mamba", "mixer", "self_attn"},
        {{"in_proj", 0.7}, {"out_proj", 0.3}});
  }
  const std::initializer_list<std::pair<const char*, double>> thirds{
      {"gate_proj", 1.0 / 3.0}, {"up_proj", 1.0 / 3.0}, {"down_proj", 1.0 / 3.0}};
  add(Group::mlps, weights.dense_mlp, {"mlp", "feed_forward", "mixer"}, thirds);
  if (layer.experts) {
    add(Group::experts, weights.routed(), {"mlp.experts.0", "feed_forward.experts.0", "mixer.experts.0", "mlp.experts"},
        thirds);
    // Mixtral's names.
    modules.back().names.push_back(at + "block_sparse_moe.experts.0.w2");
    add(Group::mlps, weights.shared,
        {"mlp.shared_experts", "mlp.shared_expert", "feed_forward.shared_expert", "mixer.shared_experts", "shared_mlp"},
        thirds);
  }
}

// ---- Which formats ----

/// A format of weights, and of the modules that have it.
struct Format {
  TensorFormat tensor;
  std::string name;  ///< for messages
};

/// Whole numbers of `bits`, with a 16-bit scale for each group and a zero point unless they lie evenly around 0.
Format integers(int bits, int group, bool zero_point, bool narrow_activations) {
  const double scales = group > 0 ? (2.0 + (zero_point ? bits / 8.0 : 0.0)) / group : 0.0;
  const Precision precision = bits <= 4 ? (narrow_activations ? Precision::int4_int8 : Precision::int4)
                                        : (narrow_activations ? Precision::int8 : Precision::int8_weights);
  return {{precision, bits / 8.0 + scales}, fmt::format("int{}", bits)};
}

/// 8-bit floats: a 32-bit scale for each block, or one a tensor or a row.
Format eight_bit_floats(double weights_of_a_scale) {
  return {{Precision::fp8, 1.0 + (weights_of_a_scale > 0.0 ? 4.0 / weights_of_a_scale : 0.0)}, "fp8"};
}

/// 4-bit floats with an 8-bit scale for each group: 16 in nvfp4, 32 in mxfp4.
Format four_bit_floats(int group) {
  return {{group <= 16 ? Precision::nvfp4 : Precision::mxfp4, 0.5 + 1.0 / group}, group <= 16 ? "nvfp4" : "mxfp4"};
}

/// By the product of the sizes of a block; 0 without one.
double block_weights(const YamlNode* block) {
  if (block == nullptr || !block->is_sequence()) {
    return 0.0;
  }
  double product = 1.0;
  for (const YamlNode& item : block->items) {
    product *= read_count(item, "size of a block", 1, 1'000'000);
  }
  return product;
}

/// What one group of compressed-tensors or ModelOpt says of its weights.
Format format_of_group(const YamlNode& group) {
  const YamlNode* weights = given(group, {"weights"});
  if (weights == nullptr || !weights->is_map()) {
    fail(group.place, "a group without `weights`; expected their `num_bits` and `type`");
  }
  const int bits = number(*weights, "num_bits", 8);
  const int size = number(*weights, "group_size", 0, -1);
  const YamlNode* activations = given(group, {"input_activations"});
  const int activation_bits = activations == nullptr ? 16 : number(*activations, "num_bits", 16);
  if (word(*weights, "type") == "float") {
    if (bits == 4) {
      return four_bit_floats(size > 0 ? size : 16);
    }
    return eight_bit_floats(size > 0 ? size : block_weights(given(*weights, {"block_structure"})));
  }
  const YamlNode* symmetric = given(*weights, {"symmetric"});
  const bool zero_point = symmetric != nullptr && !read_flag(*symmetric, "`symmetric`");
  return integers(bits, std::max(size, 0), zero_point, activation_bits <= 8);
}

struct Rule {
  ModulePatterns modules;
  bool linear = true;  ///< of all linear layers, whatever their names
  Format format;
};

/// What a file says: rules in order, and what they leave out.
struct Scheme {
  std::vector<Rule> rules;
  ModulePatterns kept;
  bool head = false;          ///< the head, too
  bool experts_only = false;  ///< nothing else
};

void read_groups(const YamlNode& groups, Scheme& scheme) {
  for (const YamlEntry& group : groups.entries) {
    Rule rule{.modules = {}, .linear = false, .format = format_of_group(group.value)};
    if (const YamlNode* targets = given(group.value, {"targets"})) {
      for (const YamlNode& target : targets->items) {
        const std::string name = read_text(target, "target", "a name");
        // A name without a dot that begins with a capital is a class of layers.
        const bool is_class = !name.starts_with("re:") && std::isupper(static_cast<unsigned char>(name.front())) != 0;
        rule.linear = rule.linear || is_class;
        if (!is_class) {
          rule.modules.add(name, target.place);
        }
      }
    } else {
      rule.linear = true;
    }
    scheme.rules.push_back(std::move(rule));
  }
}

const std::map<std::string, Format>& modelopt_formats() {
  static const std::map<std::string, Format> kFormats{
      {"FP8", eight_bit_floats(0.0)},
      {"FP8_PER_CHANNEL_PER_TOKEN", eight_bit_floats(0.0)},
      {"FP8_PB_WO", eight_bit_floats(128.0 * 128.0)},
      {"FP8_PB_REAL", eight_bit_floats(128.0 * 128.0)},
      {"MXFP8", {{Precision::fp8, 1.0 + 1.0 / 32.0}, "fp8"}},
      {"NVFP4", four_bit_floats(16)},
      {"NVFP4_AWQ", four_bit_floats(16)},
      {"W4A16_NVFP4", four_bit_floats(16)},
      {"MXFP4", four_bit_floats(32)},
      {"W4A8_MXFP4_FP8", four_bit_floats(32)},
      {"W4A16_AWQ", integers(4, 128, false, false)},
      {"INT4_AWQ", integers(4, 128, false, false)},
      {"W4A8_AWQ", integers(4, 128, false, true)},
      {"W8A16", integers(8, 0, false, false)},
      {"W8A8_SQ_PER_CHANNEL", integers(8, 0, false, true)},
      {"INT8_SQ", integers(8, 0, false, true)},
  };
  return kFormats;
}

Format modelopt_format(const YamlNode& algorithm) {
  return modelopt_formats().at(read_name(algorithm, "quant_algo", keys_of(modelopt_formats())));
}

Scheme modelopt_scheme(const YamlNode& quantization) {
  Scheme scheme;
  scheme.kept = ModulePatterns(given(quantization, {"exclude_modules", "ignore"}));
  const YamlNode* algorithm = given(quantization, {"quant_algo"});
  if (const YamlNode* layers = given(quantization, {"quantized_layers"})) {
    for (const YamlEntry& entry : layers->entries) {
      const YamlNode* own = given(entry.value, {"quant_algo"});
      if (own == nullptr) {
        fail(entry.key_place, "a layer without `quant_algo`; expected its format");
      }
      Rule rule{.modules = {}, .linear = false, .format = modelopt_format(*own)};
      rule.modules.add(entry.key, entry.key_place);
      scheme.rules.push_back(std::move(rule));
    }
  } else if (const YamlNode* groups = given(quantization, {"config_groups"}); groups != nullptr && groups->is_map()) {
    read_groups(*groups, scheme);
  } else if (algorithm != nullptr) {
    scheme.rules.push_back({.modules = {}, .linear = true, .format = modelopt_format(*algorithm)});
  } else {
    fail(quantization.place, "key `quant_algo` is missing; expected one of " + list_text(keys_of(modelopt_formats())));
  }
  return scheme;
}

Scheme quark_scheme(const YamlNode& quantization) {
  const YamlNode* all = given(quantization, {"global_quant_config"});
  const YamlNode* weights = all == nullptr ? nullptr : given(*all, {"weight"});
  if (weights == nullptr) {
    fail(quantization.place, "key `global_quant_config` says nothing of `weight`; expected its `dtype`");
  }
  const YamlNode& spec = weights->is_sequence() && !weights->items.empty() ? weights->items.front() : *weights;
  const std::string type = word(spec, "dtype");
  const YamlNode* activations = given(*all, {"input_tensors"});
  Scheme scheme;
  scheme.kept = ModulePatterns(given(quantization, {"exclude"}));
  Rule rule;
  if (type.starts_with("fp8")) {
    rule.format = eight_bit_floats(0.0);
  } else if (type == "fp4") {
    rule.format = four_bit_floats(number(spec, "group_size", 32));
  } else if (type == "int4" || type == "int8") {
    rule.format = integers(type == "int4" ? 4 : 8, number(spec, "group_size", 0, 0), false, activations != nullptr);
  } else {
    fail(spec.place,
         fmt::format("unknown `dtype` `{}` of weights; expected fp8_e4m3, fp4, int8 or int4", type.substr(0, 40)));
  }
  scheme.rules.push_back(std::move(rule));
  return scheme;
}

/// What single modules have instead of what all have: `dynamic` of GPTQModel, by regular expressions ("-:" leaves modules
/// in 16 bits, "+:" or nothing gives other figures), and `extra_config` of AutoRound, by names.
void read_exceptions(const YamlNode& quantization, Scheme& scheme) {
  const int bits = number(quantization, "bits", 4);
  const int group = number(quantization, "group_size", 128, -1);
  for (const char* key : {"dynamic", "extra_config"}) {
    const YamlNode* exceptions = given(quantization, {key});
    if (exceptions == nullptr) {
      continue;
    }
    if (!exceptions->is_map()) {
      fail(exceptions->place, "`" + std::string(key) + "` is no map; expected one from modules to their figures");
    }
    for (const YamlEntry& entry : exceptions->entries) {
      const bool regex = std::string_view(key) == "dynamic";
      const bool marked = entry.key.starts_with("-:") || entry.key.starts_with("+:");
      const std::string pattern = (regex ? "re:" : "") + entry.key.substr(regex && marked ? 2 : 0);
      const int of_module = entry.value.is_map() ? number(entry.value, "bits", bits) : bits;
      if ((regex && entry.key.starts_with("-:")) || of_module >= 16) {
        scheme.kept.add(pattern, entry.key_place);
        continue;
      }
      const int of_group = entry.value.is_map() ? number(entry.value, "group_size", group, -1) : group;
      Rule rule{.modules = {}, .linear = false, .format = integers(of_module, std::max(0, of_group), true, false)};
      rule.modules.add(pattern, entry.key_place);
      scheme.rules.push_back(std::move(rule));
    }
  }
}

Scheme scheme_of(const YamlNode& quantization, const std::string& method) {
  Scheme scheme;
  scheme.kept = ModulePatterns(given(quantization, {"modules_to_not_convert", "ignored_layers", "ignore"}));
  const auto one_format = [&](const Format& format) {
    scheme.rules.push_back({.modules = {}, .linear = true, .format = format});
  };
  const auto flag = [&](const char* key, bool otherwise) {
    const YamlNode* node = given(quantization, {key});
    return node == nullptr ? otherwise : read_flag(*node, fmt::format("`{}`", key));
  };
  if (method == "awq") {
    one_format(integers(number(quantization, "bits", 4), number(quantization, "group_size", 128),
                        flag("zero_point", true), false));
  } else if (method == "gptq" || method == "auto-round") {
    read_exceptions(quantization, scheme);
    // GPTQ stores zero points also where they are all alike. A group size of -1 is a row.
    one_format(integers(number(quantization, "bits", 4), std::max(0, number(quantization, "group_size", 128, -1)), true,
                        false));
    scheme.head = flag("lm_head", false);
  } else if (method == "fp8" || method == "fbgemm_fp8") {
    one_format(eight_bit_floats(block_weights(given(quantization, {"weight_block_size"}))));
  } else if (method == "mxfp4") {
    one_format(four_bit_floats(32));
    scheme.experts_only = true;
  } else if (method == "bitsandbytes") {
    scheme.kept = ModulePatterns(given(quantization, {"llm_int8_skip_modules"}));
    if (flag("load_in_8bit", false)) {
      one_format(integers(8, 0, false, false));
    } else {
      // QLoRA (arXiv 2305.14314, section 3): a scale of 32 bits for 64 weights; quantised twice, of 8 bits, and one of
      // 32 bits for 256 scales.
      const double scale = flag("bnb_4bit_use_double_quant", false) ? 1.0 / 64.0 + 4.0 / (64.0 * 256.0) : 4.0 / 64.0;
      one_format({{Precision::int4, 0.5 + scale}, "int4"});
    }
  } else if (method == "compressed-tensors") {
    const YamlNode* groups = given(quantization, {"config_groups"});
    if (groups == nullptr || !groups->is_map()) {
      fail(quantization.place, "key `config_groups` is missing; expected groups of weights with their formats");
    }
    read_groups(*groups, scheme);
  } else if (method == "quark") {
    scheme = quark_scheme(quantization);
  } else {
    scheme = modelopt_scheme(quantization);
  }
  return scheme;
}

const std::vector<std::string> kMethods{
    "awq",          "gptq",     "auto-round",         "fp8",   "fbgemm_fp8",  "mxfp4",
    "bitsandbytes", "modelopt", "compressed-tensors", "quark", "modelopt_fp4"};

/// The format of a module: that of the first rule which names it, or names all linear layers; null for 16 bits.
const Format* format_of(const Scheme& scheme, const Module& module) {
  if (module.matches(scheme.kept) || (scheme.experts_only && module.group != Group::experts) ||
      (module.group == Group::head && !scheme.head)) {
    return nullptr;
  }
  for (const bool by_name : {true, false}) {
    for (const Rule& rule : scheme.rules) {
      if (by_name ? module.matches(rule.modules) : rule.linear) {
        return &rule.format;
      }
    }
  }
  return nullptr;
}

/// Weights of a group by format.
struct Tally {
  double weights = 0.0;
  double bytes = 0.0;
  std::map<Precision, double> by_precision;

  void add(double count, const TensorFormat& format) {
    weights += count;
    bytes += count * format.bytes;
    by_precision[format.precision] += count;
  }
  /// The mean, in the arithmetic of most.
  TensorFormat format() const {
    if (weights <= 0.0) {
      return {};
    }
    const auto most = std::max_element(by_precision.begin(), by_precision.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return {most->first, bytes / weights};
  }
};

}  // namespace

std::optional<Checkpoint> read_checkpoint(const YamlNode& quantization, const HuggingfaceReading& reading) {
  if (!quantization.is_map()) {
    fail(quantization.place, "`quantization_config` is no object; expected one with the key `quant_method`");
  }
  const YamlNode* named = given(quantization, {"quant_method"});
  const std::string method = named == nullptr ? "modelopt" : read_name(*named, "quant_method", kMethods);
  const Scheme scheme = scheme_of(quantization, method);
  std::vector<Module> modules;
  for (std::size_t i = 0; i < reading.layers.size(); ++i) {
    add_modules(reading.model, reading.layers[i], i, modules);
  }
  modules.push_back({.names = {"lm_head"}, .weights = model_weights(reading.model).head, .group = Group::head});
  std::array<Tally, kGroups> tallies;
  std::map<Precision, double> all;
  std::string name;
  for (const Module& module : modules) {
    const Format* format = format_of(scheme, module);
    const TensorFormat tensor = format == nullptr ? TensorFormat{Precision::bf16, kSixteen} : format->tensor;
    tallies[static_cast<std::size_t>(module.group)].add(module.weights, tensor);
    if (format != nullptr) {
      all[tensor.precision] += module.weights;
    }
  }
  if (all.empty()) {
    return std::nullopt;
  }
  const auto most =
      std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto format = [&](Group group) { return tallies[static_cast<std::size_t>(group)].format(); };
  return Checkpoint{.method = method,
                    .precision = most->first,
                    .formats = {.mixers = format(Group::mixers),
                                .mlps = format(Group::mlps),
                                .experts = format(Group::experts),
                                .head = format(Group::head),
                                .embedding = {}}};
}

}  // namespace idlewatt
