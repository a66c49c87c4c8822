// Feeds in JSON, one function a layout.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "base/date_time.hpp"
#include "scenario/feed/formats.hpp"
#include "scenario/feed/table.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

YamlNode parsed(const FeedFile& file) {
  return parse_yaml(file.text, file.path);
}

/// What stands under a key of a map; an empty node where there is nothing.
const YamlNode& under(const YamlNode& node, std::string_view key) {
  static const YamlNode nothing;
  const YamlNode* found = node.is_map() ? node.find(key) : nullptr;
  return found == nullptr ? nothing : *found;
}

/// The list under a key.
const std::vector<YamlNode>& list_under(const FeedFile& file, const YamlNode& node, std::string_view key) {
  const YamlNode& found = under(node, key);
  if (!found.is_sequence() || found.items.empty()) {
    fail_feed(file, 0, fmt::format("has no list under {}, or an empty one", feed_quoted(key)),
              "a list of values there");
  }
  return found.items;
}

/// The time under a key of a map.
std::int64_t time_under(const YamlNode& map, const std::string& what) {
  const YamlNode& node = under(map, what);
  const auto time = node.is_scalar() ? parse_date_time(node.scalar) : std::nullopt;
  if (!time || !time->utc_offset_s) {
    const bool there = node.is_scalar() && !node.is_null();
    fail(there ? node.place : map.place, feed_quoted(what) +
                                             (there ? " is no time with its zone" : " is missing here") +
                                             "; expected a time such as `2026-03-28T23:00:00Z`");
  }
  return time->wall_s - *time->utc_offset_s;
}

/// NaN for null and for nothing.
double number_of(const YamlNode& node, const std::string& what) {
  if (node.is_null() || (node.is_scalar() && !node.quoted && node.scalar == "null")) {
    return kMissing;
  }
  double value = 0.0;
  const char* const end = node.scalar.data() + node.scalar.size();
  const auto [stop, error] = std::from_chars(node.scalar.data(), end, value);
  if (!node.is_scalar() || error != std::errc() || stop != end || !std::isfinite(value)) {
    fail(node.place, feed_quoted(what) + " is no number; expected one, or null");
  }
  return value;
}

void want(const FeedFile& file, bool right, const std::string& what, const std::string& wanted) {
  if (!right) {
    fail_feed(file, 0, fmt::format("holds {}, which are not wanted here", what), "a file of " + wanted);
  }
}

}  // namespace

// point_time is the start. MOER is marginal. meta.units is lbs_co2_per_mwh; other signals are no intensities.
FeedRows read_watttime_json(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice.quantity == FeedQuantity::carbon, "carbon intensities", "another kind");
  const YamlNode root = parsed(file);
  const YamlNode& meta = under(root, "meta");
  const std::string& signal = under(meta, "signal_type").scalar;
  if (!signal.empty() && !signal.starts_with("co2_")) {
    fail_feed(file, 0, fmt::format("has the signal {}, which is no carbon intensity", feed_quoted(signal)),
              "`co2_moer` or `co2_aoer`");
  }
  const std::string& units = under(meta, "units").scalar;
  if (units != "lbs_co2_per_mwh" && units != "g_co2_per_kwh") {
    fail_feed(file, 0, "has the units " + feed_quoted(units), "`lbs_co2_per_mwh`");
  }
  const double period = number_of(under(meta, "data_point_period_seconds"), "data_point_period_seconds");
  const bool average = signal == "co2_aoer";
  FeedRows result{.unit = units == "lbs_co2_per_mwh" ? "lb/MWh" : "g/kWh",
                  .about = std::string(average ? "average" : "marginal") + " intensity of " +
                           under(meta, "region").scalar +
                           (average ? "" : ", which averages of a grid do not compare with")};
  for (const YamlNode& point : list_under(file, root, "data")) {
    const std::int64_t start = time_under(point, "point_time");
    result.rows.push_back({start, std::isfinite(period) ? start + static_cast<std::int64_t>(period) : 0,
                           number_of(under(point, "value"), "value")});
  }
  return result;
}

namespace {

/// A half hour of an answer of the Carbon Intensity API, and the values in it.
struct HalfHour {
  const YamlNode* times;
  const YamlNode* intensity;
};

/// A list as it is, another node as a list of one.
std::vector<const YamlNode*> one_or_more(const YamlNode& node) {
  std::vector<const YamlNode*> all;
  for (const YamlNode& item : node.items) {
    all.push_back(&item);
  }
  return node.is_sequence() ? all : std::vector<const YamlNode*>{&node};
}

/// The half hours of the country, or of one region: regional answers have a list of half hours for each region, or a
/// list of regions for each half hour.
std::vector<HalfHour> half_hours_of(const YamlNode& root, AreaChoice& region) {
  const auto name_of = [](const YamlNode& node) {
    const std::string& name = under(node, "shortname").scalar;
    return name.empty() ? under(node, "regionid").scalar : name;
  };
  std::vector<HalfHour> found;
  const auto add = [&](const YamlNode& half_hour) {
    const YamlNode& regions = under(half_hour, "regions");
    if (!regions.is_sequence()) {
      found.push_back({&half_hour, &under(half_hour, "intensity")});
    }
    for (const YamlNode& one : regions.items) {
      if (region.takes(name_of(one))) {
        found.push_back({&half_hour, &under(one, "intensity")});
      }
    }
  };
  const YamlNode& data = root.is_map() && root.find("data") != nullptr ? under(root, "data") : root;
  for (const YamlNode* entry : one_or_more(data)) {
    const YamlNode& inner = under(*entry, "data");
    if (inner.is_sequence() && entry->find("from") == nullptr) {
      if (region.takes(name_of(*entry))) {
        std::for_each(inner.items.begin(), inner.items.end(), add);
      }
    } else {
      add(*entry);
    }
  }
  return found;
}

}  // namespace

// actual is null for the future and for late data: the forecast counts there. Regional answers have forecasts alone.
FeedRows read_uk_carbon_intensity(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice.quantity == FeedQuantity::carbon, "carbon intensities", "another kind");
  const YamlNode root = parsed(file);
  AreaChoice region(file, "region", choice.area);
  const std::vector<HalfHour> half_hours = half_hours_of(root, region);
  const std::string chosen = region.chosen();
  FeedRows result{.unit = "g/kWh", .about = ""};
  std::size_t forecasts = 0;
  for (const HalfHour& half_hour : half_hours) {
    double value = number_of(under(*half_hour.intensity, "actual"), "actual");
    if (std::isnan(value)) {
      value = number_of(under(*half_hour.intensity, "forecast"), "forecast");
      ++forecasts;
    }
    result.rows.push_back({time_under(*half_hour.times, "from"), time_under(*half_hour.times, "to"), value});
  }
  result.about = "average intensity" + (chosen.empty() ? "" : " of " + chosen) + ", direct emissions; " +
                 (forecasts == 0 ? std::string("all actual")
                                 : fmt::format("{} of {} half hours are forecasts, having no actual value", forecasts,
                                               result.rows.size()));
  return result;
}

// Prices are per MWh in `currency`. An area that is absent from an entry is a gap.
FeedRows read_nord_pool_json(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice.quantity == FeedQuantity::price, "prices", "another kind");
  const YamlNode root = parsed(file);
  std::vector<std::string> areas;
  const std::vector<YamlNode>& entries = list_under(file, root, "multiAreaEntries");
  AreaChoice area(file, "delivery area", choice.area);
  for (const YamlNode& entry : entries) {
    for (const YamlEntry& one : under(entry, "entryPerArea").entries) {
      area.takes(one.key);
    }
  }
  const std::string chosen = area.chosen();
  FeedRows result{.unit = under(root, "currency").scalar + "/MWh", .about = "day-ahead price of " + chosen};
  for (const YamlNode& entry : entries) {
    result.rows.push_back({time_under(entry, "deliveryStart"), time_under(entry, "deliveryEnd"),
                           number_of(under(under(entry, "entryPerArea"), chosen), chosen)});
  }
  return result;
}

// Pence, newest first. Businesses pay without value added tax. A page holds 100 of them.
FeedRows read_octopus(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice.quantity == FeedQuantity::price, "prices", "another kind");
  if (!choice.kind.empty() && choice.kind != "without-vat" && choice.kind != "with-vat") {
    fail_feed(file, 0, "has no price of the kind " + feed_quoted(choice.kind), "`without-vat` or `with-vat`");
  }
  const YamlNode root = parsed(file);
  const std::vector<YamlNode>& results = list_under(file, root, "results");
  const double count = number_of(under(root, "count"), "count");
  if (std::isfinite(count) && count > static_cast<double>(results.size())) {
    fail_feed(file, 0, fmt::format("is one page: {} of {} prices", results.size(), under(root, "count").scalar),
              "all pages in one file, or a shorter period");
  }
  const bool with_vat = choice.kind == "with-vat";
  FeedRows result{.unit = "p/kWh",
                  .about = fmt::format("unit rates {} value added tax{}", with_vat ? "with" : "without",
                                       choice.kind.empty() ? " (`kind: with-vat` has the others)" : "")};
  for (const YamlNode& rate : results) {
    const YamlNode& to = under(rate, "valid_to");
    if (!to.is_scalar() || to.scalar == "null") {
      fail(rate.place,
           "a rate without an end: the tariff is fixed; expected half-hourly rates, or one number such as "
           "`electricity: 0.25 GBP/kWh`");
    }
    const char* key = with_vat ? "value_inc_vat" : "value_exc_vat";
    result.rows.push_back(
        {time_under(rate, "valid_from"), time_under(rate, "valid_to"), number_of(under(rate, key), key)});
  }
  return result;
}

namespace {

/// Values of one of OpenNEM's series, added to those before.
struct NemSums {
  std::int64_t start_unix_s = 0;
  std::int64_t step_s = 0;
  std::vector<double> values;
};

std::int64_t interval_of(const YamlNode& node) {
  std::int64_t number = 0;
  const std::string& text = node.scalar;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const std::int64_t seconds = unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  if (error != std::errc() || number < 1 || number > 1440 || seconds == 0) {
    fail(node.place, fmt::format("`interval` is {}; expected one such as `5m`, `30m` or `1h`", feed_quoted(text)));
  }
  return number * seconds;
}

void add_history(const FeedFile& file, const YamlNode& series, NemSums& sums) {
  const YamlNode& history = under(series, "history");
  const std::int64_t start = time_under(history, "start");
  const std::int64_t step = interval_of(under(history, "interval"));
  const std::vector<YamlNode>& data = list_under(file, history, "data");
  if (sums.values.empty()) {
    sums = {start, step, std::vector<double>(data.size(), 0.0)};
  }
  if (sums.start_unix_s != start || sums.step_s != step || sums.values.size() != data.size()) {
    fail(series.place, "a series of other intervals than those before it; expected the same for all of a region");
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    sums.values[i] += number_of(data[i], "data");
  }
}

}  // namespace

// Values at start + i x interval. There is no series of intensities: tonnes over GWh of the same intervals.
FeedRows read_open_nem(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice.quantity != FeedQuantity::temperature, "prices and power", "another kind");
  const YamlNode root = parsed(file);
  const bool price = choice.quantity == FeedQuantity::price;
  NemSums values;
  NemSums energy;
  std::string unit = "g/kWh";
  AreaChoice area(file, "region", choice.area);
  for (const YamlNode& series : list_under(file, root, "data")) {
    const std::string& type = under(series, "data_type").scalar;
    const std::string& region = under(series, "region").scalar;
    if (!area.takes(region.empty() ? under(root, "code").scalar : region)) {
      continue;
    }
    if (price && type == "price") {
      unit = under(series, "units").scalar;
      if (!values.values.empty()) {
        fail(series.place, "a second series of prices; expected one");
      }
      add_history(file, series, values);
    } else if (!price && type == "emissions") {
      add_history(file, series, values);
    } else if (!price && (type == "energy" || type == "power")) {
      add_history(file, series, energy);
      unit = type == "power" ? "power" : "g/kWh";
    }
  }
  const std::string chosen = area.chosen();
  if (values.values.empty() || (!price && energy.values.size() != values.values.size())) {
    fail_feed(file, 0, price ? "has no series of prices" : "has no emissions beside the energy of the same intervals",
              price ? "one with `data_type: price`" : "series with `data_type: emissions` and `data_type: energy`");
  }
  FeedRows result{.unit = price ? unit : "g/kWh",
                  .about = price ? "price of " + chosen : "emissions over energy of " + chosen};
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    const std::int64_t start = values.start_unix_s + static_cast<std::int64_t>(i) * values.step_s;
    double value = values.values[i];
    if (!price) {
      const double hours = static_cast<double>(values.step_s) / 3600.0;
      const double gwh = unit == "power" ? energy.values[i] * hours / 1e3 : energy.values[i];
      value = gwh > 0.0 ? value / gwh : kMissing;  // t/GWh is g/kWh
    }
    result.rows.push_back({start, start + values.step_s, value});
  }
  return result;
}

}  // namespace idlewatt
