// The options for SimGrid, which may follow `--` on the command line.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// Throws InputError when SimGrid does not accept the options. SimGrid aborts with a stack trace on some of them. So
/// the options are tried out silently in a process that may die: it sets up `scenario` and stops before the first
/// request.
void check_simgrid_options(const std::vector<std::string>& options, const Scenario& scenario);

}  // namespace idlewatt
