// `idlewatt feed`: what a scenario would read from a file of prices or carbon intensities.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>

#include "base/error.hpp"
#include "base/unit_names.hpp"
#include "cli/commands.hpp"
#include "cli/text/text.hpp"
#include "scenario/site/read_time_series.hpp"

namespace idlewatt {

namespace {

struct Kind {
  const char* word;
  FeedQuantity quantity;
};
constexpr Kind kKinds[] = {
    {"price", FeedQuantity::price}, {"carbon", FeedQuantity::carbon}, {"temperature", FeedQuantity::temperature}};

/// A series with the unit in which it is shown, and what one of the file's unit is in that.
struct Shown {
  TimeSeries series;
  std::string unit;
  double factor = 1.0;
};

double factor_to_ours(const std::string& unit, FeedQuantity quantity, std::string& ours) {
  if (quantity == FeedQuantity::temperature) {
    ours = unit;
    return 1.0;
  }
  const Dimension dimension =
      quantity == FeedQuantity::price ? Dimension::price_per_energy : Dimension::carbon_intensity;
  const auto& units = units_of(dimension);
  const auto found = std::find_if(units.begin(), units.end(), [&](const UnitName& one) { return one.name == unit; });
  if (found == units.end()) {
    std::string problem;
    parse_quantity("1 " + unit, dimension, problem);
    throw InputError("idlewatt feed: the series is in `" + unit + "`: " + problem);
  }
  ours = found->currency.empty() ? unit_of(dimension) : in_currency(unit_of(dimension), found->currency);
  return found->multiply / found->divide;
}

SeriesRequest request_of(const CommandLine& line, FeedQuantity quantity) {
  constexpr double most = 1e6;
  SeriesRequest request{.path = line.positional(),
                        .name = line.positional(),
                        .column = line.value("column").value_or(""),
                        .time = line.value("time").value_or(""),
                        .unit = line.value("unit").value_or("")};
  request.choice.quantity = quantity;
  request.choice.area = line.value("area").value_or("");
  request.choice.kind = line.value("kind").value_or("");
  request.bounds = {.least = quantity == FeedQuantity::carbon ? 0.0 : -most, .most = most};
  for (const std::string& text : line.values("factor")) {
    const std::size_t equals = text.find('=');
    std::string problem;
    const auto grams =
        parse_quantity(text.substr(std::min(equals, text.size() - 1) + 1), Dimension::carbon_intensity, problem);
    if (equals == std::string::npos || !grams) {
      throw InputError("--factor: `" + text + "` is no fuel and intensity; expected one such as \"coal=1000 g/kWh\"");
    }
    request.choice.factors[text.substr(0, equals)] = *grams;
  }
  if (const auto zone = line.value("zone")) {
    const auto found = find_time_zone(*zone);
    if (!found) {
      throw InputError("--zone: unknown time zone `" + *zone + "` (" + suggestion(*zone, time_zone_names()) + ")");
    }
    request.zone = *found;
  }
  return request;
}

/// As what the command line says, or as the first of prices, intensities and temperatures that the file holds.
Shown read_shown(const CommandLine& line) {
  std::vector<FeedQuantity> tried;
  std::vector<std::string> words;
  for (const Kind& kind : kKinds) {
    words.emplace_back(kind.word);
    if (line.value("as").value_or(kind.word) == kind.word) {
      tried.push_back(kind.quantity);
    }
  }
  if (tried.empty()) {
    throw InputError("--as: unknown `" + *line.value("as") + "` (" + suggestion(*line.value("as"), words) + ")");
  }
  for (const FeedQuantity quantity : tried) {
    try {
      Shown shown{*read_time_series(request_of(line, quantity)), "", 1.0};
      shown.factor = factor_to_ours(shown.series.unit, quantity, shown.unit);
      return shown;
    } catch (const InputError& error) {
      const bool other_kind = std::string_view(error.what()).find("wanted here") != std::string_view::npos;
      if (quantity == tried.back() || !other_kind) {
        throw;
      }
    }
  }
  throw Error("nothing was tried");
}

std::string iso(std::int64_t unix_s) {
  std::string text = utc_text(unix_s);  // "2024-03-31 00:00 UTC"
  text.resize(16);
  text[10] = 'T';
  return text + ":00Z";
}

void print_rows(const Shown& shown) {
  const TimeSeries& series = shown.series;
  std::cout << "start_utc,end_utc,value,unit\n";
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const std::int64_t start = series.start_unix_s + static_cast<std::int64_t>(i) * series.step_s;
    const double value = series.values[i];
    std::cout << iso(start) << "," << iso(start + series.step_s) << ","
              << (std::isnan(value) ? "" : number_text(value * shown.factor)) << "," << shown.unit << "\n";
  }
}

void print_overview(const Shown& shown) {
  const TimeSeries& series = shown.series;
  std::vector<double> known;
  std::copy_if(series.values.begin(), series.values.end(), std::back_inserter(known),
               [](double value) { return !std::isnan(value); });
  const auto count = [](std::size_t number) { return grouped(static_cast<std::int64_t>(number)); };
  std::cout << series.path << " is read as " << (series.about.empty() ? "hours of a column `utc`" : series.about)
            << "\n  " << count(series.values.size()) << " steps of " << duration(series.step_s) << " from "
            << utc_text(series.start_unix_s) << " to " << utc_text(series.end_unix_s()) << ", "
            << count(series.values.size() - known.size()) << " of them without a value\n";
  if (known.empty()) {
    return;
  }
  double sum = 0.0;
  for (const double value : known) {
    sum += value;
  }
  constexpr int digits = 4;
  const auto text = [&](double value) {
    const double ours = value * shown.factor;
    return ours < 0.0 ? "-" + compact(-ours, digits) : compact(ours, digits);
  };
  std::cout << "  " << text(*std::min_element(known.begin(), known.end())) << " to "
            << text(*std::max_element(known.begin(), known.end())) << ", on average "
            << text(sum / static_cast<double>(known.size())) << " " << shown.unit << " (`" << series.unit
            << "` in the file)\n";
}

ExitStatus execute(const CommandLine& line) {
  if (!std::filesystem::is_regular_file(line.positional())) {
    throw InputError(line.positional() + ": no such file");
  }
  const Shown shown = read_shown(line);
  line.has("csv") ? print_rows(shown) : print_overview(shown);
  return ExitStatus::ok;
}

}  // namespace

Command feed_command() {
  return {
      {.name = "feed",
       .summary = "Show what would be read from a file of prices, carbon intensities or temperatures.",
       .positional = "FILE",
       .options =
           {{.name = "as", .argument = "WHAT", .help = "`price`, `carbon` or `temperature` (default: what it holds)"},
            {.name = "area", .argument = "NAME", .help = "the zone, node or region, where the file has several"},
            {.name = "kind", .argument = "NAME", .help = "the kind of value, such as `direct` or `with-vat`"},
            {.name = "factor",
             .argument = "FUEL=INTENSITY",
             .help = "what a fuel emits, where the file has generation alone; may be repeated",
             .repeatable = true},
            {.name = "column", .argument = "NAME", .help = "the column of values, in a layout that is not known"},
            {.name = "time", .argument = "NAME", .help = "the column of times beside it"},
            {.name = "unit", .argument = "UNIT", .help = "of that column's values, such as EUR/MWh"},
            {.name = "zone", .argument = "NAME", .help = "time zone of times that say none (default: UTC)"},
            {.name = "csv", .help = "print every value: start_utc,end_utc,value,unit"}},
       .example = "idlewatt feed SE_2024_hourly.csv --kind direct --csv"},
      execute};
}

}  // namespace idlewatt
