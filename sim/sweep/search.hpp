// Finds the fleet that meets an SLO at the least cost: which of some candidates, and with how many replicas.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace idlewatt {

/// One simulation that the search asks for.
struct Trial {
  std::size_t candidate = 0;
  int replicas = 1;
  int rung = 0;          ///< index into SearchPlan.rungs: how much of the trace
  std::size_t seed = 0;  ///< index into SearchPlan.seeds
  auto operator<=>(const Trial&) const = default;
};

/// What a trial says.
struct Verdict {
  double objective = 0.0;  ///< what is minimised
  double worst = 0.0;      ///< largest quotient of a measure and its limit: the SLO is met up to 1
  bool meets() const { return worst <= 1.0; }
};

struct SearchPlan {
  std::size_t candidates = 0;
  std::vector<bool> static_fleet;  ///< per candidate: more replicas surely cost more
  int fewest = 1;                  ///< replicas
  int most = 64;
  std::vector<double> rungs{1.0};  ///< shares of the trace, rising to 1
  std::size_t seeds = 1;           ///< the answer is confirmed with as many
  std::size_t at_once = 1;         ///< trials that can run side by side
  bool exhaustive = false;         ///< try everything at full length: the yardstick
};

/// How a candidate ended.
struct CandidateEnd {
  enum class How {
    best,
    met,     ///< with `replicas`, at a higher objective
    dear,    ///< misses the SLO where it already costs more than another fleet that meets it
    misses,  ///< with the most replicas
  };
  How how = How::met;
  int replicas = 0;  ///< fewest that met the SLO with the first seed; else the most that were tried
  /// Of a candidate that was tried with all seeds: the replicas that met the SLO with the first one and missed it with
  /// another, for which the candidate got more.
  std::vector<int> failed_other_seeds = {};
};

struct SearchResult {
  std::optional<std::size_t> best;  ///< nothing: no candidate meets the SLO
  int replicas = 0;
  std::vector<CandidateEnd> ends;  ///< per candidate
  std::optional<Trial> nearest;    ///< without a best: the trial of full length that misses by least
  std::map<Trial, Verdict> tried;
  bool one_more_was_worse = false;  ///< the best with one replica more met the SLO too, and was no better: as assumed
  bool one_more_was_tried = false;

  std::size_t runs() const { return tried.size(); }
  /// In runs of full length.
  double work(const SearchPlan& plan) const;
  /// Trials of full length with the first seed that no other beats in both objective and worst, by rising objective.
  std::vector<Trial> pareto(const SearchPlan& plan) const;
};

/// Runs trials, as many side by side as it likes, and returns their verdicts in their order.
using Evaluate = std::function<std::vector<Verdict>(const std::vector<Trial>&)>;

/// For each candidate the fewest replicas that meet the SLO are found by galloping and bisection: latency falls with
/// replicas. Short prefixes of the trace say where bisection begins and who goes first, and nothing else: the start of
/// a trace may be its quietest part, so no candidate is dropped for what it does there. At full length a candidate that
/// does not meet the SLO rests as soon as it costs more than another that does; it goes on if that other turns out to
/// cost more. The answer is confirmed with more seeds, and gets more replicas, or gives way to the next, where it fails
/// one. All trials of a seed see the same requests.
SearchResult search(const SearchPlan& plan, const Evaluate& evaluate);

}  // namespace idlewatt
