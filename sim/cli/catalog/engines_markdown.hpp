// The rules of the engines as the page platforms/ENGINES.md.
#pragma once

#include <string>

#include "catalog/catalog.hpp"

namespace idlewatt {

/// The page: each engine with the version whose rules it has, the rules on each accelerator, the key of a pool that
/// overrides each rule, and the source.
std::string engines_markdown(const Catalog& catalog);

}  // namespace idlewatt
