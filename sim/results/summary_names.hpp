// What measures of the summary and their kinds are called in files.
#pragma once

#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// "lower", "higher" or "neither".
std::string better_name(Measure::Better better);

/// "count", "total", "rate" or "share".
std::string form_name(Measure::Form form);

/// "requests", "energy", "money", "latency" or "fleet".
std::string group_name(Measure::Group group);

/// What `get` says of each element of the list, in order: a column of texts.
template <class Get, class List>
std::vector<std::string> texts(const List& list, Get get) {
  std::vector<std::string> result;
  for (const auto& item : list) {
    result.push_back(get(item));
  }
  return result;
}

}  // namespace idlewatt
