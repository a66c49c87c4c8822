// Finds the fleet that meets an SLO at the least cost: the best of several candidates, and its number of replicas.
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
  int rung = 0;          ///< index into SearchPlan.rungs, which sets the share of the trace
  std::size_t seed = 0;  ///< index into SearchPlan.seeds
  auto operator<=>(const Trial&) const = default;
};

/// The result of a trial.
struct Verdict {
  double objective = 0.0;  ///< value that is minimised
  double worst = 0.0;      ///< largest quotient of a measure and its limit; the SLO is met up to 1
  bool meets() const { return worst <= 1.0; }
};

struct SearchPlan {
  std::size_t candidates = 0;
  std::vector<bool> static_fleet;  ///< per candidate: true when more replicas always cost more
  int fewest = 1;                  ///< least number of replicas
  int most = 64;                   ///< largest number of replicas
  std::vector<double> rungs{1.0};  ///< shares of the trace, rising to 1
  std::size_t seeds = 1;           ///< number of seeds that confirm the answer
  std::size_t at_once = 1;         ///< number of trials that can run at the same time
  bool exhaustive = false;         ///< true: tries everything at full length, as a yardstick
};

/// The outcome for a candidate.
struct CandidateEnd {
  enum class How {
    best,    ///< the answer of the search
    met,     ///< meets the SLO with `replicas`, at a higher objective
    dear,    ///< misses the SLO where it already costs more than another fleet that meets it
    misses,  ///< misses the SLO with the most replicas
  };
  How how = How::met;
  int replicas = 0;  ///< fewest replicas that met the SLO with the first seed; otherwise the most that were tried
  /// For a candidate that was tried with all seeds: the numbers of replicas that met the SLO with the first seed and
  /// missed it with another, after which the candidate got more replicas.
  std::vector<int> failed_other_seeds = {};
};

struct SearchResult {
  std::optional<std::size_t> best;  ///< empty: no candidate meets the SLO
  int replicas = 0;
  std::vector<CandidateEnd> ends;  ///< per candidate
  std::optional<Trial> nearest;    ///< without a best candidate: the trial of full length that misses the SLO by the
                                   ///< least
  std::map<Trial, Verdict> tried;
  bool one_more_was_worse = false;  ///< true: the best candidate with one more replica met the SLO and was no better,
                                    ///< as assumed
  bool one_more_was_tried = false;

  std::size_t runs() const { return tried.size(); }
  /// The cost of the search, in runs of full length.
  double work(const SearchPlan& plan) const;
  /// Trials of full length with the first seed that no other trial beats in both objective and worst, by rising
  /// objective.
  std::vector<Trial> pareto(const SearchPlan& plan) const;
};

/// Runs trials, any number of them at the same time. Returns their verdicts in their order.
using Evaluate = std::function<std::vector<Verdict>(const std::vector<Trial>&)>;

/// Searches. For each candidate, galloping and bisection find the fewest replicas that meet the SLO, on the assumption
/// that latency falls with replicas. Short prefixes of the trace only set the start of the bisection and the order of
/// the candidates. No candidate is dropped for its result on a prefix, since the start of a trace may be its quietest
/// part. At full length, a candidate that misses the SLO pauses as soon as it costs more than another that meets it; it
/// continues if the other turns out to cost more. The answer is confirmed with more seeds. If it fails one, it gets
/// more replicas or gives way to the next candidate. All trials of a seed see the same requests.
SearchResult search(const SearchPlan& plan, const Evaluate& evaluate);

}  // namespace idlewatt
