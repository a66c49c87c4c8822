// A kind of the catalogue as rows and columns: the key figures of its entries, each column in one unit.
#pragma once

#include <string>
#include <vector>

#include "cli/catalog/contents.hpp"

namespace idlewatt {

/// A column of a kind's table.
struct CatalogColumn {
  std::string heading;             ///< "memory bandwidth"
  std::string unit;                ///< "TB/s"
  std::vector<std::string> cells;  ///< one cell per entry; "-" for an entry without this figure
  std::vector<bool> assumed;       ///< for each cell: true when its figure is assumed
};

/// The columns of the key figures, after a first one for the accelerators of servers.
std::vector<CatalogColumn> catalog_grid(const CatalogKind& kind);

/// The heading of a key: "memory bandwidth" for "memory_bandwidth", "peak 16 bits" for "peak.bf16/peak.fp16".
std::string heading_of(const std::string& key);

/// The range of a figure: ", 100 to 150 W"; empty for a figure without a range.
std::string range_text(const EntryFigure& figure);

}  // namespace idlewatt
