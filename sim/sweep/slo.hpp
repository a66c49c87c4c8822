// What a fleet has to achieve: "ttft p99 < 1 s, tpot p99 < 100 ms".
#pragma once

#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// One condition on a measure of the summary, or on the share of requests that were answered.
struct SloCondition {
  std::string text;     ///< as it was written: "ttft p99 < 1 s"
  std::string measure;  ///< name of a Measure, or "answered"
  std::string unit;     ///< of the limit, as in the summary
  bool at_most = true;  ///< else at least
  double limit = 0.0;

  double value(const Summary& summary) const;
  /// value / limit for at-most conditions, and what is missing over what may be missing for shares that should be at
  /// least: above 1 the condition is missed. Infinite where nothing was served.
  double ratio(const Summary& summary) const;
};

/// Served or cached requests over those that came in and were not too long for the model.
double answered_share(const Summary& summary);

/// Conditions divided by commas: a measure by its name or label ("ttft_s_p99", "TTFT p99"), `<` or `>` (`<=` and `>=`
/// mean the same) and a limit with its unit. `answered > 99 %` is added where the text does not speak of it: latencies
/// are of served requests, and a fleet that turns the slow ones away would look fast. Throws InputError.
std::vector<SloCondition> parse_slo(const std::string& text);

/// The largest ratio of all conditions: at most 1 if the SLO is met.
double worst_ratio(const std::vector<SloCondition>& slo, const Summary& summary);

}  // namespace idlewatt
