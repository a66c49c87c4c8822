// What `idlewatt size` answers: the best fleet, what was tried, and how sure it is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "sweep/search.hpp"
#include "sweep/search_space.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

struct SizeReport {
  std::string scenario_path;
  bool has_variants = false;         ///< the scenario
  std::vector<std::string> changes;  ///< --set, as they were given
  std::string directory;             ///< where the answer, if it is run, should go: no results of the scenario's own
  const SearchSpace* space = nullptr;
  std::vector<SloCondition> slo;
  std::string objective;  ///< name of the measure
  std::vector<std::uint64_t> seeds;
  SearchPlan plan;
  SearchResult result;
  std::map<Trial, Summary> summaries;

  /// The arguments of `idlewatt` that run the best fleet, and nothing else. Requires a best.
  std::vector<std::string> command() const;
  Scenario scenario(const Trial& trial) const;
  Verdict judge(const Summary& summary) const;
};

std::string size_text(const SizeReport& report);
std::string size_json(const SizeReport& report);

}  // namespace idlewatt
