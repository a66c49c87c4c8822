#include "cli/sweep/table.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kDigits = 4;

bool is_share(const Measure& measure) {
  return measure.form == Measure::Form::share;
}

std::string cell(const Measure& measure, double mean, double ci95) {
  const double factor = is_share(measure) ? 100.0 : 1.0;
  std::string text = rounded(mean * factor, kDigits);
  if (std::isfinite(ci95)) {
    text += " ± " + rounded(ci95 * factor, 2);
  }
  return text;
}

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace

std::vector<std::size_t> chosen_measures(const std::vector<std::string>& names) {
  const std::vector<std::string> usual{"facility_energy_kwh", "idle_waste_share", "cost_usd", "carbon_kg",
                                       "ttft_s_p99",          "tpot_s_p99",       "slo_share"};
  std::vector<std::string> all;
  for (const Measure& measure : measures()) {
    all.push_back(measure.name);
  }
  std::vector<std::size_t> chosen;
  for (const std::string& name : names.empty() ? usual : names) {
    const auto found = std::find(all.begin(), all.end(), name);
    if (found == all.end()) {
      throw InputError("--measure: unknown measure `" + name + "` (" + suggestion(name, all) + ")");
    }
    chosen.push_back(static_cast<std::size_t>(found - all.begin()));
  }
  return chosen;
}

std::string sweep_table(const SweepResults& results, const std::vector<std::size_t>& chosen, std::size_t most_rows) {
  std::vector<std::vector<std::string>> columns;
  for (const std::string& axis : results.axes) {
    columns.push_back({axis.substr(axis.rfind('.') + 1), ""});
  }
  const bool several = std::any_of(results.configurations.begin(), results.configurations.end(),
                                   [](const SweepConfiguration& c) { return c.runs > 1; });
  if (several) {
    columns.push_back({"seeds", ""});
  }
  for (const std::size_t i : chosen) {
    const Measure& measure = measures()[i];
    columns.push_back({measure.label, is_share(measure) ? "%" : measure.unit == "1" ? "" : measure.unit});
  }
  const std::size_t rows = std::min(most_rows, results.configurations.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const SweepConfiguration& configuration = results.configurations[row];
    std::size_t column = 0;
    for (const std::string& label : configuration.labels) {
      columns[column++].push_back(label);
    }
    if (several) {
      columns[column++].push_back(std::to_string(configuration.runs));
    }
    for (const std::size_t i : chosen) {
      columns[column++].push_back(cell(measures()[i], configuration.mean[i], configuration.ci95[i]));
    }
  }
  std::string text;
  for (std::size_t line = 0; line < rows + 2; ++line) {
    std::string one;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      std::size_t width = 0;
      for (const std::string& entry : columns[column]) {
        width = std::max(width, display_width(entry));
      }
      const std::string& entry = columns[column][line];
      one += (column > 0 ? "  " : "") +
             (column < results.axes.size() ? left_aligned(entry, width) : right_aligned(entry, width));
    }
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + "\n";
  }
  if (rows < results.configurations.size()) {
    text +=
        "... and " + counted(static_cast<std::int64_t>(results.configurations.size() - rows), "other", "others") + "\n";
  }
  return text;
}

std::string sweep_json(const SweepResults& results) {
  Json json;
  json["title"] = results.title;
  json["axes"] = results.axes;
  Json units = Json::object();
  for (const Measure& measure : measures()) {
    units[measure.name] = measure.unit;
  }
  json["units"] = std::move(units);
  const auto labels = [&](const SweepConfiguration& configuration) {
    Json axes = Json::object();
    for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
      axes[results.axes[axis]] = configuration.labels[axis];
    }
    return axes;
  };
  json["configurations"] = Json::array();
  for (const SweepConfiguration& configuration : results.configurations) {
    Json one{{"axes", labels(configuration)}, {"runs", configuration.runs}};
    Json mean = Json::object();
    Json ci95 = Json::object();
    for (std::size_t i = 0; i < measures().size(); ++i) {
      mean[measures()[i].name] = number(configuration.mean[i]);
      ci95[measures()[i].name] = number(configuration.ci95[i]);
    }
    one["mean"] = std::move(mean);
    one["ci95"] = std::move(ci95);
    json["configurations"].push_back(std::move(one));
  }
  json["runs"] = Json::array();
  for (const SweepRun& run : results.runs) {
    Json one{{"id", run.id},
             {"name", run.name},
             {"file", run.file},
             {"axes", labels(results.configurations[run.configuration])},
             {"seed", run.seed}};
    Json summary = Json::object();
    for (const Measure& measure : measures()) {
      summary[measure.name] = number(measure.get(run.summary));
    }
    one["summary"] = std::move(summary);
    json["runs"].push_back(std::move(one));
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
