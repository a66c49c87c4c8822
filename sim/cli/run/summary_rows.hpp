// The rows of the summary table: measures, units and the best values. Other files do the layout.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// One measure of every variant, as text.
struct SummaryRow {
  std::string group;  ///< group of the measure: "energy"
  std::string label;
  std::string unit;  ///< shown unit: "ms" where the measure's unit is s and every value is below 1 s
  std::vector<std::string> cells;
  std::vector<bool> best;  ///< for each cell: true when it is the best; all false where no value is to be marked
  std::string remark;      ///< meaning of a measure that does not explain itself, when some value is not zero
};

/// The comparisons that are fair.
struct Fairness {
  std::vector<bool> answers_enough;    ///< for each variant: true when it answered at least 99 % of the share that the
                                       ///< best variant answered
  std::vector<double> answered_share;  ///< served or cached requests / requests that came in; NaN without requests
  bool same_traffic = true;            ///< false: totals must not be compared, since traffic or horizons differ
};

Fairness judge(const std::vector<Summary>& summaries);

/// The form of a shown measure: its value times `factor`, in `unit`.
struct Shown {
  double factor = 1.0;
  std::string unit;
  bool whole = false;  ///< true for counts
};

/// The form of a measure for these summaries: in milliseconds when no value of its family reaches a second, and so on.
Shown shown_among(const Measure& measure, const std::vector<Summary>& summaries);

/// The groups in the order of the table, and their headings.
inline constexpr std::array kMeasureGroups{Measure::Group::requests, Measure::Group::energy, Measure::Group::money,
                                           Measure::Group::latency, Measure::Group::fleet};
const char* title_of(Measure::Group group);

/// The rows of the headline measures, in groups.
std::vector<SummaryRow> summary_rows(const std::vector<Summary>& summaries, const Fairness& fairness);

}  // namespace idlewatt
