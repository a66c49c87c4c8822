#include "scenario/pool/read_speculation.hpp"

#include <fmt/core.h>
#include <string>

#include "physics/attended_context.hpp"
#include "physics/context_exchange.hpp"
#include "scenario/pool/read_parallelism.hpp"

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
    fail(place,
         fmt::format(
             "`{}` has a vocabulary of {} tokens, and `{}` one of {}; expected a draft model of the same vocabulary",
             draft.name, draft.vocabulary, model.name, model.vocabulary));
  }
  if (draft.heads % pool.parallel.tensor != 0 || draft.layers < pool.parallel.pipeline) {
    fail(place, fmt::format("`{}` has {} attention heads and {} layers; expected a draft model that can be cut as the "
                            "pool's, by `tensor_parallel: {}` and `pipeline_parallel: {}`",
                            draft.name, draft.heads, draft.layers, pool.parallel.tensor, pool.parallel.pipeline));
  }
  if (pool.parallel.token_parts() > 1 && !(tokens_divide(draft) && kv_divides(draft, pool.parallel))) {
    fail(place, "the keys and values of `" + draft.name +
                    "` cannot be divided as the pool's, by `context: " + std::to_string(pool.parallel.context) +
                    "` and `kv_split: " + std::to_string(pool.parallel.kv_split) +
                    "`; expected a draft model with as few KV heads");
  }
  for (const Model* each : {&model, &draft}) {
    if (!attended_context(*each, pool.parallel.tensor).plain()) {
      fail(place, fmt::format("`{}` has layers that read a window of the context, for which drafts are not modelled; "
                              "expected models whose layers all read the whole context, or no `speculative`",
                              each->name));
    }
  }
  return speculation;
}

}  // namespace idlewatt
