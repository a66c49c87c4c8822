// The answer of `idlewatt size`: the best fleet, the trials, and the certainty of the answer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "sweep/search.hpp"
#include "sweep/search_space.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

/// The answer of `idlewatt size`.
struct SizeReport {
  std::string scenario_path;
  bool has_variants = false;         ///< true: the scenario has variants
  std::vector<std::string> changes;  ///< overrides of --set, as they were given
  std::string directory;             ///< folder for a run of the answer; contains no results of the scenario
  const SearchSpace* space = nullptr;
  std::vector<SloCondition> slo;
  std::string objective;  ///< name of the measure
  std::vector<std::uint64_t> seeds;
  SearchPlan plan;
  SearchResult result;
  std::map<Trial, Summary> summaries;

  /// The arguments of `idlewatt` that run the best fleet. Requires a best candidate.
  std::vector<std::string> command() const;
  Scenario scenario(const Trial& trial) const;
  Verdict judge(const Summary& summary) const;
};

std::string size_text(const SizeReport& report);
std::string size_json(const SizeReport& report);

}  // namespace idlewatt
