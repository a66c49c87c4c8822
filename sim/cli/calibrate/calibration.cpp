#include "cli/calibrate/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "cli/text/text.hpp"
#include "cli/text/text_table.hpp"

namespace idlewatt {
namespace {

using Json = nlohmann::ordered_json;
using Rounding = double (*)(double);

/// To four significant digits.
double to_digits(double value, Rounding rounding) {
  if (value == 0.0 || !std::isfinite(value)) {
    return value;
  }
  constexpr double digits = 4.0;
  const double unit = std::pow(10.0, digits - 1.0 - std::floor(std::log10(std::abs(value))));
  return rounding(value * unit) / unit;
}

double nearest(double value) {
  return std::round(value);
}
double downwards(double value) {
  return std::floor(value);
}
double upwards(double value) {
  return std::ceil(value);
}

std::string percent(double share) {
  return rounded(100.0 * share, 3) + " %";
}

/// The text between quotes of YAML.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
    }
    result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return result + "\"";
}

std::string source_text(const Calibration& calibration) {
  std::vector<std::string> files;
  for (const CalibrationSource& source : calibration.sources) {
    files.push_back(fmt::format("{} ({}, {}, {} {})", source.file, source.format,
                                source.day.empty() ? "date not stated" : source.day, source.fitted, source.unit));
  }
  return "idlewatt calibrate on " + listed(files);
}

}  // namespace

bool Calibration::any_identified() const {
  return std::any_of(figures.begin(), figures.end(), [](const CalibratedFigure& one) { return one.identified; });
}

std::vector<CalibratedFigure> figures_of_fit(const std::vector<Candidate>& candidates, const Fit& fit) {
  std::vector<CalibratedFigure> figures;
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const Candidate& candidate = candidates[k];
    const FittedUnknown& unknown = fit.unknowns[k];
    CalibratedFigure figure{.kind = candidate.kind,
                            .entry = candidate.entry,
                            .key = candidate.key,
                            .dimension = candidate.dimension,
                            .before = candidate.value,
                            .identified = unknown.identified};
    if (unknown.identified) {
      figure.value = std::min(candidate.highest, to_digits(candidate.at(unknown.x), nearest));
      figure.note = figure.value == candidate.highest
                        ? "at the greatest legal value: another figure of the entry may be wrong"
                        : "";
      figure.low = std::min(figure.value, to_digits(candidate.at(unknown.low), downwards));
      figure.high = std::min(candidate.highest, std::max(figure.value, to_digits(candidate.at(unknown.high), upwards)));
    } else if (!unknown.has_effect) {
      figure.note = "the latencies hardly depend on it";
    } else if (unknown.like.empty()) {
      figure.note = "the requests are too few, or too alike, for it";
    } else {
      std::vector<std::string> others;
      for (const std::size_t other : unknown.like) {
        others.push_back(candidates[other].key);
      }
      figure.note = "not told apart from " + listed(others);
    }
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::string calibration_text(const Calibration& calibration) {
  std::string text;
  for (const CalibrationSource& source : calibration.sources) {
    text += fmt::format("{} ({}): {} {} fitted", source.file, source.format,
                        grouped(static_cast<std::int64_t>(source.fitted)), source.unit);
    text += source.held_out > 0 ? fmt::format(", {} held out\n", grouped(static_cast<std::int64_t>(source.held_out)))
                                : "\n";
  }
  TextTable figures({{.left = true, .gap = 2}, {}, {}, {.left = true}});
  figures.add({"figure", "catalogue", "measured", "range (95 %, all figures together)"});
  for (const CalibratedFigure& one : calibration.figures) {
    if (one.identified) {
      figures.add({one.path(), quantity_text(one.before, one.dimension), quantity_text(one.value, one.dimension),
                   fmt::format("{} to {}{}", quantity_text(one.low, one.dimension),
                               quantity_text(one.high, one.dimension), one.note.empty() ? "" : "; " + one.note)});
    }
  }
  text += figures.text();
  std::string open;
  for (const CalibratedFigure& one : calibration.figures) {
    if (!one.identified) {
      open += fmt::format("  {}: {}\n", one.path(), one.note);
    }
  }
  text += open.empty() ? "" : "Not identified, so left at the catalogue's values:\n" + open;
  if (!calibration.errors.empty()) {
    text += "Median error of single requests that were held out:\n";
    TextTable errors({{.left = true, .gap = 2}});
    errors.add({"", "requests", "before", "after"});
    for (const LatencyErrors& one : calibration.errors) {
      errors.add(
          {one.label, grouped(static_cast<std::int64_t>(one.requests)), percent(one.before), percent(one.after)});
    }
    text += errors.text();
  }
  return text;
}

nlohmann::ordered_json calibration_json(const Calibration& calibration) {
  Json json{{"sources", Json::array()}, {"figures", Json::array()}};
  for (const CalibrationSource& source : calibration.sources) {
    json["sources"].push_back({{"file", source.file},
                               {"format", source.format},
                               {"fitted", source.fitted},
                               {"held_out", source.held_out},
                               {"unit", source.unit},
                               {"date", source.day}});
  }
  for (const CalibratedFigure& one : calibration.figures) {
    Json figure{{"path", one.path()},
                {"unit", unit_of(one.dimension)},
                {"catalogue", one.before},
                {"identified", one.identified}};
    if (one.identified) {
      figure["value"] = one.value;
      figure["low"] = one.low;
      figure["high"] = one.high;
    }
    if (!one.note.empty()) {
      figure["note"] = one.note;
    }
    json["figures"].push_back(std::move(figure));
  }
  json["held_out_errors"] = Json::object();
  for (const LatencyErrors& one : calibration.errors) {
    json["held_out_errors"][one.name] = {
        {"requests", one.requests}, {"median_before", one.before}, {"median_after", one.after}};
  }
  return json;
}

std::string overlay_text(const Calibration& calibration) {
  std::string text =
      "# Written by idlewatt calibrate. `catalog: this file` in a scenario, or --catalog, uses these figures in place "
      "of\n# those of the entries that they are like.\n";
  const std::string source = source_text(calibration);
  for (const char* kind : {"accelerators", "servers", "engines"}) {
    std::string entry;
    for (const CalibratedFigure& one : calibration.figures) {
      if (!one.identified || one.kind != kind) {
        continue;
      }
      text += entry.empty() ? fmt::format("{}:\n", kind) : "";
      if (one.entry != entry) {
        text += fmt::format("  {}:\n    like: {}\n", one.entry, one.entry);
        entry = one.entry;
      }
      text += fmt::format("    {}:\n      value: {}\n      range: [{}, {}]\n      status: measured\n      source: {}\n",
                          one.key, quantity_text(one.value, one.dimension), quantity_text(one.low, one.dimension),
                          quantity_text(one.high, one.dimension),
                          quoted(source + (one.note.empty() ? "" : "; " + one.note)));
    }
  }
  return text;
}

}  // namespace idlewatt
