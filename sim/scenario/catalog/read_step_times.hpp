// Reads measured step times: CSV with the columns batch, tokens, context, ms and, if known, watts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// The table at `path`, plain or compressed by gzip. Throws InputError "path:line:column: what is wrong (what was
/// expected)".
std::shared_ptr<const StepTimes> read_step_times(const std::string& path);

/// Warnings, a line each, for steps of the pool that may be larger than all steps of its table. Empty for a pool
/// without a table.
std::vector<std::string> step_times_exceeded(const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
