// The catalogue as the reference page platforms/README.md.
#pragma once

#include <string>

#include "cli/catalog_contents.hpp"

namespace idlewatt {

/// All of it: families and policies with their parameters, the measures that a run answers with, and every entry with
/// its figures and sources.
std::string catalog_markdown(const CatalogContents& contents);

}  // namespace idlewatt
