// The results of a grid as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "cli/summary_table.hpp"
#include "results/sweep_results.hpp"

namespace idlewatt {

/// The measures of that name, in the summary's order; a few headlines where `names` is empty. Throws InputError.
std::vector<std::size_t> chosen_measures(const std::vector<std::string>& names);

/// A row per configuration, `mean ± half of the 95 % interval` where there are several seeds. The first `most_rows`.
std::string sweep_table(const SweepResults& results, const std::vector<std::size_t>& measures, std::size_t most_rows);

/// Everything, ending with a line feed.
std::string sweep_json(const SweepResults& results);

}  // namespace idlewatt
