// The figures of one entry of the catalogue as a flat list, whatever kind it is: for provenance and reference pages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "catalog/catalog.hpp"

namespace idlewatt {

/// One number of an entry.
struct EntryFigure {
  std::string key;  ///< as YAML nests it: "idle_loaded", "peak.bf16"
  double value = 0.0;
  Dimension dimension = Dimension::number;
  Status status = Status::assumed;
  std::string source;
  std::optional<FigureRange> range = std::nullopt;
};

/// All of them, in the order of the struct.
std::vector<EntryFigure> figures_of(const Accelerator& accelerator);
std::vector<EntryFigure> figures_of(const Server& server);
std::vector<EntryFigure> figures_of(const Model& model);
std::vector<EntryFigure> figures_of(const Engine& engine);

}  // namespace idlewatt
