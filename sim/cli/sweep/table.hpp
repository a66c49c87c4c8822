// The results of a grid as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "cli/run/summary_table.hpp"
#include "results/sweep_results.hpp"

namespace idlewatt {

/// The indices of the measures with these names, in the summary's order; some headline measures when `names` is empty.
/// Throws InputError.
std::vector<std::size_t> chosen_measures(const std::vector<std::string>& names);

/// A table with a row per configuration, of at most `most_rows` rows. With several seeds a value is `mean ± half of the
/// 95 % interval`.
std::string sweep_table(const SweepResults& results, const std::vector<std::size_t>& measures, std::size_t most_rows);

/// All results as JSON, ending with a line feed.
std::string sweep_json(const SweepResults& results);

}  // namespace idlewatt
