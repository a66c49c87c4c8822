// The names of the summary's measures and of their kinds in files.
#pragma once

#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// The name of a direction: "lower", "higher" or "neither".
std::string better_name(Measure::Better better);

/// The name of a form: "count", "total", "rate" or "share".
std::string form_name(Measure::Form form);

/// The name of a group: "requests", "energy", "money", "latency" or "fleet".
std::string group_name(Measure::Group group);

/// The texts that `get` returns for the elements of the list, in order: a column of texts.
template <class Get, class List>
std::vector<std::string> texts(const List& list, Get get) {
  std::vector<std::string> result;
  for (const auto& item : list) {
    result.push_back(get(item));
  }
  return result;
}

}  // namespace idlewatt
