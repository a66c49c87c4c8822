// The catalogue for programs.
#pragma once

#include <string>

#include "cli/catalog/contents.hpp"

namespace idlewatt {

/// The contents as JSON: kinds by name, each a list of entries with all figures; `policies` by family, each policy with
/// its parameters. Values are in the unit beside them. Ends with a line feed.
std::string catalog_json(const CatalogContents& contents);

}  // namespace idlewatt
