#include "cli/run/uncertainty.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/statistics.hpp"
#include "cli/text/text.hpp"
#include "scenario/pool/pool_physics.hpp"

namespace idlewatt {

namespace {

constexpr double kTail = 0.05;
constexpr int kDigits = 4;
constexpr std::size_t kNamed = 3;

/// Beyond this, the largest of so many figures' rank correlations over so many draws is more than chance: without any
/// influence it would come to that in about one case of twenty (the tail of the normal distribution, bounded by
/// exp(-z^2 / 2) for each figure).
double chance(std::size_t draws, std::size_t figures) {
  constexpr double once_in = 20.0;
  return std::sqrt(2.0 * std::log(once_in * static_cast<double>(figures)) / (static_cast<double>(draws) - 1.0));
}

/// Without the kind, which the name tells: "l4.idle_loaded".
std::string short_path(const std::string& path) {
  return path.substr(path.find('.') + 1);
}

/// A measure in the unit in which it is shown.
double shown(const Measure& measure, double value) {
  return measure.form == Measure::Form::share ? 100.0 * value : value;
}

std::string csv_number(double value) {
  return std::isfinite(value) ? number_text(value) : "";
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + "\"";
}

}  // namespace

Uncertainty draw_uncertainty(const std::vector<Scenario>& scenarios, std::size_t draws) {
  Uncertainty result;
  result.figures = drawn_figures(scenarios);
  if (result.figures.ranged.empty()) {
    throw InputError(
        "--uncertainty: no figure that the scenario rests on has a range; expected `range:` in a "
        "catalogue entry, such as `{value: 100 W, range: [80 W, 120 W], status: assumed, ...}`");
  }
  result.values = draw_figures(result.figures.ranged, draws, scenarios.front().seed);
  result.summaries.assign(scenarios.size(), std::vector<std::optional<Summary>>(draws));
  return result;
}

Scenario drawn_scenario(const Scenario& scenario, const Uncertainty& uncertainty, std::size_t draw) {
  Scenario result = scenario;
  result.requests = false;
  const auto catalog = std::make_shared<const Catalog>(
      with_figures(*scenario.catalog, uncertainty.figures.ranged, uncertainty.values[draw]));
  result.catalog = catalog;
  for (const Pool& pool : result.pools) {
    if (!memory_of(pool, *catalog).fits()) {
      throw InputError("with what was drawn for memory, `" + pool.model + "` does not fit in pool `" + pool.name + "`");
    }
  }
  return result;
}

std::vector<MeasureInterval> intervals(const Uncertainty& uncertainty, std::size_t scenario) {
  std::vector<MeasureInterval> result;
  for (const Measure& measure : measures()) {
    std::vector<Summary> of_draws;
    for (const std::optional<Summary>& summary : uncertainty.summaries[scenario]) {
      if (summary) {
        of_draws.push_back(*summary);
      }
    }
    if (!is_shown(measure, of_draws)) {
      continue;
    }
    std::vector<double> values;
    std::vector<std::size_t> draws;
    for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
      const std::optional<Summary>& summary = uncertainty.summaries[scenario][draw];
      const double value = summary ? measure.get(*summary) : std::nan("");
      if (std::isfinite(value)) {
        values.push_back(value);
        draws.push_back(draw);
      }
    }
    MeasureInterval interval{
        &measure, quantile(values, kTail), quantile(values, 0.5), quantile(values, 1.0 - kTail), {}};
    for (std::size_t figure = 0; figure < uncertainty.figures.ranged.size(); ++figure) {
      std::vector<double> drawn;
      for (const std::size_t draw : draws) {
        drawn.push_back(uncertainty.values[draw][figure]);
      }
      const double correlation = rank_correlation(drawn, values);
      if (std::abs(correlation) > chance(values.size(), uncertainty.figures.ranged.size())) {
        interval.influences.push_back({uncertainty.figures.ranged[figure].path, correlation});
      }
    }
    std::stable_sort(interval.influences.begin(), interval.influences.end(),
                     [](const Influence& a, const Influence& b) {
                       return std::abs(a.rank_correlation) > std::abs(b.rank_correlation);
                     });
    result.push_back(std::move(interval));
  }
  return result;
}

std::string uncertainty_text(const Uncertainty& uncertainty, const std::vector<TableColumn>& values,
                             const TextStyle& style) {
  const auto& figures = uncertainty.figures;
  std::string text = paragraph(
      "Uncertainty: " + counted(std::ssize(uncertainty.values), "run", "runs") + " over the ranges of " +
          counted(std::ssize(figures.ranged), "number", "numbers") + " of the catalogue, whatever their status" +
          (figures.without_range.empty() ? ""
                                         : " (" + grouped(std::ssize(figures.without_range)) +
                                               " assumed ones have no range and stay as they are)") +
          ": triangular, its peak at the catalogue's value; a Latin hypercube. Behind each measure, the numbers that "
          "move "
          "it most, with their rank correlation.",
      style.width);
  const auto cell = [](const Measure& measure, double value) { return rounded(shown(measure, value), kDigits); };
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::vector<std::vector<std::string>> rows{{"", "", "value", "5 %", "median", "95 %", ""}};
    std::vector<std::string> unmoved;
    for (const MeasureInterval& interval : intervals(uncertainty, i)) {
      const Measure& measure = *interval.measure;
      const double value = measure.get(values[i].summary);
      if (interval.low == value && interval.high == value) {
        unmoved.push_back(measure.label);
        continue;
      }
      std::vector<std::string> influences;
      for (const Influence& influence : interval.influences) {
        if (influences.size() < kNamed) {
          influences.push_back(short_path(influence.path) + (influence.rank_correlation < 0.0 ? " -" : " +") +
                               rounded(std::abs(influence.rank_correlation), 2));
        }
      }
      rows.push_back({measure.label,
                      measure.form == Measure::Form::share ? "%"
                      : measure.unit == "1"                ? ""
                                                           : measure.unit,
                      cell(measure, value), cell(measure, interval.low), cell(measure, interval.median),
                      cell(measure, interval.high), listed(influences, ", ")});
    }
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
      for (std::size_t column = 0; column < row.size(); ++column) {
        widths[column] = std::max(widths[column], display_width(row[column]));
      }
    }
    text += "\n" + bold(values[i].name, style) + "\n";
    for (const auto& row : rows) {
      std::string line = "  " + left_aligned(row[0], widths[0]) + " " + left_aligned(row[1], widths[1]);
      for (std::size_t column = 2; column + 1 < row.size(); ++column) {
        line += "  " + right_aligned(row[column], widths[column]);
      }
      line += "  " + row.back();
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    if (!unmoved.empty()) {
      text += paragraph("Not moved: " + listed(unmoved) + ".", style.width, 2);
    }
  }
  return text;
}

std::string uncertainty_csv(const Uncertainty& uncertainty, const std::vector<std::string>& variants) {
  std::string text = "variant,draw";
  for (const DrawnFigure& figure : uncertainty.figures.ranged) {
    text += "," + csv_text(figure.path);
  }
  for (const Measure& measure : measures()) {
    text += "," + measure.name;
  }
  text += "\n";
  for (std::size_t i = 0; i < variants.size(); ++i) {
    for (std::size_t draw = 0; draw < uncertainty.draws(); ++draw) {
      text += csv_text(variants[i]) + "," + std::to_string(draw);
      for (const double value : uncertainty.values[draw]) {
        text += "," + csv_number(value);
      }
      for (const Measure& measure : measures()) {
        const std::optional<Summary>& summary = uncertainty.summaries[i][draw];
        text += "," + (summary ? csv_number(measure.get(*summary)) : "");
      }
      text += "\n";
    }
  }
  return text;
}

}  // namespace idlewatt
