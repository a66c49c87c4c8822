#include "cli/compare/text.hpp"

#include <cmath>

#include "base/quantity.hpp"
#include "cli/run/summary_rows.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {
namespace {

constexpr int kDigits = 4;
constexpr int kIntervalDigits = 2;
constexpr std::size_t kGap = 3;

/// One measure as text.
struct Line {
  std::string group;
  std::string label;
  std::string unit;
  std::vector<std::string> values;       ///< of every group
  std::vector<std::string> differences;  ///< of every group but the baseline
};

std::string amount(double value, const Shown& shown) {
  const double scaled = value * shown.factor;
  return shown.whole && scaled == std::floor(scaled) && std::abs(scaled) < 1e15
             ? grouped(static_cast<std::int64_t>(scaled))
             : rounded(scaled, kDigits);
}

std::string with_interval(const std::string& text, const Estimate& estimate, const Shown& shown) {
  if (!std::isfinite(estimate.ci95) || (estimate.mean == 0.0 && estimate.ci95 == 0.0)) {
    return text;
  }
  // What the means of equal numbers differ by.
  const bool noise = estimate.ci95 <= 1e-12 * std::abs(estimate.mean);
  return text + " ± " + (noise ? "0" : rounded(estimate.ci95 * shown.factor, kIntervalDigits));
}

/// "+5.31 %", and no digits that nobody needs: "-0.02 %", "<0.01 %".
std::string signed_percent(double share) {
  const double percent = 100.0 * share;
  constexpr double least = 0.005;
  if (percent != 0.0 && std::abs(percent) < least) {
    return "<0.01 %";
  }
  const double shown = std::abs(percent) < 1.0 ? std::round(percent * 100.0) / 100.0 : percent;
  return (percent > 0.0 ? "+" : "") + compact(shown, 3) + " %";
}

std::string difference_text(const Difference& difference, const Measure& measure, const Shown& shown) {
  const double mean = difference.estimate.mean;
  if (!std::isfinite(mean)) {
    return "-";
  }
  std::string text = with_interval((mean > 0.0 ? "+" : "") + amount(mean, shown), difference.estimate, shown);
  // Of a share, percents of percents confuse.
  if (measure.form != Measure::Form::share && std::isfinite(difference.share)) {
    text += " (" + signed_percent(difference.share) + ")";
  }
  return text + (difference.is_certain() ? " *" : "");
}

std::vector<Line> lines_of(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures) {
  std::vector<Summary> summaries;
  for (const RunGroup& group : groups) {
    for (const auto& [seed, summary] : group.seeds) {
      summaries.push_back(summary);
    }
  }
  std::vector<Line> lines;
  const std::string currency = currency_of(groups);
  for (const Measure* measure : measures) {
    const Shown shown = shown_among(*measure, summaries);
    Line line{title_of(measure->group), measure->label, in_currency(shown.unit, currency), {}, {}};
    for (const RunGroup& group : groups) {
      const Estimate value = value_of(group, *measure);
      line.values.push_back(with_interval(amount(value.mean, shown), value, shown));
    }
    for (std::size_t i = 1; i < groups.size(); ++i) {
      line.differences.push_back(difference_text(difference(groups[0], groups[i], *measure), *measure, shown));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

struct Column {
  std::string heading;
  std::vector<std::string> cells;
  std::size_t width = 0;
};

Column column(const std::string& heading, std::vector<std::string> cells) {
  Column result{heading, std::move(cells), display_width(heading)};
  for (const std::string& cell : result.cells) {
    result.width = std::max(result.width, display_width(cell));
  }
  return result;
}

/// Value and difference of one group, or the value of the baseline alone.
std::vector<Column> columns_of(const std::vector<Line>& lines, const std::vector<RunGroup>& groups, std::size_t index) {
  std::vector<std::string> values;
  std::vector<std::string> differences;
  for (const Line& line : lines) {
    values.push_back(line.values[index]);
    differences.push_back(index > 0 ? line.differences[index - 1] : "");
  }
  std::vector<Column> columns{column(groups[index].name, std::move(values))};
  if (index > 0) {
    columns.push_back(column("difference", std::move(differences)));
  }
  return columns;
}

std::string without_end(std::string text) {
  while (text.ends_with(' ')) {
    text.pop_back();
  }
  return text + "\n";
}

std::string draw(const std::vector<Line>& lines, const std::vector<Column>& columns, const TextStyle& style) {
  std::size_t label_width = 0;
  std::size_t unit_width = 0;
  for (const Line& line : lines) {
    label_width = std::max(label_width, display_width(line.label) + 2);
    unit_width = std::max(unit_width, display_width(line.unit));
  }
  std::string text(label_width + 1 + unit_width, ' ');
  for (const Column& one : columns) {
    text += std::string(kGap, ' ') + right_aligned(one.heading, one.width);
  }
  text = without_end(text);
  std::string group;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    if (lines[row].group != group) {
      group = lines[row].group;
      text += bold(group, style) + "\n";
    }
    std::string line =
        left_aligned("  " + lines[row].label, label_width) + " " + left_aligned(lines[row].unit, unit_width);
    for (const Column& one : columns) {
      line += std::string(kGap, ' ') + right_aligned(one.cells[row], one.width);
    }
    text += without_end(line);
  }
  return text;
}

/// What the signs mean; whether the comparison is a fair one.
std::vector<std::string> notes(const std::vector<RunGroup>& groups) {
  std::vector<std::string> notes;
  std::size_t most_seeds = 0;
  for (const RunGroup& group : groups) {
    most_seeds = std::max(most_seeds, group.seeds.size());
  }
  if (most_seeds > 1) {
    notes.push_back(
        "± is half of the 95 % confidence interval of a mean over seeds. Differences are taken seed by seed, that is "
        "with the same requests; * stands where their interval leaves out zero.");
  }
  std::vector<Summary> first;
  for (const RunGroup& group : groups) {
    first.push_back(group.seeds.begin()->second);
    if (&group != &groups[0] && difference(groups[0], group, idlewatt::measures().front()).pairs == 0) {
      notes.push_back("Note: " + group.name + " has no seed in common with " + groups[0].name +
                      ", so there are no differences.");
    }
  }
  if (!judge(first).same_traffic && most_seeds == 1) {
    notes.push_back("Note: the runs differ in traffic or length, so differences of totals say little.");
  }
  return notes;
}

}  // namespace

std::vector<const Measure*> measures_to_compare(bool all, const std::vector<RunGroup>& groups) {
  std::vector<Summary> summaries;
  for (const RunGroup& group : groups) {
    for (const auto& [seed, summary] : group.seeds) {
      summaries.push_back(summary);
    }
  }
  std::vector<const Measure*> chosen;
  for (const Measure::Group group : kMeasureGroups) {
    for (const Measure& measure : measures()) {
      if (measure.group == group && (all || is_shown(measure, summaries))) {
        chosen.push_back(&measure);
      }
    }
  }
  return chosen;
}

std::string compare_table(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures,
                          const TextStyle& style) {
  const std::vector<Line> lines = lines_of(groups, measures);
  const std::vector<Column> baseline = columns_of(lines, groups, 0);
  std::size_t stub = kGap + baseline.front().width;
  for (const Line& line : lines) {
    stub = std::max(stub, display_width(line.label) + 3 + display_width(line.unit) + kGap + baseline.front().width);
  }
  std::string text;
  for (std::size_t next = 1; next < groups.size() || text.empty();) {
    std::vector<Column> columns = baseline;
    std::size_t used = stub;
    for (bool first = true; next < groups.size(); ++next, first = false) {
      const std::vector<Column> more = columns_of(lines, groups, next);
      const std::size_t width = more[0].width + more[1].width + 2 * kGap;
      if (!first && used + width > style.width) {
        break;
      }
      used += width;
      columns.insert(columns.end(), more.begin(), more.end());
    }
    text += (text.empty() ? "" : "\n") + draw(lines, columns, style);
  }
  const std::vector<std::string> below = notes(groups);
  for (std::size_t i = 0; i < below.size(); ++i) {
    text += (i == 0 ? "\n" : "") + paragraph(below[i], style.width);
  }
  return text;
}

std::string compare_markdown(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures) {
  const auto escaped = [](const std::string& text) {
    std::string result;
    for (const char letter : text) {
      result += letter == '|' || letter == '<' || letter == '\\' || letter == '`' || letter == '*' || letter == '_'
                    ? std::string("\\") + letter
                    : std::string(1, letter == '\n' ? ' ' : letter);
    }
    return result;
  };
  std::string head = "| measure | unit |";
  std::string rule = "|---|---|";
  for (std::size_t i = 0; i < groups.size(); ++i) {
    head += " " + escaped(groups[i].name) + " |" + (i > 0 ? " difference |" : "");
    rule += i > 0 ? "---:|---:|" : "---:|";
  }
  std::string text = head + "\n" + rule + "\n";
  for (const Line& line : lines_of(groups, measures)) {
    text += "| " + line.label + " | " + line.unit + (line.unit.empty() ? "|" : " |");
    for (std::size_t i = 0; i < groups.size(); ++i) {
      text += " " + line.values[i] + " |" + (i > 0 ? " " + escaped(line.differences[i - 1]) + " |" : "");
    }
    text += "\n";
  }
  for (const std::string& note : notes(groups)) {
    text += "\n" + escaped(note) + "\n";
  }
  return text;
}

}  // namespace idlewatt
