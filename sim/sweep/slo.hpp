// What a fleet has to achieve: "ttft p99 < 1 s, tpot p99 < 100 ms".
#pragma once

#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// One condition on a measure of the summary, or on the share of requests that were answered.
struct SloCondition {
  std::string text;     ///< as it was written: "ttft p99 < 1 s"
  std::string measure;  ///< name of a Measure, or "answered"
  std::string unit;     ///< of the limit, as in the summary
  bool at_most = true;  ///< else at least
  double limit = 0.0;

  /// What is judged, as it was written: "ttft p99".
  std::string name() const;
  double value(const Summary& summary) const;
  /// Whether the value is below an at-most limit, or above an at-least limit; a value that there is none of is neither.
  bool holds(const Summary& summary) const;
  /// value / limit for at-most conditions, and what is missing over what may be missing for shares that should be at
  /// least: above 1 the condition is missed. Infinite where nothing was served.
  double ratio(const Summary& summary) const;
};

/// Served or cached requests over those that came in and were not too long for the model.
double answered_share(const Summary& summary);

/// Conditions divided by commas: a measure by its name or label ("ttft_s_p99", "TTFT p99"), `<` or `>` (`<=` and `>=`
/// mean the same) and a limit with its unit. `option` names the text in messages. Throws InputError.
std::vector<SloCondition> parse_conditions(const std::string& text, const std::string& option);

/// The same as an SLO. `answered > 99 %` is added where the text does not speak of it: latencies are of served requests,
/// and a fleet that turns the slow ones away would look fast.
std::vector<SloCondition> parse_slo(const std::string& text);

/// What the scenario's traffic asks for: the strictest limit of each latency, kept for 99 % of the requests, and
/// `answered > 99 %`. Empty where the traffic has no limits.
std::vector<SloCondition> own_slo(const Scenario& scenario);

/// The largest ratio of all conditions: at most 1 if the SLO is met.
double worst_ratio(const std::vector<SloCondition>& slo, const Summary& summary);

}  // namespace idlewatt
