// The JSON Schema of scenario files.
#pragma once

#include "catalog/catalog.hpp"
#include "cli/schema_values.hpp"

namespace idlewatt {

/// Draft 2020-12. What the reader refuses for its meaning (a pool that does not fit, a model that nobody serves) a
/// schema cannot know; every key, word and unit it does.
Json scenario_schema(const Catalog& catalog);

}  // namespace idlewatt
