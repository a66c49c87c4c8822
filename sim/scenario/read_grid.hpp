// Reads a grid file.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "scenario/grid_file.hpp"
#include "scenario/scenario_source.hpp"

namespace idlewatt {

/// The grid at `path`, and its base, opened with `options`. Throws InputError.
std::pair<GridFile, std::unique_ptr<ScenarioSource>> read_grid(const std::string& path, const LoadOptions& options);

}  // namespace idlewatt
