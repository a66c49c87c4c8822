#include "cli/catalog/grid.hpp"

#include <algorithm>

#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

/// The figure under the first of the keys, parted by "/", that the entry has.
const EntryFigure* find(const CatalogEntry& entry, const std::string& keys) {
  for (std::size_t at = 0; at <= keys.size();) {
    const std::size_t end = std::min(keys.find('/', at), keys.size());
    const std::string key = keys.substr(at, end - at);
    const auto found = std::find_if(entry.figures.begin(), entry.figures.end(),
                                    [&](const EntryFigure& figure) { return figure.key == key; });
    if (found != entry.figures.end()) {
      return &*found;
    }
    at = end + 1;
  }
  return nullptr;
}

/// The unit of the column's largest value: a list is read downwards, in one unit.
ReadableUnit unit_of_column(const CatalogKind& kind, const std::string& key) {
  const EntryFigure* largest = nullptr;
  for (const CatalogEntry& entry : kind.entries) {
    const EntryFigure* figure = find(entry, key);
    if (figure != nullptr && (largest == nullptr || figure->value > largest->value)) {
      largest = figure;
    }
  }
  return largest == nullptr ? ReadableUnit{} : readable_unit(largest->value, largest->dimension);
}

}  // namespace

std::vector<CatalogColumn> catalog_grid(const CatalogKind& kind) {
  std::vector<CatalogColumn> columns;
  const bool servers = std::any_of(kind.entries.begin(), kind.entries.end(),
                                   [](const CatalogEntry& entry) { return entry.accelerators > 0; });
  if (servers) {
    CatalogColumn column{"accelerators", "", {}, {}};
    for (const CatalogEntry& entry : kind.entries) {
      column.cells.push_back(std::to_string(entry.accelerators) + " x " + entry.accelerator);
      column.assumed.push_back(false);
    }
    columns.push_back(std::move(column));
  }
  for (const std::string& key : kind.key_figures) {
    const ReadableUnit unit = unit_of_column(kind, key);
    CatalogColumn column{heading_of(key), unit.name, {}, {}};
    for (const CatalogEntry& entry : kind.entries) {
      const EntryFigure* figure = find(entry, key);
      constexpr int digits = 4;
      column.cells.push_back(figure == nullptr ? "-" : compact(figure->value / unit.one, digits));
      column.assumed.push_back(figure != nullptr && figure->status == Status::assumed);
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string heading_of(const std::string& key) {
  if (key == "peak.bf16/peak.fp16") {
    return "peak 16 bits";
  }
  if (key == "peak.fp8/peak.int8") {
    return "peak 8 bits";
  }
  if (key == "experts.experts") {
    return "experts";
  }
  std::string heading = key;
  std::replace_if(
      heading.begin(), heading.end(), [](char c) { return c == '_' || c == '.'; }, ' ');
  return heading;
}

std::string range_text(const EntryFigure& figure) {
  if (!figure.range) {
    return "";
  }
  const ReadableUnit unit = readable_unit(figure.range->high, figure.dimension);
  constexpr int digits = 4;
  return ", " + compact(figure.range->low / unit.one, digits) + " to " +
         compact(figure.range->high / unit.one, digits) + (unit.name.empty() ? "" : " " + unit.name);
}

}  // namespace idlewatt
