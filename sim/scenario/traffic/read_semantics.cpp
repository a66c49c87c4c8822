#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

const Bounds kExponent{.minimum = 0.0, .maximum = 10.0};

const KeyTable& similarity_keys() {
  static const KeyTable table{
      "Similarity",
      "Cosine of a request to the centre of its intent, normally distributed.",
      "{mean: 93 %, deviation: 3 %}",
      {{.name = "mean", .form = quantity_form(Dimension::share), .otherwise = "93 %", .help = "mean cosine"},
       {.name = "deviation",
        .form = quantity_form(Dimension::share),
        .otherwise = "3 %",
        .help = "its standard deviation"}}};
  return table;
}

}  // namespace

const KeyTable& semantics_keys() {
  static const KeyTable table{
      "Semantics",
      "What requests mean, for semantic caches ([more](../workloads/README.md#how-to-write-one)).",
      "{intents: 20000, zipf: 1.0, unique: 60 %}",
      {{.name = "intents",
        .form = count_form(1, 100'000'000),
        .otherwise = "20000",
        .help = "intents that are in circulation at a time"},
       {.name = "zipf",
        .form = quantity_form(Dimension::number, kExponent),
        .otherwise = "1",
        .help = "exponent of their popularity"},
       {.name = "unique",
        .form = quantity_form(Dimension::share),
        .otherwise = "60 %",
        .help = "share of the requests that nobody else asks"},
       {.name = "similarity",
        .form = map_form(similarity_keys),
        .without = "the defaults of its keys",
        .help = "how near requests are to the centre of their intent"},
       {.name = "verbatim",
        .form = quantity_form(Dimension::share),
        .otherwise = "0 %",
        .help = "share of the requests that are their intent's usual text to the letter"},
       {.name = "drift",
        .form = either_form({quantity_form(Dimension::time, {.minimum = 1.0, .maximum = kLongestTimeS}),
                             word_form("drift", {"never"})}),
        .otherwise = "10 d",
        .help = "time in which each rank of popularity gets a new intent once"}}};
  return table;
}

Semantics read_semantics(const YamlNode& node) {
  const Section fields(node, "`semantics`", semantics_keys());
  Semantics semantics;
  semantics.intents = fields.count("intents");
  semantics.zipf = fields.quantity("zipf");
  semantics.unique = fields.quantity("unique");
  if (const std::optional<Section> similarity = fields.map("similarity")) {
    semantics.similarity_mean = similarity->quantity("mean");
    semantics.similarity_deviation = similarity->quantity("deviation");
  }
  semantics.verbatim = fields.quantity("verbatim");
  const YamlNode* drift = fields.find("drift");
  semantics.drift_s = drift != nullptr && drift->scalar == "never" ? 0.0 : fields.quantity("drift");
  return semantics;
}

}  // namespace idlewatt
