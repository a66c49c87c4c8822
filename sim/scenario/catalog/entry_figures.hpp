// The figures of one catalogue entry of any kind as a flat list, for provenance and reference pages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "catalog/catalog.hpp"

namespace idlewatt {

/// One number of an entry.
struct EntryFigure {
  std::string key;  ///< key as YAML nests it: "idle_loaded", "peak.bf16"
  double value = 0.0;
  Dimension dimension = Dimension::number;
  Status status = Status::assumed;
  std::string source;
  std::optional<FigureRange> range = std::nullopt;
};

/// All figures of an entry, in the order of its struct.
std::vector<EntryFigure> figures_of(const Accelerator& accelerator);
std::vector<EntryFigure> figures_of(const Server& server);
std::vector<EntryFigure> figures_of(const Model& model);
std::vector<EntryFigure> figures_of(const Engine& engine);

}  // namespace idlewatt
