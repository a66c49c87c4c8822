// The answer of a run: which variants meet the SLO, which of them costs least, and whether each fleet keeps up with its
// requests.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

/// The load of a fleet: whether it keeps up with its requests.
enum class LoadState {
  stable,
  backlogged,  ///< one request in a hundred waits for its first step longer than half of the answers take
  overloaded,  ///< the queue had not drained at the end: latencies would grow with a longer run
};
const char* to_string(LoadState state);

/// The load of a run, from its unfinished requests. A fleet that keeps up leaves only the requests in service, by
/// Little's law arrival rate x time in service. A fleet is `overloaded` when it leaves more than four times as many,
/// and at least 20. Time in service is the median of end to end minus the median of the wait.
LoadState load_state(const Summary& summary);

/// A run and the SLO of its scenario.
struct AskedRun {
  std::string name;
  Summary summary;
  std::vector<SloCondition> slo;  ///< empty: the scenario has no SLO
};

inline constexpr double kMonthS = 730.5 * 3600.0;

/// The cost of a month that continues like the run, in the currency of the summary.
double cost_a_month(const Summary& summary);

/// The answer of several runs. All indices are positions in their list.
struct Choice {
  std::vector<bool> meets;  ///< per run: true when the fleet meets the SLO and is not overloaded
  std::optional<std::size_t> cheapest;
  std::optional<std::size_t> second;       ///< second-cheapest run that meets the SLO
  std::optional<std::size_t> most_frugal;  ///< run with the least facility energy
  std::optional<std::size_t> cleanest;     ///< run with the least carbon
};

/// Chooses among the runs that meet the SLO, by cost, by facility energy and by carbon. Compares totals when all runs
/// have the same traffic, otherwise amounts per answered request. Of two runs of equal cost, the one with less energy
/// is chosen. Without an SLO no run is chosen.
Choice choose(const std::vector<AskedRun>& runs);

/// The `answer` of `run --json`: for each run its load, its cost per month and the conditions that it misses, then the
/// names of the chosen runs, or null.
nlohmann::ordered_json choice_json(const std::vector<AskedRun>& runs);

/// The answer in lines of at most `width` columns: each run with its verdict, then the choice. Empty when there is no
/// SLO and every fleet keeps up.
std::string choice_text(const std::vector<AskedRun>& runs, std::size_t width);

}  // namespace idlewatt
