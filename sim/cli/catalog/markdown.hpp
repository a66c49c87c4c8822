// The catalogue as the reference page platforms/README.md.
#pragma once

#include <string>

#include "cli/catalog/contents.hpp"

namespace idlewatt {

/// The whole page: families and policies with their parameters, the measures of a run's answer, and every entry with
/// its figures and sources.
std::string catalog_markdown(const CatalogContents& contents);

}  // namespace idlewatt
