// Differences between results, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "cli/compare_groups.hpp"
#include "cli/summary_table.hpp"

namespace idlewatt {

/// The measures to show: those that the table of these runs has, or all.
std::vector<const Measure*> measures_to_compare(bool all, const std::vector<RunGroup>& groups);

/// The baseline, and of every other group its value and its difference from the baseline; as many groups beside each
/// other as fit, the others below.
std::string compare_table(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures,
                          const TextStyle& style);

/// The same as one table of Markdown.
std::string compare_markdown(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

/// A row for each measure of each group: values in the measures' own units with every digit, empty where there is none.
/// Quoted as RFC 4180 has it, lines end with LF.
std::string compare_csv(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

/// The same as JSON; null where there is no value.
std::string compare_json(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures);

}  // namespace idlewatt
