#include "scenario/pool/read_parallelism.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <vector>

#include "physics/context_exchange.hpp"
#include "scenario/catalog/read_hardware.hpp"

namespace idlewatt {
namespace {

/// A degree as messages name it: by the key that it is given with.
struct DegreeName {
  const char* short_key;  ///< under `parallelism:`
  const char* long_key;   ///< of the pool
};

constexpr DegreeName kTensor{"tensor", "tensor_parallel"};
constexpr DegreeName kPipeline{"pipeline", "pipeline_parallel"};

/// The value of a degree that two keys may say: the pool's, or the one under `parallelism:`.
struct Degree {
  std::int32_t value = 1;
  std::string name;              ///< in backticks
  const Place* place = nullptr;  ///< null where it is not given
};

Degree degree_of(const Section& fields, const std::optional<Section>& layout, const DegreeName& key) {
  const YamlNode* under = layout ? layout->find(key.short_key) : nullptr;
  const YamlNode* above = fields.find(key.long_key);
  if (under != nullptr && above != nullptr) {
    const Place& place = above->place.layer > under->place.layer ? above->place : under->place;
    fail(place, fmt::format("`{}` and `{}` of `parallelism` say the same degree; expected one of the two", key.long_key,
                            key.short_key));
  }
  if (under != nullptr) {
    return {layout->count(key.short_key), fmt::format("`{}`", key.short_key), &under->place};
  }
  return {fields.count(key.long_key), fmt::format("`{}`", key.long_key), above == nullptr ? nullptr : &above->place};
}

/// A rank stands on a part of a server, or on whole servers.
bool stands_on(const Server& server, int degree) {
  return degree <= server.accelerators || (degree % server.accelerators == 0 && server.nic_bytes_per_s.value > 0.0);
}

std::vector<std::string> possible_degrees(const Model& model, const Server& server) {
  std::vector<std::string> degrees;
  for (int degree = 1; degree <= model.heads; ++degree) {
    if (model.heads % degree == 0 && stands_on(server, degree)) {
      degrees.push_back(std::to_string(degree));
    }
  }
  return degrees;
}

/// The place to blame for a degree that a server or a model does not take: the latest override of them.
const Place& blame_for(const Degree& degree, const YamlNode& pool) {
  const Place& others = blame(pool, {"servers", "model"});
  return degree.place != nullptr && degree.place->layer >= others.layer ? *degree.place : others;
}

void check_tensor(const Degree& degree, const Section& fields, const Model& model, const Server& server) {
  const std::string given = fmt::format("{} is {}", degree.name, degree.value);
  const std::string expected = "; expected one of " + list_text(possible_degrees(model, server));
  if (!stands_on(server, degree.value)) {
    fail_to_fit(
        blame_for(degree, fields.node()),
        fmt::format("{}, and a `{}` has {} accelerators{}{}", given, server.name, server.accelerators,
                    server.nic_bytes_per_s.value > 0.0 ? ", of which a rank takes a part of one or all of several"
                                                       : ", without a network to others",
                    expected));
  }
  if (model.heads % degree.value != 0) {
    fail_to_fit(blame_for(degree, fields.node()),
                fmt::format("{}, which does not divide the {} attention heads of `{}`{}", given, model.heads,
                            model.name, expected));
  }
}

void check_pipeline(const Degree& degree, const Section& fields, const Model& model) {
  if (degree.value > model.layers) {
    fail(degree.place == nullptr ? fields.place() : *degree.place,
         fmt::format("{} is {}, and `{}` has {} layers; expected at most as many stages as layers", degree.name,
                     degree.value, model.name, model.layers));
  }
}

/// Degrees of experts that the stage's accelerators and the model's experts allow.
std::vector<std::string> possible_expert_degrees(const Model& model, Parallelism parallel) {
  std::vector<std::string> degrees;
  for (int degree = 1; degree <= parallel.of_stage(); ++degree) {
    parallel.expert = degree;
    if (experts_divide(model, parallel)) {
      degrees.push_back(std::to_string(degree));
    }
  }
  return degrees;
}

void check_dense(const Section& layout, const Model& model) {
  if (const YamlNode* expert = layout.find("expert"); expert != nullptr && layout.count("expert") > 1) {
    fail(expert->place,
         fmt::format("`expert` is {}, and `{}` has no routed experts; expected 1, or a mixture of experts",
                     layout.count("expert"), model.name));
  }
  if (const YamlNode* ranks = layout.find("data_attention"); ranks != nullptr && layout.count("data_attention") > 1) {
    fail(ranks->place, fmt::format("`data_attention` is {}, and `{}` has no routed experts, so that its ranks would "
                                   "share nothing; expected 1, and more `replicas`",
                                   layout.count("data_attention"), model.name));
  }
}

/// Why the tokens of the model's sequences cannot be divided; they can if it is empty.
std::string indivisible(const Model& model) {
  if (model.state_bytes() > 0.0) {
    return "has layers that carry a state from token to token";
  }
  return tokens_divide(model) ? "" : "has layers that read a part of the context";
}

void check_tokens(const Section& layout, const Model& model, const Parallelism& parallel) {
  for (const char* key : {"context", "kv_split"}) {
    const YamlNode* given = layout.find(key);
    if (const std::string why = indivisible(model); given != nullptr && layout.count(key) > 1 && !why.empty()) {
      fail(given->place, "`" + std::string(key) + "` is " + std::to_string(layout.count(key)) + ", and `" + model.name +
                             "` " + why +
                             ", so that its tokens cannot be divided; expected 1, or a model whose "
                             "layers all read the whole context");
    }
  }
  if (!kv_divides(model, parallel)) {
    std::vector<std::string> possible;
    Parallelism other = parallel;
    for (other.kv_split = 1; other.kv_split <= parallel.tensor; ++other.kv_split) {
      if (kv_divides(model, other)) {
        possible.push_back(std::to_string(other.kv_split));
      }
    }
    const std::int32_t copies = kv_copies(model, parallel.tensor);
    fail(blame(layout.node(), {"kv_split", "tensor"}),
         "`kv_split` is " + std::to_string(parallel.kv_split) + ", and " +
             (copies == 1 ? "no two of the " + std::to_string(parallel.tensor) +
                                " accelerators of a rank hold the same KV heads of `" + model.name + "`"
                          : std::to_string(copies) + " of the " + std::to_string(parallel.tensor) +
                                " accelerators of a rank hold the same keys and values of `" + model.name + "`") +
             "; expected one of " + list_text(possible));
  }
}

void check_experts(const Section& layout, const Model& model, const Parallelism& parallel) {
  if (const int routed = model.mixture->experts; parallel.redundant_experts > routed) {
    fail(layout.find("redundant_experts")->place,
         fmt::format(
             "`redundant_experts` is {}, and `{}` has {} routed experts to have a second copy; expected at most that",
             parallel.redundant_experts, model.name, routed));
  }
  const std::string possible = "; expected one of " + list_text(possible_expert_degrees(model, parallel));
  const std::string given = fmt::format("`expert` is {}", parallel.expert);
  const Place& place = blame(layout.node(), {"expert", "data_attention", "context", "tensor"});
  if (parallel.of_stage() % parallel.expert != 0) {
    fail(place, fmt::format("{}, which does not divide the {} accelerators of a stage, `tensor` x `data_attention`{}{}",
                            given, parallel.of_stage(), parallel.context > 1 ? " x `context`" : "", possible));
  }
  if (!experts_divide(model, parallel)) {
    const int experts = model.mixture->experts + parallel.redundant_experts;
    const int more = parallel.redundant_experts + parallel.expert - experts % parallel.expert;
    fail(place, fmt::format("{}, which does not divide the {} routed experts of `{}`{}, or `redundant_experts: {}`",
                            given, experts, model.name, possible, more));
  }
  if (parallel.expert == 1) {
    for (const auto& [key, is_set] : {std::pair{"redundant_experts", parallel.redundant_experts > 0},
                                      {"expert_imbalance", parallel.expert_imbalance > 1.0}}) {
      if (is_set) {
        fail(layout.find(key)->place, fmt::format("`{}` is of experts that are spread over ranks, and `expert` is 1; "
                                                  "expected `expert` above 1, or no `{}`",
                                                  key, key));
      }
    }
  }
  if (parallel.expert_imbalance > parallel.expert) {
    fail(layout.find("expert_imbalance")->place,
         fmt::format("`expert_imbalance` is {}, more than all tokens on one of {} ranks; expected 1 to {}",
                     number_text(parallel.expert_imbalance), parallel.expert, parallel.expert));
  }
}

}  // namespace

const KeyTable& parallelism_keys() {
  static const KeyTable table{
      "Parallelism",
      "How the accelerators of a replica divide its work ([more](#expert-parallelism-and-attention-by-data)). A "
      "replica "
      "has `tensor` x `data_attention` x `context` x `pipeline` accelerators.",
      "{tensor: 1, data_attention: 16, expert: 16}",
      {{.name = "tensor",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "accelerators that share each rank, of one server or all of several servers; the number divides the "
                "model's attention heads"},
       {.name = "pipeline",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "stages, which send to each other over the servers' network"},
       {.name = "data_attention",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "ranks of a stage, each with a part of the sequences and all weights but the routed experts; on one "
                "server or several"},
       {.name = "expert",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "ranks that the routed experts are spread over; 1, or a divisor of `tensor` x `data_attention` x "
                "`context`: what is left of it divides each expert"},
       {.name = "redundant_experts",
        .form = count_form(0, 65536),
        .otherwise = "0",
        .help = "second copies of routed experts in each layer that has some"},
       {.name = "expert_imbalance",
        .form = quantity_form(Dimension::number, {.minimum = 1.0}),
        .otherwise = "1",
        .help = "tokens of the expert rank that gets most, over the mean of all ranks; 1 is a perfect balance"},
       {.name = "context",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "ranks among which the tokens of each sequence are divided, each with all weights but the routed "
                "experts; for long prompts ([more](#context-parallelism))"},
       {.name = "kv_split",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "accelerators of a rank that divide the tokens of keys and values of which each would hold a copy: a "
                "divisor of `tensor`, at most `tensor` over KV heads, or `tensor` for latent attention"}}};
  return table;
}

Parallelism read_parallelism(const Section& fields, const Model& model, const Server& server) {
  const std::optional<Section> layout = fields.map("parallelism");
  const Degree tensor = degree_of(fields, layout, kTensor);
  const Degree pipeline = degree_of(fields, layout, kPipeline);
  check_tensor(tensor, fields, model, server);
  check_pipeline(pipeline, fields, model);
  Parallelism parallel{.tensor = tensor.value,
                       .pipeline = pipeline.value,
                       .tensor_servers = std::max(1, tensor.value / server.accelerators)};
  if (!layout) {
    return parallel;
  }
  parallel.data_attention = layout->count("data_attention");
  parallel.expert = layout->count("expert");
  parallel.context = layout->count("context");
  parallel.kv_split = layout->count("kv_split");
  parallel.redundant_experts = layout->count("redundant_experts");
  parallel.expert_imbalance = layout->quantity("expert_imbalance");
  if (!model.mixture) {
    check_dense(*layout, model);
  }
  check_tokens(*layout, model, parallel);
  check_experts(*layout, model, parallel);
  return parallel;
}

Parallelism widened(Parallelism parallel, std::int32_t data_attention) {
  const bool over_all = parallel.expert > 1 && parallel.expert == parallel.of_stage();
  parallel.data_attention = data_attention;
  parallel.expert = over_all ? parallel.of_stage() : parallel.expert;
  return parallel;
}

bool kv_divides(const Model& model, const Parallelism& parallel) {
  return parallel.tensor % parallel.kv_split == 0 && parallel.kv_split <= kv_copies(model, parallel.tensor);
}

bool experts_divide(const Model& model, const Parallelism& parallel) {
  const std::int32_t experts = model.mixture ? model.mixture->experts + parallel.redundant_experts : 1;
  return parallel.of_stage() % parallel.expert == 0 && experts % parallel.expert == 0;
}

}  // namespace idlewatt
