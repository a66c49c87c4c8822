#include "scenario/pool/read_speculation.hpp"

#include <string>

#include "physics/attended_context.hpp"

namespace idlewatt {

const KeyTable& speculation_keys() {
  static const KeyTable table{
      "Speculative decoding",
      "A small model drafts tokens that the pool's model verifies in one step "
      "([more](#speculative-decoding)).",
      "{draft: llama-3-8b, tokens: 4, acceptance: 0.7}",
      {{.name = "draft", .form = entry_form("model"), .must = true, .help = "the small model, of the same vocabulary"},
       {.name = "tokens", .form = count_form(1, 64), .must = true, .help = "tokens that are drafted in a round"},
       {.name = "acceptance",
        .form = quantity_form(Dimension::share, {.minimum = 0.0, .maximum = 0.99}),
        .must = true,
        .help = "probability that a drafted token is accepted when those before it were"}}};
  return table;
}

std::optional<Speculation> read_speculation(const Section& fields, const Pool& pool, const Catalog& catalog) {
  const std::optional<Section> section = fields.map("speculative");
  if (!section) {
    return std::nullopt;
  }
  const Section& given = *section;
  Speculation speculation;
  speculation.draft = given.entry("draft", keys_of(catalog.models));
  speculation.tokens = given.count("tokens");
  speculation.acceptance = given.quantity("acceptance");
  const Place& place = given.find("draft")->place;
  const Model& model = catalog.models.at(pool.model);
  const Model& draft = catalog.models.at(speculation.draft);
  if (draft.vocabulary != model.vocabulary) {
    fail(place, "`" + draft.name + "` has a vocabulary of " + std::to_string(draft.vocabulary) + " tokens, and `" +
                    model.name + "` one of " + std::to_string(model.vocabulary) +
                    "; expected a draft model of the same vocabulary");
  }
  if (draft.heads % pool.parallel.tensor != 0 || draft.layers < pool.parallel.pipeline) {
    fail(place, "`" + draft.name + "` has " + std::to_string(draft.heads) + " attention heads and " +
                    std::to_string(draft.layers) +
                    " layers; expected a draft model that can be cut as the pool's, by `tensor_parallel: " +
                    std::to_string(pool.parallel.tensor) +
                    "` and `pipeline_parallel: " + std::to_string(pool.parallel.pipeline) + "`");
  }
  for (const Model* each : {&model, &draft}) {
    if (!attended_context(*each, pool.parallel.tensor).plain()) {
      fail(place, "`" + each->name +
                      "` has layers that read a window of the context, for which drafts are not modelled; expected "
                      "models whose layers all read the whole context, or no `speculative`");
    }
  }
  return speculation;
}

}  // namespace idlewatt
