// The conditions that a fleet has to meet: "ttft p99 < 1 s, tpot p99 < 100 ms".
#pragma once

#include <string>
#include <vector>

#include "ledger/summary.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// One condition on a measure of the summary, or on the share of requests that were answered.
struct SloCondition {
  std::string text;     ///< text of the condition: "ttft p99 < 1 s"
  std::string measure;  ///< name of a Measure, or "answered"
  std::string unit;     ///< unit of the limit, as in the summary
  bool at_most = true;  ///< false: the limit is a minimum
  double limit = 0.0;

  /// The judged measure as it was written: "ttft p99".
  std::string name() const;
  double value(const Summary& summary) const;
  /// True when the value is below a maximum, or above a minimum. False when there is no value.
  bool holds(const Summary& summary) const;
  /// How far the condition is used up; it is missed above 1. For a maximum: value / limit. For a minimum of a share: (1
  /// - value) / (1 - limit); for another minimum: limit / value if the value is too small, otherwise 1. Infinite when
  /// there is no value.
  double ratio(const Summary& summary) const;
};

/// Served or cached requests, divided by the requests that came in and were not too long for the model.
double answered_share(const Summary& summary);

/// Parses conditions separated by commas: a measure by its name or label ("ttft_s_p99", "TTFT p99"), `<` or `>` (`<=`
/// and `>=` mean the same) and a limit with its unit. `option` names the text in messages. Throws InputError.
std::vector<SloCondition> parse_conditions(const std::string& text, const std::string& option);

/// Parses conditions as an SLO. Adds `answered > 99 %` if the text does not mention it: latencies are those of served
/// requests, so a fleet that rejects slow requests would look fast.
std::vector<SloCondition> parse_slo(const std::string& text);

/// The SLO of the scenario's traffic: the strictest limit of each latency for 99 % of the requests, and `answered > 99
/// %`. Empty when the traffic has no limits.
std::vector<SloCondition> own_slo(const Scenario& scenario);

/// The largest ratio of all conditions: at most 1 if the SLO is met.
double worst_ratio(const std::vector<SloCondition>& slo, const Summary& summary);

}  // namespace idlewatt
