// `idlewatt size --max-rate`: the highest rate that an unchanged fleet sustains within its SLO.
#pragma once

#include "base/exit_status.hpp"
#include "cli/options/command_line.hpp"
#include "scenario/scenario_source.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

/// Finds the highest multiple of its traffic at which the scenario, or each of its variants, meets its SLO, by running
/// it. An empty `slo` stands for each scenario's own. Prints text or JSON. Returns ExitStatus::no when one of them
/// meets the SLO at no rate.
ExitStatus find_max_rates(const CommandLine& line, ScenarioSource& source, const std::vector<SloCondition>& slo);

}  // namespace idlewatt
