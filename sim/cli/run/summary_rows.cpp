#include "cli/run/summary_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/quantity.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

constexpr int kDigits = 4;
constexpr double kFairShare = 0.99;

using Form = Measure::Form;
using Group = Measure::Group;

/// What does not grow with the traffic.
bool is_relative(const Measure& measure) {
  return measure.form == Form::rate || measure.form == Form::share;
}

Shown shown(const Measure& measure, double largest) {
  if (measure.form == Form::share) {
    return {100.0, "%"};
  }
  if (measure.form == Form::count) {
    return {1.0, "", true};
  }
  struct Rule {
    const char* unit;
    double below;
    double factor;
    const char* shown_unit;
  };
  constexpr std::array<Rule, 4> rules{
      {{"s", 1.0, 1e3, "ms"}, {"kWh", 0.1, 1e3, "Wh"}, {"kg", 0.1, 1e3, "g"}, {"g", 0.1, 1e3, "mg"}}};
  for (const Rule& rule : rules) {
    if (measure.unit == rule.unit && largest < rule.below) {
      return {rule.factor, rule.shown_unit};
    }
  }
  return {1.0, measure.unit};
}

/// Marks the best of the candidates, and whoever reads the same; nobody when that is everybody.
std::vector<bool> marks(const std::vector<double>& values, const std::vector<std::string>& cells,
                        const std::vector<bool>& candidate, Measure::Better better) {
  std::vector<bool> result(values.size(), false);
  if (better == Measure::Better::neither) {
    return result;
  }
  std::size_t best = values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!candidate[i] || std::isnan(values[i])) {
      continue;
    }
    const bool wins = best == values.size() ||
                      (better == Measure::Better::lower ? values[i] < values[best] : values[i] > values[best]);
    best = wins ? i : best;
  }
  const bool all_alike = std::all_of(cells.begin(), cells.end(), [&](const auto& cell) { return cell == cells[0]; });
  if (best == values.size() || all_alike) {
    return result;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    result[i] = candidate[i] && cells[i] == cells[best];
  }
  return result;
}

/// What a quantile is of: "ttft_s" of "ttft_s_p99"; of other measures, the name.
std::string_view family_of(const Measure& measure) {
  const std::string_view name = measure.name;
  for (const std::string_view level : {"_p50", "_p90", "_p99"}) {
    if (name.ends_with(level)) {
      return name.substr(0, name.size() - level.size());
    }
  }
  return name;
}

/// Measures that are read together share a unit: all energies, and all quantiles of one latency.
bool are_relatives(const Measure& a, const Measure& b) {
  return a.unit == b.unit && (a.unit == "kWh" || family_of(a) == family_of(b));
}

double largest_among_relatives(const Measure& measure, const std::vector<Summary>& summaries) {
  double largest = 0.0;
  for (const Measure& other : measures()) {
    if (!other.headline || !are_relatives(measure, other)) {
      continue;
    }
    for (const Summary& summary : summaries) {
      const double value = std::abs(other.get(summary));
      largest = std::isnan(value) ? largest : std::max(largest, value);
    }
  }
  return largest;
}

SummaryRow make_row(const Measure& measure, const std::vector<Summary>& summaries, const Fairness& fairness) {
  std::vector<double> values;
  values.reserve(summaries.size());
  for (const Summary& summary : summaries) {
    values.push_back(measure.get(summary));
  }
  const Shown how = shown_among(measure, summaries);
  const std::string unit = summaries.empty() ? how.unit : in_currency(how.unit, summaries.front().currency);
  SummaryRow row{title_of(measure.group), measure.label, unit, {}, {}, ""};
  for (const double value : values) {
    const double scaled = value * how.factor;
    row.cells.push_back(how.whole && std::isfinite(scaled) ? grouped(std::llround(scaled)) : rounded(scaled, kDigits));
  }
  const auto says_something = [](double value) { return std::isfinite(value) && value != 0.0; };
  if (std::any_of(values.begin(), values.end(), says_something)) {
    row.remark = measure.remark;
  }
  // Counts of requests, and the share within the SLO, already show what went unanswered; everything else looks better
  // the less a variant does.
  const bool counts_the_unanswered = measure.group == Group::requests || measure.name == "slo_share";
  std::vector<bool> candidate = fairness.answers_enough;
  if (counts_the_unanswered) {
    candidate.assign(values.size(), true);
  }
  if (!fairness.same_traffic && !is_relative(measure)) {
    candidate.assign(values.size(), false);
  }
  row.best = marks(values, row.cells, candidate, measure.better);
  return row;
}

}  // namespace

const char* title_of(Group group) {
  switch (group) {
    case Group::requests:
      return "requests";
    case Group::energy:
      return "energy";
    case Group::money:
      return "money and carbon";
    case Group::latency:
      return "latency";
    case Group::fleet:
      return "fleet";
  }
  return "";
}

Shown shown_among(const Measure& measure, const std::vector<Summary>& summaries) {
  return shown(measure, largest_among_relatives(measure, summaries));
}

Fairness judge(const std::vector<Summary>& summaries) {
  Fairness result;
  double best = 0.0;
  for (const Summary& summary : summaries) {
    const double share = (summary.requests_served + summary.requests_cached) / summary.requests_in;
    result.answered_share.push_back(share);
    best = std::isnan(share) ? best : std::max(best, share);
    result.same_traffic = result.same_traffic && summary.requests_in == summaries[0].requests_in &&
                          summary.horizon_s == summaries[0].horizon_s;
  }
  for (const double share : result.answered_share) {
    result.answers_enough.push_back(!(share < kFairShare * best));
  }
  return result;
}

std::vector<SummaryRow> summary_rows(const std::vector<Summary>& summaries, const Fairness& fairness) {
  std::vector<SummaryRow> rows;
  for (const Group group : kMeasureGroups) {
    for (const Measure& measure : measures()) {
      if (measure.group == group && is_shown(measure, summaries)) {
        rows.push_back(make_row(measure, summaries, fairness));
      }
    }
  }
  return rows;
}

}  // namespace idlewatt
