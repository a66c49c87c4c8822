#include "app/catalog_grid.hpp"

#include <algorithm>

#include "app/readable.hpp"
#include "app/text.hpp"

namespace idlewatt {

namespace {

const EntryFigure* find(const CatalogEntry& entry, const std::string& key) {
  const auto found = std::find_if(entry.figures.begin(), entry.figures.end(),
                                  [&](const EntryFigure& figure) { return figure.key == key; });
  return found == entry.figures.end() ? nullptr : &*found;
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
  std::string heading = key;
  std::replace_if(
      heading.begin(), heading.end(), [](char c) { return c == '_' || c == '.'; }, ' ');
  return heading;
}

}  // namespace idlewatt
