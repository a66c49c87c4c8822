// Reads a grid file.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "scenario/keys/key_table.hpp"
#include "scenario/scenario_source.hpp"
#include "scenario/sweep/sweep_file.hpp"

namespace idlewatt {

/// The keys of a grid.
const KeyTable& sweep_keys();

/// Reads the grid at `path`, and opens its base with `options`. Throws InputError.
std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const std::string& path, const LoadOptions& options);
/// Reads a grid whose file at `path` was parsed as `root`.
std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const YamlNode& root, const std::string& path,
                                                                 const LoadOptions& options);

}  // namespace idlewatt
