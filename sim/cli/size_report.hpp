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
  const SearchSpace* space = nullptr;
  std::vector<SloCondition> slo;
  std::string objective;  ///< name of the measure
  std::vector<std::uint64_t> seeds;
  SearchPlan plan;
  SearchResult result;
  std::map<Trial, Summary> summaries;

  Scenario scenario(const Trial& trial) const;
  Verdict judge(const Summary& summary) const;
};

std::string size_text(const SizeReport& report);
std::string size_json(const SizeReport& report);

}  // namespace idlewatt
