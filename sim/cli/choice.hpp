// The answer of a run: which variants meet the SLO, which of these variants costs least, and whether each fleet keeps up
// with its requests.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {

/// Whether a fleet keeps up with its requests.
enum class LoadState {
  stable,
  backlogged,  ///< one request in a hundred waits for its first step longer than half of the answers take
  overloaded,  ///< the queue had not drained at the end: latencies would grow with a longer run
};
const char* to_string(LoadState state);

/// Found from the requests that a run left unfinished. A fleet that keeps up leaves those in service, by Little's law
/// arrival rate x time in service; `overloaded` is a fleet that leaves more than four times as many, and at least 20.
/// Time in service is the median of end to end less the median of the wait.
LoadState load_state(const Summary& summary);

/// A run, and what its scenario asks of it.
struct AskedRun {
  std::string name;
  Summary summary;
  std::vector<SloCondition> slo;  ///< empty: nothing is asked
};

inline constexpr double kMonthS = 730.5 * 3600.0;

/// What a run costs in a month that goes on as the run did, in the currency of its summary.
double cost_a_month(const Summary& summary);

/// The answer of several runs. All indices are places among them.
struct Choice {
  std::vector<bool> meets;  ///< per run: the SLO is met by a fleet that is not overloaded
  std::optional<std::size_t> cheapest;
  std::optional<std::size_t> second;  ///< cheapest of the others that meet the SLO
  std::optional<std::size_t> most_frugal;
  std::optional<std::size_t> cleanest;
};

/// The choice among the runs that meet the SLO, by cost, by facility energy and by carbon. Totals are compared where all
/// runs have the same traffic, amounts per answered request where they do not. Of two runs of equal cost the more frugal
/// one is chosen. Without an SLO no run is chosen.
Choice choose(const std::vector<AskedRun>& runs);

/// The same as the `answer` of `run --json`: for each run its state, its cost a month and what it misses, then the names
/// of those chosen, or null.
nlohmann::ordered_json choice_json(const std::vector<AskedRun>& runs);

/// The answer in lines of at most `width` columns: each run with its verdict, then the choice. Empty where nothing is
/// asked and every fleet keeps up.
std::string choice_text(const std::vector<AskedRun>& runs, std::size_t width);

}  // namespace idlewatt
