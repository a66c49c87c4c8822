// The catalogue for programs.
#pragma once

#include <string>

#include "cli/catalog_contents.hpp"

namespace idlewatt {

/// Kinds by name, each a list of entries with all their figures; `policies` by family, each policy with its parameters.
/// Values are in the unit that stands beside them. Ends with a line feed.
std::string catalog_json(const CatalogContents& contents);

}  // namespace idlewatt
