#include "scenario/pool/read_parallelism.hpp"

#include <optional>
#include <string>
#include <vector>

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
    fail(place, "`" + std::string(key.long_key) + "` and `" + key.short_key +
                    "` of `parallelism` say the same degree; expected one of the two");
  }
  if (under != nullptr) {
    return {layout->count(key.short_key), "`" + std::string(key.short_key) + "`", &under->place};
  }
  return {fields.count(key.long_key), "`" + std::string(key.long_key) + "`",
          above == nullptr ? nullptr : &above->place};
}

std::vector<std::string> possible_degrees(const Model& model, const Server& server) {
  std::vector<std::string> degrees;
  for (int degree = 1; degree <= server.accelerators; ++degree) {
    if (model.heads % degree == 0) {
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
  const std::string given = degree.name + " is " + std::to_string(degree.value);
  const std::string expected = "; expected one of " + list_text(possible_degrees(model, server));
  if (degree.value > server.accelerators) {
    fail_to_fit(blame_for(degree, fields.node()), given + ", and a `" + server.name + "` has " +
                                                      std::to_string(server.accelerators) + " accelerators" + expected);
  }
  if (model.heads % degree.value != 0) {
    fail_to_fit(blame_for(degree, fields.node()), given + ", which does not divide the " + std::to_string(model.heads) +
                                                      " attention heads of `" + model.name + "`" + expected);
  }
}

void check_pipeline(const Degree& degree, const Section& fields, const Model& model) {
  if (degree.value > model.layers) {
    fail(degree.place == nullptr ? fields.place() : *degree.place,
         degree.name + " is " + std::to_string(degree.value) + ", and `" + model.name + "` has " +
             std::to_string(model.layers) + " layers; expected at most as many stages as layers");
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
    fail(expert->place, "`expert` is " + std::to_string(layout.count("expert")) + ", and `" + model.name +
                            "` has no routed experts; expected 1, or a mixture of experts");
  }
  if (const YamlNode* ranks = layout.find("data_attention"); ranks != nullptr && layout.count("data_attention") > 1) {
    fail(ranks->place, "`data_attention` is " + std::to_string(layout.count("data_attention")) + ", and `" +
                           model.name +
                           "` has no routed experts, so that its ranks would share nothing; expected 1, and more "
                           "`replicas`");
  }
}

void check_experts(const Section& layout, const Model& model, const Parallelism& parallel) {
  if (const int routed = model.mixture->experts; parallel.redundant_experts > routed) {
    fail(layout.find("redundant_experts")->place,
         "`redundant_experts` is " + std::to_string(parallel.redundant_experts) + ", and `" + model.name + "` has " +
             std::to_string(routed) + " routed experts to have a second copy; expected at most that");
  }
  const std::string possible = "; expected one of " + list_text(possible_expert_degrees(model, parallel));
  const std::string given = "`expert` is " + std::to_string(parallel.expert);
  const Place& place = blame(layout.node(), {"expert", "data_attention", "tensor"});
  if (parallel.of_stage() % parallel.expert != 0) {
    fail(place, given + ", which does not divide the " + std::to_string(parallel.of_stage()) +
                    " accelerators of a stage, `tensor` x `data_attention`" + possible);
  }
  if (!experts_divide(model, parallel)) {
    const int experts = model.mixture->experts + parallel.redundant_experts;
    const int more = parallel.redundant_experts + parallel.expert - experts % parallel.expert;
    fail(place, given + ", which does not divide the " + std::to_string(experts) + " routed experts of `" + model.name +
                    "`" + possible + ", or `redundant_experts: " + std::to_string(more) + "`");
  }
  if (parallel.expert == 1) {
    for (const auto& [key, is_set] : {std::pair{"redundant_experts", parallel.redundant_experts > 0},
                                      {"expert_imbalance", parallel.expert_imbalance > 1.0}}) {
      if (is_set) {
        fail(layout.find(key)->place, "`" + std::string(key) +
                                          "` is of experts that are spread over ranks, and `expert` is 1" +
                                          "; expected `expert` above 1, or no `" + key + "`");
      }
    }
  }
  if (parallel.expert_imbalance > parallel.expert) {
    fail(layout.find("expert_imbalance")->place,
         "`expert_imbalance` is " + number_text(parallel.expert_imbalance) + ", more than all tokens on one of " +
             std::to_string(parallel.expert) + " ranks; expected 1 to " + std::to_string(parallel.expert));
  }
}

}  // namespace

const KeyTable& parallelism_keys() {
  static const KeyTable table{
      "Parallelism",
      "How the accelerators of a replica divide its work ([more](#expert-parallelism-and-attention-by-data)). A "
      "replica "
      "has `tensor` x `data_attention` x `pipeline` accelerators.",
      "{tensor: 1, data_attention: 16, expert: 16}",
      {{.name = "tensor",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "accelerators of one server that share each rank; the number divides the model's attention heads"},
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
        .help = "ranks that the routed experts are spread over; 1, or a divisor of `tensor` x `data_attention`: what "
                "is left of it divides each expert"},
       {.name = "redundant_experts",
        .form = count_form(0, 65536),
        .otherwise = "0",
        .help = "second copies of routed experts in each layer that has some"},
       {.name = "expert_imbalance",
        .form = quantity_form(Dimension::number, {.minimum = 1.0}),
        .otherwise = "1",
        .help = "tokens of the expert rank that gets most, over the mean of all ranks; 1 is a perfect balance"}}};
  return table;
}

Parallelism read_parallelism(const Section& fields, const Model& model, const Server& server) {
  const std::optional<Section> layout = fields.map("parallelism");
  const Degree tensor = degree_of(fields, layout, kTensor);
  const Degree pipeline = degree_of(fields, layout, kPipeline);
  check_tensor(tensor, fields, model, server);
  check_pipeline(pipeline, fields, model);
  Parallelism parallel{.tensor = tensor.value, .pipeline = pipeline.value};
  if (!layout) {
    return parallel;
  }
  parallel.data_attention = layout->count("data_attention");
  parallel.expert = layout->count("expert");
  parallel.redundant_experts = layout->count("redundant_experts");
  parallel.expert_imbalance = layout->quantity("expert_imbalance");
  if (!model.mixture) {
    check_dense(*layout, model);
  }
  check_experts(*layout, model, parallel);
  return parallel;
}

Parallelism widened(Parallelism parallel, std::int32_t data_attention) {
  const bool over_all = parallel.expert > 1 && parallel.expert == parallel.of_stage();
  parallel.data_attention = data_attention;
  parallel.expert = over_all ? parallel.of_stage() : parallel.expert;
  return parallel;
}

bool experts_divide(const Model& model, const Parallelism& parallel) {
  const std::int32_t experts = model.mixture ? model.mixture->experts + parallel.redundant_experts : 1;
  return parallel.of_stage() % parallel.expert == 0 && experts % parallel.expert == 0;
}

}  // namespace idlewatt
