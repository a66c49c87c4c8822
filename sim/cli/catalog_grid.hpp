// A kind of the catalogue as rows and columns: the key figures of its entries, each column in one unit.
#pragma once

#include <string>
#include <vector>

#include "cli/catalog_contents.hpp"

namespace idlewatt {

struct CatalogColumn {
  std::string heading;             ///< "memory bandwidth"
  std::string unit;                ///< "TB/s"
  std::vector<std::string> cells;  ///< one per entry; "-" where an entry has no such figure
  std::vector<bool> assumed;       ///< whether the figure of the cell is
};

/// Columns for the key figures, and a first one for what servers hold.
std::vector<CatalogColumn> catalog_grid(const CatalogKind& kind);

/// "memory bandwidth" of "memory_bandwidth", "peak 16 bits" of "peak.bf16/peak.fp16".
std::string heading_of(const std::string& key);

/// ", 100 to 150 W": the range of a figure; empty where it has none.
std::string range_text(const EntryFigure& figure);

}  // namespace idlewatt
