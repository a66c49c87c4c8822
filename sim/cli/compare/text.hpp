// Differences between results, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "cli/compare/groups.hpp"
#include "cli/run/summary_table.hpp"

namespace idlewatt {

/// The measures to show: those in the terminal's table of these runs, or all.
std::vector<const Measure*> measures_to_compare(bool all, const std::vector<RunGroup>& groups);

/// A table of the baseline, and of every other group with its value and its difference from the baseline. Groups that
/// do not fit beside each other follow below.
std::string compare_table(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures,
                          const TextStyle& style);

/// The comparison as one table of Markdown.
std::string compare_markdown(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

/// The comparison as CSV with a row for each measure of each group: values in the measures' own units with every digit,
/// empty where there is none. Fields are quoted as in RFC 4180; lines end with LF.
std::string compare_csv(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

/// The comparison as JSON; null where there is no value.
std::string compare_json(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

}  // namespace idlewatt
