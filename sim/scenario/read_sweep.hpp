// Reads a grid file.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "scenario/scenario_source.hpp"
#include "scenario/sweep_file.hpp"

namespace idlewatt {

/// The grid at `path`, and its base, opened with `options`. Throws InputError.
std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const std::string& path, const LoadOptions& options);

}  // namespace idlewatt
