#include "sweep/collect.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/csv_text.hpp"
#include "base/quantity.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {
namespace {

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
    text += csv_text(axis) + ",";
  }
  text += "runs";
  for (const Measure& measure : measures()) {
    text += fmt::format(",{},{}.ci95", measure.name, measure.name);
  }
  text += "\n";
  for (const SweepConfiguration& configuration : results.configurations) {
    for (const std::string& label : configuration.labels) {
      text += csv_text(label) + ",";
    }
    text += std::to_string(configuration.runs);
    for (std::size_t i = 0; i < configuration.mean.size(); ++i) {
      text += fmt::format(",{},{}", csv_number(configuration.mean[i]), csv_number(configuration.ci95[i]));
    }
    text += "\n";
  }
  return text;
}

std::string runs_csv(const SweepResults& results) {
  std::string text = "id,file,";
  for (const std::string& axis : results.axes) {
    text += csv_text(axis) + ",";
  }
  text += "seed";
  for (const Measure& measure : measures()) {
    text += "," + measure.name;
  }
  text += "\n";
  for (const SweepRun& run : results.runs) {
    text += fmt::format("{},{},", run.id, csv_text(run.file));
    for (const std::string& label : results.configurations[run.configuration].labels) {
      text += csv_text(label) + ",";
    }
    text += std::to_string(run.seed);
    for (const Measure& measure : measures()) {
      text += "," + csv_number(measure.get(run.summary));
    }
    text += "\n";
  }
  return text;
}

}  // namespace idlewatt
