// The rows of the summary table: which measures are shown, in which unit, and who is best. Layout is elsewhere.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// One measure of every variant, as text.
struct SummaryRow {
  std::string group;  ///< "energy"
  std::string label;
  std::string unit;  ///< as shown: "ms" where the measure's unit is s and every value is below 1 s
  std::vector<std::string> cells;
  std::vector<bool> best;  ///< same size; all false where nothing is to be marked
  std::string remark;      ///< what the measure means, where it does not explain itself and some value is not zero
};

/// What may fairly be compared.
struct Fairness {
  std::vector<bool> answers_enough;    ///< answered at least 99 % of the share that the best variant answered
  std::vector<double> answered_share;  ///< served or cached, of the requests that came in; NaN without requests
  bool same_traffic = true;            ///< totals of different traffic or horizons do not compare
};

Fairness judge(const std::vector<Summary>& summaries);

/// How a measure is shown: its value times `factor`, in `unit`.
struct Shown {
  double factor = 1.0;
  std::string unit;
  bool whole = false;  ///< counts
};

/// In milliseconds where no value of the family reaches a second, and so on.
Shown shown_among(const Measure& measure, const std::vector<Summary>& summaries);

/// The order of the table, and its headings.
inline constexpr std::array kMeasureGroups{Measure::Group::requests, Measure::Group::energy, Measure::Group::money,
                                           Measure::Group::latency, Measure::Group::fleet};
const char* title_of(Measure::Group group);

/// The headline measures in groups.
std::vector<SummaryRow> summary_rows(const std::vector<Summary>& summaries, const Fairness& fairness);

}  // namespace idlewatt
