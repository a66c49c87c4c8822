#include "scenario/catalog/catalogue_keys.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/precision.hpp"
#include "scenario/catalog/figures.hpp"
#include "scenario/catalog/layer_kinds.hpp"
#include "scenario/catalog/read_engine_rules.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 100'000'000;
constexpr std::int32_t kMaxLayerCount = 2'000'000'000;
constexpr const char* kUnlessLike = "that of the entry that this one is `like`";

/// An entry to visit the keys of.
template <class Entry>
const Entry& blank() {
  static const Entry entry{};
  return entry;
}

Form bare_figure(Dimension dimension, bool may_be_zero) {
  return quantity_form(dimension, may_be_zero ? Bounds{.minimum = 0.0} : kPositive);
}

Key status_key(bool must) {
  return {.name = "status",
          .form = word_form("status", {"measured", "published", "derived", "assumed"}),
          .must = must,
          .without = must ? "" : kUnlessLike,
          .help = "how the number is known"};
}

/// The keys of a figure of that dimension.
KeyTable figure_keys(Dimension dimension, bool may_be_zero) {
  const Form value = bare_figure(dimension, may_be_zero);
  const std::string example = quantity_text(1, dimension);
  return {"Figures",
          "A number of the catalogue, with how it is known. The unit is that of the figure.",
          "{value: 300 GB/s, status: published, source: the data sheet}",
          {{.name = "value",
            .form = value.of_its_map(),
            .must = true,
            .help = "the number, with its unit where one is due"},
           status_key(true),
           {.name = "source",
            .form = text_form("where the number comes from"),
            .must = true,
            .help = "where the number comes from"},
           {.name = "range",
            .form = list_form(value, 2, 2).expecting("the least and the greatest, such as `[1 s, 3 s]`").of_its_map(),
            .without = "none; `status: assumed` needs it",
            .help = "least and greatest value that may well be true"}}};
}

/// One table for each dimension and for whether 0 is a value: a form refers to its table by a function.
template <Dimension dimension, bool may_be_zero>
const KeyTable& figure_table() {
  static const KeyTable table = figure_keys(dimension, may_be_zero);
  return table;
}

template <bool may_be_zero, std::size_t... Index>
KeyTableOf figure_table_at(std::size_t dimension, std::index_sequence<Index...>) {
  static constexpr KeyTableOf tables[] = {figure_table<static_cast<Dimension>(Index), may_be_zero>...};
  return tables[dimension];
}

constexpr std::size_t kDimensions = static_cast<std::size_t>(Dimension::water) + 1;

Form figure_form(const FigureKey& key) {
  const auto dimension = static_cast<std::size_t>(key.dimension);
  constexpr auto all = std::make_index_sequence<kDimensions>();
  return map_form_of_parent(key.may_be_zero ? figure_table_at<true>(dimension, all)
                                            : figure_table_at<false>(dimension, all))
      .expecting("a map with its value, status and source: " + expected(key.dimension));
}

Key figure_row(const FigureKey& key, const char* without = kUnlessLike) {
  return {.name = key.key, .form = figure_form(key), .without = without, .help = key.help};
}

Key text_row(const char* name, const char* expected, const char* without, const char* help) {
  return {.name = name, .form = text_form(expected), .without = without, .help = help};
}

/// What entries of all kinds begin with.
std::vector<Key> entry_keys(const std::string& kind) {
  return {text_row("name", "its name", "the name under which it stands", "its name, for checking"),
          text_row("title", "what people call it", kUnlessLike, "what people call it"),
          {.name = "like",
           .form = entry_form(kind),
           .without = "an entry of that name that is there already",
           .help = "the entry from which it differs in what is given here"}};
}

/// `visit` of the functions of figures.hpp, for tables.
struct AddFigures {
  std::vector<Key>& keys;
  template <class Figure>
  void operator()(const FigureKey& key, const Figure&) const {
    keys.push_back(figure_row(key));
  }
};

template <Dimension dimension>
const KeyTable& arithmetic_table() {
  static const KeyTable table(
      dimension == Dimension::flops ? "Peak rates" : "Energy per operation", "A figure for each arithmetic.",
      dimension == Dimension::flops ? "{bf16: {value: 312 TFLOPS, status: published, source: the data sheet}}"
                                    : "{bf16: {value: 0.6 pJ/FLOP, status: derived, source: plateau at the limit}}",
      [] {
        std::vector<Key> keys;
        for (const Arithmetic arithmetic : kArithmetics) {
          keys.push_back({.name = to_string(arithmetic),
                          .form = figure_form({"", dimension}),
                          .without = "the hardware cannot compute in it",
                          .help = "of arithmetic in " + std::string(to_string(arithmetic))});
        }
        return keys;
      }());
  return table;
}

const KeyTable& rent_offer_keys() {
  static const KeyTable table{"Offers of rent",
                              "Whose price a rent is.",
                              "{provider: AWS, region: us-east-1, date: 2026-02}",
                              {{.name = "provider",
                                .form = text_form("whose price the rent is, such as `AWS`"),
                                .must = true,
                                .help = "whose price it is"},
                               text_row("region", "a region", "the price does not depend on it", "where it holds"),
                               text_row("date", "a date such as `2026-02`", "unknown", "when it was noted")}};
  return table;
}

Key count_row(const std::string& name, std::int32_t least, const std::string& without, std::string help) {
  return {.name = name,
          .form = count_form(least, kMaxCount),
          .must = without.empty(),
          .without = without,
          .help = std::move(help)};
}

const KeyTable& latent_keys() {
  static const std::map<std::string, const char*> help{
      {"kv_rank", "elements of the compressed vector of a token (kv_lora_rank)"},
      {"rope_dim", "elements beside it that carry the position (qk_rope_head_dim)"},
      {"nope_dim", "elements of a head without position (qk_nope_head_dim)"},
      {"value_dim", "elements of a head's value (v_head_dim)"},
      {"query_rank", "elements of the compressed query (q_lora_rank); 0 where queries are not compressed"}};
  static const KeyTable table("Latent attention", "One compressed vector per token and layer, which all heads share.",
                              "{kv_rank: 512, rope_dim: 64, nope_dim: 128, value_dim: 128, query_rank: 1536}", [] {
                                std::vector<Key> keys;
                                each_latent_count(blank<LatentAttention>(), [&](const char* key, int, int least) {
                                  keys.push_back(count_row(key, least, "", help.at(key)));
                                });
                                return keys;
                              }());
  return table;
}

const KeyTable& mixture_keys() {
  static const std::map<std::string, const char*> help{
      {"experts", "routed experts of a layer"},
      {"experts_per_token", "routed experts that work on a token"},
      {"shared_experts", "experts that work on every token"},
      {"intermediate", "intermediate width of a routed expert"},
      {"dense_layers", "leading layers with a dense MLP"},
      {"shared_intermediate", "intermediate width of a shared expert; 0 for that of a routed one"},
      {"input", "width that routed experts read and write; 0 for that of the hidden state"}};
  static const KeyTable table(
      "Mixtures of experts", "The experts of the layers that have some.",
      "{experts: 8, experts_per_token: 2, shared_experts: 0, intermediate: 14336, dense_layers: 0}", [] {
        std::vector<Key> keys;
        each_mixture_count(blank<ExpertMixture>(), [&](const char* key, int, int least) {
          keys.push_back(count_row(key, least, "", help.at(key)));
        });
        each_mixture_option(blank<ExpertMixture>(), [&](const char* key, int) {
          Key row = count_row(key, 0, "0", help.at(key));
          row.otherwise = "0";
          keys.push_back(row);
        });
        return keys;
      }());
  return table;
}

/// What a number or a flag of a kind of layer is, by its path.
const std::map<std::string, const char*>& layer_help() {
  static const std::map<std::string, const char*> help{
      {"count", "layers of this kind"},
      {"intermediate", "intermediate width of the dense MLP; 0 for none"},
      {"experts", "whether the layer has the model's experts"},
      {"attention", "its attention, where it has some"},
      {"attention.heads", "heads"},
      {"attention.kv_heads", "heads of keys and values"},
      {"attention.head_dim", "elements of a head"},
      {"attention.window", "newest tokens that are kept and read; 0 for all"},
      {"attention.chunked", "whether the window is a block of positions"},
      {"attention.gated_output", "whether the query projection is twice as wide, for a gate of the output"},
      {"attention.values_are_keys", "whether values have no projection of their own"},
      {"attention.borrowed_kv", "whether keys and values are those of an earlier layer"},
      {"attention.cross", "whether it attends to another input, such as an image"},
      {"attention.latent", "latent attention, in place of the heads' own keys and values"},
      {"attention.latent.kv_rank", "elements of the compressed vector of a token"},
      {"attention.latent.rope_dim", "elements beside it that carry the position"},
      {"attention.latent.nope_dim", "elements of a head without position"},
      {"attention.latent.value_dim", "elements of a head's value"},
      {"attention.latent.query_rank", "elements of the compressed query; 0 where queries are not compressed"},
      {"attention.index", "an index that chooses the tokens that are read"},
      {"attention.index.heads", "heads of the scoring; 0 where the choice of an earlier layer holds"},
      {"attention.index.head_dim", "elements of the small key of a token"},
      {"attention.index.tokens", "tokens that are read at most"},
      {"state", "a state of fixed size that goes from token to token, where the layer has one"},
      {"state.weights", "weights of its projections and its convolution"},
      {"state.conv", "elements of a sequence's state that the convolution keeps"},
      {"state.recurrent", "elements of a sequence's state that the recurrence keeps"},
      {"state.recurrent_bytes", "bytes of one of the latter"}};
  return help;
}

const KeyTable& layer_attention_keys();
const KeyTable& layer_latent_keys();
const KeyTable& layer_index_keys();
const KeyTable& layer_state_keys();

/// The keys of a kind of layer below `prefix`, as layer_kinds.hpp visits them.
std::vector<Key> layer_keys_below(const std::string& prefix) {
  const LayerKind whole{.attention = Attention{.latent = LatentAttention{}, .index = SparseIndex{}},
                        .state = StateLayer{}};
  std::vector<Key> keys;
  const auto add = [&](const std::string& path, const Form& form, bool must, const char* otherwise) {
    if (path.starts_with(prefix) && path.find('.', prefix.size()) == std::string::npos) {
      keys.push_back({.name = path.substr(prefix.size()),
                      .form = form,
                      .must = must,
                      .otherwise = must ? "" : otherwise,
                      .help = layer_help().at(path)});
    }
  };
  each_layer_kind_count(whole, [&](const char* path, const auto&, int least) {
    const bool has_default = std::string(path) == "state.recurrent_bytes";
    add(path, count_form(least, kMaxLayerCount), least > 0 && !has_default, has_default ? "2" : "0");
  });
  each_layer_kind_flag(whole, [&](const char* path, bool) { add(path, flag_form(), false, "false"); });
  const std::vector<std::pair<std::string, KeyTableOf>> maps{{"attention", layer_attention_keys},
                                                             {"attention.latent", layer_latent_keys},
                                                             {"attention.index", layer_index_keys},
                                                             {"state", layer_state_keys}};
  for (const auto& [path, table] : maps) {
    if (path.starts_with(prefix) && path.find('.', prefix.size()) == std::string::npos) {
      keys.push_back({.name = path.substr(prefix.size()),
                      .form = map_form_of_parent(table),
                      .without = "none",
                      .help = layer_help().at(path)});
    }
  }
  return keys;
}

const KeyTable& layer_attention_keys() {
  static const KeyTable table{"Attention of a kind of layer", "How a layer attends to other tokens.",
                              "{heads: 32, kv_heads: 8, head_dim: 128, window: 1024}", layer_keys_below("attention.")};
  return table;
}

const KeyTable& layer_latent_keys() {
  static const KeyTable table{"Latent attention of a kind of layer", "One compressed vector per token.",
                              "{kv_rank: 512, rope_dim: 64, nope_dim: 128, value_dim: 128}",
                              layer_keys_below("attention.latent.")};
  return table;
}

const KeyTable& layer_index_keys() {
  static const KeyTable table{"Index of a kind of layer",
                              "Sparse attention reads the tokens whose small keys score best.",
                              "{heads: 64, head_dim: 128, tokens: 2048}", layer_keys_below("attention.index.")};
  return table;
}

const KeyTable& layer_state_keys() {
  static const KeyTable table{"State of a kind of layer", "Linear attention, Mamba.",
                              "{weights: 100000000, conv: 30720, recurrent: 1048576}", layer_keys_below("state.")};
  return table;
}

const KeyTable& layer_kind_keys() {
  static const KeyTable table{"Kinds of layers", "Equal layers of a model whose layers differ.",
                              "{count: 24, attention: {heads: 32, kv_heads: 8, head_dim: 128}, intermediate: 14336}",
                              layer_keys_below("")};
  return table;
}

/// The figures of an engine that may differ from accelerator to accelerator.
const KeyTable& kernel_figure_keys() {
  static const KeyTable table("Figures of an engine on one accelerator", "What differs from the engine's own figures.",
                              "{layer_overhead: {value: 9 us, status: measured, source: mine}}", [] {
                                std::vector<Key> keys;
                                each_engine_figure(blank<Engine>(), [&](const FigureKey& key, const Figure&) {
                                  for (const KernelFigure& kernel : kKernelFigures) {
                                    if (std::string(kernel.key) == key.key) {
                                      keys.push_back(figure_row(key, "the engine's own"));
                                    }
                                  }
                                });
                                return keys;
                              }());
  return table;
}

Form entries_form(KeyTableOf table, const char* kind) {
  return by_name_form(map_form(table), kind, 0).expecting("entries by name");
}

}  // namespace

const KeyTable& accelerator_keys() {
  static const KeyTable table(
      "Accelerators", "A GPU, TPU or the like: one board.",
      "accelerators:\n  my-l4: {like: l4, board_limit: {value: 60 W, status: measured, source: mine}}\n", [] {
        std::vector<Key> keys = entry_keys("accelerator");
        each_accelerator_figure(blank<Accelerator>(), AddFigures{keys});
        each_link_group_figure(blank<Accelerator>(), [&](const FigureKey& key, const std::optional<Figure>&) {
          keys.push_back(figure_row(key, "as among two"));
        });
        each_arithmetic_figure(blank<Accelerator>(), [&](const FigureKey& key, const auto&) {
          keys.push_back({.name = key.key,
                          .form = map_form_of_parent(key.dimension == Dimension::flops
                                                         ? arithmetic_table<Dimension::flops>
                                                         : arithmetic_table<Dimension::energy_per_flop>),
                          .without = kUnlessLike,
                          .help = key.help});
        });
        return keys;
      }());
  return table;
}

const KeyTable& server_keys() {
  static const KeyTable table(
      "Servers", "A server with accelerators of one kind.",
      "servers:\n  my-server: {like: l4-8, rent: {value: 5 USD/h, status: published, source: an offer}}\n", [] {
        std::vector<Key> keys = entry_keys("server");
        keys.push_back({.name = "accelerator",
                        .form = entry_form("accelerator"),
                        .without = kUnlessLike,
                        .help = "its accelerators' name"});
        keys.push_back(
            {.name = "accelerators", .form = count_form(1, 1024), .without = kUnlessLike, .help = "how many it has"});
        each_server_figure(blank<Server>(), AddFigures{keys});
        keys.push_back({.name = "rent_offer",
                        .form = map_form_of_parent(rent_offer_keys),
                        .without = "nobody's price list",
                        .help = "whose price the rent is"});
        keys.push_back(figure_row(kPriceKey, "nobody sells it"));
        return keys;
      }());
  return table;
}

const KeyTable& model_keys() {
  static const std::map<std::string, const char*> help{{"layers", "layers"},
                                                       {"hidden", "width of the hidden state"},
                                                       {"heads", "attention heads"},
                                                       {"kv_heads", "heads of keys and values"},
                                                       {"head_dim", "elements of a head"},
                                                       {"intermediate", "intermediate width of the MLP"},
                                                       {"vocabulary", "tokens of the vocabulary"},
                                                       {"context_tokens", "longest context, in tokens"}};
  static const KeyTable table(
      "Models", "A language model: weights and shape.", "models:\n  mine: {huggingface: config.json}\n", [] {
        std::vector<Key> keys = entry_keys("model");
        keys.push_back(text_row("huggingface", "the path of a config.json", "the shape is given here",
                                "path of a `config.json` of Hugging Face, relative to this file, that has the shape"));
        each_model_figure(blank<Model>(), AddFigures{keys});
        each_model_count(blank<Model>(),
                         [&](const char* key, int) { keys.push_back(count_row(key, 1, kUnlessLike, help.at(key))); });
        keys.push_back({.name = "gated_mlp",
                        .form = flag_form(),
                        .otherwise = "true",
                        .help = "whether MLPs have a gate, and so three matrices"});
        keys.push_back({.name = "tied_embeddings",
                        .form = flag_form(),
                        .otherwise = "false",
                        .help = "whether the head is the embedding"});
        keys.push_back({.name = "latent_attention",
                        .form = map_form_of_parent(latent_keys),
                        .without = "heads keep keys and values of their own",
                        .help = "multi-head latent attention"});
        keys.push_back({.name = "experts",
                        .form = map_form_of_parent(mixture_keys),
                        .without = "none",
                        .help = "a mixture of experts"});
        keys.push_back({.name = "layer_kinds",
                        .form = list_form(map_form(layer_kind_keys).named("a kind of layer"))
                                    .expecting("the kinds of layers, each with its `count`"),
                        .without = "all layers are alike",
                        .help = "the layers, where they differ"});
        keys.push_back(figure_row(kTrainingKey, "unknown"));
        keys.push_back(text_row("source", "where the model's shape comes from", kUnlessLike,
                                "where the model's shape comes from"));
        keys.push_back(status_key(false));
        return keys;
      }());
  return table;
}

const KeyTable& engine_keys() {
  static const KeyTable table(
      "Engines", "The software that serves: what it adds to the hardware's own times, and how it starts.",
      "engines:\n  my-engine: {like: vllm-2025, start_time: {value: 20 s, status: measured, source: mine}}\n", [] {
        std::vector<Key> keys = entry_keys("engine");
        each_engine_figure(blank<Engine>(), AddFigures{keys});
        each_optional_engine_figure(blank<Engine>(), [&](const FigureKey& key, const Figure& figure) {
          keys.push_back(figure_row(key, figure.value == 0.0 ? "no time" : "one step"));
        });
        Form on = by_name_form(map_form(kernel_figure_keys), "", 0).expecting("figures by the name of an accelerator");
        on.names_of = "accelerator";
        keys.push_back({.name = "on_accelerator",
                        .form = on,
                        .without = "the engine's own figures on every accelerator",
                        .help = "figures that differ on some accelerators, by the accelerator's name"});
        keys.push_back({.name = "rules",
                        .form = map_form_of_parent(engine_rules_keys),
                        .without = "those of the entry that this one is `like`; else the policies' own defaults",
                        .help = "defaults of pools, by the engine's version and by accelerator"});
        return keys;
      }());
  return table;
}

const KeyTable& catalogue_keys() {
  static const KeyTable table{
      "Catalogue files",
      "A file that adds to the catalogue, or `catalog:` of a scenario: entries by kind and name. An entry that is "
      "there "
      "already is changed; [`platforms/README.md`](../platforms/README.md) lists those.",
      "accelerators:\n  my-l4: {like: l4, board_limit: {value: 60 W, status: measured, source: mine}}\n",
      {{.name = "accelerators",
        .form = entries_form(accelerator_keys, "accelerator"),
        .without = "none",
        .help = "accelerators, by name"},
       {.name = "servers", .form = entries_form(server_keys, "server"), .without = "none", .help = "servers, by name"},
       {.name = "models", .form = entries_form(model_keys, "model"), .without = "none", .help = "models, by name"},
       {.name = "engines",
        .form = entries_form(engine_keys, "engine"),
        .without = "none",
        .help = "serving engines, by name"}}};
  return table;
}

}  // namespace idlewatt
