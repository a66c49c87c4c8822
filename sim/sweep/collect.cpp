#include "sweep/collect.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/quantity.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + "\"";
}

std::string number(double value) {
  return std::isfinite(value) ? number_text(value) : "";
}

void estimate_measures(const SweepResults& results, std::size_t first_run, SweepConfiguration& configuration) {
  for (const Measure& measure : measures()) {
    std::vector<double> values;
    for (std::size_t i = first_run; i < results.runs.size(); ++i) {
      values.push_back(measure.get(results.runs[i].summary));
    }
    const Estimate one = estimate(values);
    configuration.mean.push_back(one.mean);
    configuration.ci95.push_back(one.ci95);
  }
  configuration.runs = results.runs.size() - first_run;
}

std::optional<Summary> summary_of(const SweepFolder& folder, const SweepPoint& point, std::size_t index,
                                  const SummaryByPoint& known) {
  if (const auto found = known.find(index); found != known.end()) {
    return found->second;
  }
  std::optional<Result> result = folder.result(point);
  return result ? std::optional(std::move(result->summary)) : std::nullopt;
}

}  // namespace

SweepResults collect(const Sweep& grid, const SweepFolder& folder, const SummaryByPoint& known) {
  SweepResults results;
  results.title = grid.file().title;
  for (const SweepAxis& axis : grid.file().axes) {
    results.axes.push_back(axis.name);
  }
  const std::vector<SweepPoint>& points = grid.points();
  for (std::size_t first = 0; first < points.size();) {
    // Points of a configuration stand together.
    const std::size_t first_run = results.runs.size();
    std::size_t next = first;
    for (; next < points.size() && points[next].configuration == points[first].configuration; ++next) {
      const SweepPoint& point = points[next];
      const std::optional<Summary> summary = summary_of(folder, point, next, known);
      if (!summary) {
        continue;
      }
      results.runs.push_back({.name = point.name,
                              .id = point.id,
                              .file = "points/" + point.file,
                              .seed = point.run_seed,
                              .configuration = results.configurations.size(),
                              .summary = *summary});
    }
    if (results.runs.size() > first_run) {
      SweepConfiguration configuration;
      for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
        configuration.labels.push_back(grid.label(points[first], axis));
      }
      estimate_measures(results, first_run, configuration);
      results.configurations.push_back(std::move(configuration));
    }
    first = next;
  }
  return results;
}

std::string configurations_csv(const SweepResults& results) {
  std::string text;
  for (const std::string& axis : results.axes) {
    text += quoted(axis) + ",";
  }
  text += "runs";
  for (const Measure& measure : measures()) {
    text += "," + measure.name + "," + measure.name + ".ci95";
  }
  text += "\n";
  for (const SweepConfiguration& configuration : results.configurations) {
    for (const std::string& label : configuration.labels) {
      text += quoted(label) + ",";
    }
    text += std::to_string(configuration.runs);
    for (std::size_t i = 0; i < configuration.mean.size(); ++i) {
      text += "," + number(configuration.mean[i]) + "," + number(configuration.ci95[i]);
    }
    text += "\n";
  }
  return text;
}

std::string runs_csv(const SweepResults& results) {
  std::string text = "id,file,";
  for (const std::string& axis : results.axes) {
    text += quoted(axis) + ",";
  }
  text += "seed";
  for (const Measure& measure : measures()) {
    text += "," + measure.name;
  }
  text += "\n";
  for (const SweepRun& run : results.runs) {
    text += run.id + "," + quoted(run.file) + ",";
    for (const std::string& label : results.configurations[run.configuration].labels) {
      text += quoted(label) + ",";
    }
    text += std::to_string(run.seed);
    for (const Measure& measure : measures()) {
      text += "," + number(measure.get(run.summary));
    }
    text += "\n";
  }
  return text;
}

}  // namespace idlewatt
