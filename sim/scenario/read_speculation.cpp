#include "scenario/read_speculation.hpp"

#include <string>

#include "physics/attended_context.hpp"

namespace idlewatt {

std::optional<Speculation> read_speculation(const Fields& fields, const Pool& pool, const Catalog& catalog) {
  const YamlNode* node = fields.find("speculative");
  if (node == nullptr) {
    return std::nullopt;
  }
  const Fields given(*node, "`speculative` of " + fields.what(), {"draft", "tokens", "acceptance"});
  Speculation speculation;
  speculation.draft = given.name("draft", "model", keys_of(catalog.models));
  speculation.tokens = given.count("tokens", 1, 64);
  speculation.acceptance = given.quantity("acceptance", Dimension::share, {.minimum = 0.0, .maximum = 0.99});
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
