// `idlewatt size --max-rate`: the highest rate that a fleet as it is sustains within its SLO.
#pragma once

#include "base/exit_status.hpp"
#include "cli/command_line.hpp"
#include "scenario/scenario_source.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

/// For the scenario, or each of its variants: how many times its traffic it takes, found by running it. `slo` is empty
/// where each has its own. Prints text, or JSON. Returns ExitStatus::no where one of them meets the SLO at no rate.
ExitStatus find_max_rates(const CommandLine& line, ScenarioSource& source, const std::vector<SloCondition>& slo);

}  // namespace idlewatt
