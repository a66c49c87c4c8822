// Feeds in CSV, one function a layout. What each writer means is said where its fields are read.
#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "base/date_time.hpp"
#include "scenario/feed/formats.hpp"
#include "scenario/feed/table.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

bool holds(std::string_view text, std::string_view part) {
  return lower(text).find(part) != std::string::npos;
}

/// An ISO time of a table; without a zone it is UTC.
std::int64_t utc_time(const FeedTable& table, std::size_t column, std::int64_t offset_s = 0) {
  const auto time = parse_date_time(table.field(column));
  if (!time) {
    table.fail(feed_quoted(table.head()[column]) + " is " + feed_quoted(table.field(column)),
               "a time such as `2024-03-31 01:00:00`");
  }
  return time->wall_s - time->utc_offset_s.value_or(static_cast<std::int32_t>(offset_s));
}

void want(const FeedFile& file, const FeedChoice& choice, FeedQuantity has, const std::string& what) {
  if (choice.quantity != has) {
    const char* wanted = choice.quantity == FeedQuantity::price    ? "prices"
                         : choice.quantity == FeedQuantity::carbon ? "carbon intensities"
                                                                   : "temperatures";
    fail_feed(file, 0, fmt::format("holds {}, and {} are wanted here", what, wanted),
              std::string("a file of ") + wanted);
  }
}

/// What stands in the last brackets of a heading: "EUR/MWh" of "Day-ahead Price (EUR/MWh)".
std::string in_brackets(const std::string& heading) {
  const std::size_t open = heading.find_last_of("([");
  const std::size_t close = heading.find_last_of(")]");
  return open == std::string::npos || close == std::string::npos || close < open
             ? ""
             : heading.substr(open + 1, close - open - 1);
}

}  // namespace

// Datetime (UTC) is the start of the hour. Headings changed over the years: (LCA) is (Life cycle), capitals vary.
FeedRows read_electricity_maps(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::carbon, "carbon intensities");
  if (!choice.kind.empty() && choice.kind != "life-cycle" && choice.kind != "direct") {
    fail_feed(file, 0, "has no intensity of the kind " + feed_quoted(choice.kind), "`life-cycle` or `direct`");
  }
  const bool direct = choice.kind == "direct";
  FeedTable table(file);
  std::optional<std::size_t> value_at;
  for (std::size_t i = 0; i < table.head().size(); ++i) {
    const std::string& name = table.head()[i];
    const bool life_cycle = holds(name, "life cycle") || holds(name, "(lca)");
    if (holds(name, "carbon intensity") && (direct ? holds(name, "(direct)") : life_cycle)) {
      value_at = i;
    }
  }
  if (!value_at) {
    fail_feed(file, 1, fmt::format("has no column of {} carbon intensity", direct ? "direct" : "life-cycle"),
              "one such as `Carbon intensity gCO2eq/kWh (Life cycle)`");
  }
  const auto zone_at = table.find("Zone id");
  AreaChoice area(file, "zone", choice.area);
  FeedRows result{.unit = "g/kWh", .about = ""};
  while (table.next()) {
    if (!zone_at || area.takes(table.field(*zone_at))) {
      result.rows.push_back({utc_time(table, 0), 0, table.number(*value_at)});
    }
  }
  result.about = std::string(direct ? "direct" : "life-cycle") + " intensity" +
                 (zone_at ? " of " + area.chosen() : std::string()) +
                 (choice.kind.empty() ? " (`kind: direct` has the other)" : "");
  return result;
}

namespace {

/// The clocks by which the platform shows times: as the heading of the times names them, and as marks behind a time.
struct EntsoeClock {
  const char* heading;
  const char* zone;  ///< a zone with these clocks
  std::pair<const char*, std::int32_t> standard;
  std::pair<const char*, std::int32_t> summer;
};
constexpr EntsoeClock kEntsoeClocks[] = {{"utc", "UTC", {"(UTC)", 0}, {"(UTC)", 0}},
                                         {"cet/cest", "Europe/Berlin", {"(CET)", 3600}, {"(CEST)", 7200}},
                                         {"eet/eest", "Europe/Helsinki", {"(EET)", 7200}, {"(EEST)", 10800}},
                                         {"wet/west", "Europe/London", {"(WET)", 0}, {"(WEST)", 3600}}};

const EntsoeClock& entsoe_clock(const FeedTable& table) {
  const std::string& heading = table.head()[0];
  for (const EntsoeClock& clock : kEntsoeClocks) {
    if (lower(in_brackets(heading)) == clock.heading) {
      return clock;
    }
  }
  fail_feed(table.file(), 1, "has times by unknown clocks, " + feed_quoted(heading),
            "`MTU (UTC)`, `MTU (CET/CEST)`, `MTU (EET/EEST)` or `MTU (WET/WEST)`");
}

}  // namespace

// The time is a range, with (CET) or (CEST) behind each end where clocks change. Sequence 1 is the coupled auction;
// others are extra auctions.
FeedRows read_entsoe(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::price, "prices");
  FeedTable table(file);
  std::optional<std::size_t> value_at;
  for (std::size_t i = 0; i < table.head().size() && !value_at; ++i) {
    if (lower(table.head()[i]).starts_with("day-ahead price")) {
      value_at = i;
    }
  }
  if (!value_at) {
    fail_feed(file, 1, "has no column of day-ahead prices", "one such as `Day-ahead Price (EUR/MWh)`");
  }
  const auto area_at = table.find("Area");
  const auto sequence_at = table.find("Sequence");
  const EntsoeClock& clock = entsoe_clock(table);
  LocalTimes starts(*find_time_zone(clock.zone));
  LocalTimes ends(*find_time_zone(clock.zone));
  const auto moment = [&](std::string_view text, LocalTimes& times, bool is_end) {
    std::string_view rest = text;
    while (rest.starts_with(' ')) {
      rest.remove_prefix(1);
    }
    while (rest.ends_with(' ')) {
      rest.remove_suffix(1);
    }
    std::optional<std::int32_t> offset;
    for (const auto& [text_of_mark, offset_s] : {clock.summer, clock.standard}) {
      const std::string_view mark = text_of_mark;
      if (rest.ends_with(mark) && rest.size() > mark.size()) {
        offset = offset_s;
        rest = rest.substr(0, rest.find_last_not_of(' ', rest.size() - mark.size() - 1) + 1);
        break;
      }
    }
    const auto wall = parse_european_time(rest);
    const auto unix_s = !wall ? std::nullopt : offset ? std::optional(*wall - *offset) : times.unix_time(*wall, is_end);
    if (!unix_s) {
      table.fail(feed_quoted(table.head()[0]) + " has " + feed_quoted(text),
                 "a time such as `26/10/2025 02:00:00`, with (CET) or (CEST) where clocks change");
    }
    return *unix_s;
  };
  AreaChoice area(file, "area", choice.area);
  FeedRows result{.unit = in_brackets(table.head()[*value_at]), .about = ""};
  bool other_sequences = false;
  while (table.next()) {
    if (area_at && !area.takes(table.field(*area_at))) {
      continue;
    }
    if (sequence_at) {
      const std::string& sequence = table.field(*sequence_at);
      if (!sequence.empty() && !sequence.ends_with("Sequence 1") && !holds(sequence, "without")) {
        other_sequences = true;
        continue;
      }
    }
    const std::string& range = table.field(0);
    const std::size_t dash = range.find(" - ");
    if (dash == std::string::npos) {
      table.fail(feed_quoted(table.head()[0]) + " is " + feed_quoted(range), "a start and an end with ` - ` between");
    }
    const std::int64_t start = moment(std::string_view(range).substr(0, dash), starts, false);
    const std::int64_t end = moment(std::string_view(range).substr(dash + 3), ends, true);
    result.rows.push_back({start, end, table.number(*value_at)});
  }
  result.about = "day-ahead price" + (area_at ? " of " + area.chosen() : std::string()) +
                 (other_sequences ? ", the coupled auction (Sequence 1) alone" : "");
  return result;
}

// The price stands in MW (PRC_LMP), VALUE or PRC (five minutes), LMP_PRC (older files). LMP is the price, its
// components (MCC, MCE, MCL, MGHG) add up to it. -00:00 is UTC. Rows are in no order.
FeedRows read_caiso(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::price, "prices");
  FeedTable table(file);
  const std::size_t start_at = table.at("INTERVALSTARTTIME_GMT");
  const std::size_t end_at = table.at("INTERVALENDTIME_GMT");
  std::optional<std::size_t> value_at;
  for (const char* name : {"MW", "VALUE", "PRC", "LMP_PRC"}) {
    value_at = value_at ? value_at : table.find(name);
  }
  if (!value_at) {
    fail_feed(file, 1, "has no column of prices", "one of `MW`, `VALUE`, `PRC`, `LMP_PRC`");
  }
  const auto type_at = table.find("LMP_TYPE");
  if (!type_at && !table.find("LMP_PRC")) {
    // Forecasts of demand, prices of fuel and of reserves have the same other columns.
    fail_feed(file, 1, "has no column `LMP_TYPE`, so its values are no prices of energy at a node",
              "a report of prices such as PRC_LMP or PRC_INTVL_LMP");
  }
  const auto node_at = table.find("NODE");
  const auto market_at = table.find("MARKET_RUN_ID");
  AreaChoice node(file, "node", choice.area);
  std::string market = choice.kind;
  FeedRows result{.unit = "USD/MWh", .about = ""};
  while (table.next()) {
    if ((type_at && table.field(*type_at) != "LMP") || (node_at && !node.takes(table.field(*node_at)))) {
      continue;
    }
    if (market_at && table.field(*market_at) != market) {
      if (!choice.kind.empty()) {
        continue;
      }
      if (!market.empty()) {
        table.fail("prices of the market " + feed_quoted(table.field(*market_at)) + " stand beside those of " +
                       feed_quoted(market),
                   "`kind` to be one of them, such as `kind: DAM`");
      }
      market = table.field(*market_at);
    }
    result.rows.push_back({utc_time(table, start_at), utc_time(table, end_at), table.number(*value_at)});
  }
  result.about = "locational marginal price" + (node_at ? " of " + node.chosen() : std::string()) +
                 (market.empty() ? "" : ", market " + market);
  return result;
}

// Times are the ends of hours. The file has generation by fuel and no carbon: intensity by factors of the reader's
// choice.
FeedRows read_eia_930(const FeedFile& file, const FeedChoice& choice) {
  const std::string expected_factors =
      "`factors` that say what each fuel emits, such as `{coal: 1000 g/kWh, natural gas: 430 g/kWh, petroleum: 800 "
      "g/kWh}` (all others count as 0), and a file of prices for `electricity`";
  if (choice.quantity != FeedQuantity::carbon || choice.factors.empty()) {
    fail_feed(file, 0, "holds generation by fuel, and neither carbon intensities nor prices", expected_factors);
  }
  FeedTable table(file);
  struct Fuel {
    std::size_t column = 0;
    double factor = 0.0;
    bool seen = false;  ///< the authority has generation by it
  };
  const std::string begin = "net generation (mw) from ";
  std::vector<Fuel> fuels;
  std::vector<std::string> matched;
  for (std::size_t i = 0; i < table.head().size(); ++i) {
    const std::string name = lower(table.head()[i]);
    if (!name.starts_with(begin) || name.ends_with("(adjusted)") || name.ends_with("(imputed)")) {
      continue;
    }
    double factor = 0.0;
    std::string by;
    for (const auto& [fuel, grams] : choice.factors) {
      if (name.find(lower(fuel)) == std::string::npos) {
        continue;
      }
      if (!by.empty()) {
        fail_feed(file, 1,
                  "has " + feed_quoted(table.head()[i]) + ", which both " + feed_quoted(by) + " and " +
                      feed_quoted(fuel) + " of `factors` name",
                  "one factor for a fuel");
      }
      by = fuel;
      factor = grams;
      matched.push_back(fuel);
    }
    fuels.push_back({i, factor});
  }
  for (const auto& [fuel, grams] : choice.factors) {
    if (std::find(matched.begin(), matched.end(), fuel) == matched.end()) {
      fail_feed(file, 1, "has no generation from " + feed_quoted(fuel),
                "fuels as its columns name them, such as `coal`");
    }
  }
  const std::size_t area_at = table.at("Balancing Authority");
  const std::size_t time_at = table.at("UTC Time at End of Hour");
  AreaChoice area(file, "balancing authority", choice.area);
  FeedRows result{.unit = "g/kWh", .about = ""};
  std::vector<std::vector<double>> generated;
  while (table.next()) {
    if (!area.takes(table.field(area_at))) {
      continue;
    }
    const auto end = parse_european_time(table.field(time_at), true);
    if (!end) {
      table.fail("`UTC Time at End of Hour` is " + feed_quoted(table.field(time_at)),
                 "a time such as `11/03/2024 6:00:00 AM`");
    }
    result.rows.push_back({*end - 3600, *end, kMissing});
    generated.emplace_back();
    for (Fuel& fuel : fuels) {
      generated.back().push_back(table.number(fuel.column, NumberStyle::thousands));
      fuel.seen = fuel.seen || !std::isnan(generated.back().back());
    }
  }
  for (std::size_t row = 0; row < result.rows.size(); ++row) {
    double grams = 0.0;
    double megawatts = 0.0;
    for (std::size_t i = 0; i < fuels.size(); ++i) {
      if (fuels[i].seen) {  // a missing value of a fuel that the authority has is not 0: the intensity is missing too
        const double power = generated[row][i];
        grams += fuels[i].factor * std::max(power, 0.0);
        megawatts += std::isnan(power) ? kMissing : std::max(power, 0.0);
      }
    }
    result.rows[row].value = megawatts > 0.0 ? grams / megawatts : kMissing;
  }
  result.about = fmt::format("intensity of {} by its generation and the scenario's factors by fuel", area.chosen());
  return result;
}

FeedRows read_watttime_csv(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::carbon, "carbon intensities");
  FeedTable table(file);
  const std::size_t time_at = table.at("timestamp");
  const std::size_t value_at = table.at("MOER");
  const auto length_at = table.find("frequency");
  FeedRows result{.unit = "lb/MWh", .about = "marginal intensity (MOER), which averages of a grid do not compare with"};
  while (table.next()) {
    const std::int64_t start = utc_time(table, time_at);
    const double length = length_at ? table.number(*length_at) : kMissing;
    result.rows.push_back(
        {start, std::isfinite(length) ? start + static_cast<std::int64_t>(length) : 0, table.number(value_at)});
  }
  return result;
}

// Semicolons, decimal commas, times in CET and CEST without marks: the quarter before clocks are put forward ends at
// 03:00.
FeedRows read_nord_pool_csv(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::price, "prices");
  FeedTable table(file);
  std::optional<std::size_t> value_at;
  AreaChoice area(file, "delivery area", choice.area);
  for (std::size_t i = 2; i < table.head().size(); ++i) {
    const std::string& name = table.head()[i];
    if (area.takes(name.substr(0, name.find(" (")))) {
      value_at = value_at ? value_at : i;
    }
  }
  const std::string chosen = area.chosen();
  if (!value_at) {
    fail_feed(file, 1, "has no column of prices", "one such as `SE3 (EUR)`");
  }
  std::string unit = in_brackets(table.head()[*value_at]);
  unit += unit.find('/') == std::string::npos ? "/MWh" : "";
  LocalTimes starts(*find_time_zone("Europe/Berlin"));
  LocalTimes ends(*find_time_zone("Europe/Berlin"));
  FeedRows result{.unit = unit, .about = "day-ahead price of " + chosen};
  while (table.next()) {
    std::int64_t times[2] = {0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto wall = parse_european_time(table.field(i));
      const auto unix_s = wall ? (i == 0 ? starts : ends).unix_time(*wall, i == 1) : std::nullopt;
      if (!unix_s) {
        table.fail(feed_quoted(table.head()[i]) + " is " + feed_quoted(table.field(i)),
                   "a time such as `29.03.2026 01:45:00`");
      }
      times[i] = *unix_s;
    }
    result.rows.push_back({times[0], times[1], table.number(*value_at, NumberStyle::decimal_comma)});
  }
  return result;
}

// Line 1 names the place, line 2 has its values, then an empty line and the table, its times in that place's offset. An
// hour's temperature is that of its start.
FeedRows read_open_meteo(const FeedFile& file, const FeedChoice& choice) {
  want(file, choice, FeedQuantity::temperature, "temperatures");
  FeedTable place(file);
  if (place.find("location_id")) {
    fail_feed(file, 1, "holds several places", "a file of one place");
  }
  const std::size_t offset_at = place.at("utc_offset_seconds");
  if (!place.next()) {
    fail_feed(file, 2, "has no values of its place", "a line below the first");
  }
  const double offset = place.number(offset_at);
  FeedTable table(file, 3);
  const std::string wanted = choice.kind.empty() ? "temperature_2m" : choice.kind;
  std::optional<std::size_t> value_at;
  std::vector<std::string> kinds;
  for (std::size_t i = 1; i < table.head().size(); ++i) {
    kinds.push_back(table.head()[i].substr(0, table.head()[i].find(" (")));
    if (kinds.back() == wanted) {
      value_at = i;
    }
  }
  if (!value_at) {
    fail_feed(file, 4, "has no column " + feed_quoted(wanted), "`kind` to be one of " + list_text(kinds));
  }
  const bool fahrenheit = in_brackets(table.head()[*value_at]).ends_with("F");
  FeedRows result{.unit = "degC", .about = wanted + (fahrenheit ? ", from degrees Fahrenheit" : "")};
  const std::size_t time_at = table.at("time");
  while (table.next(true)) {
    const double value = table.number(*value_at);
    result.rows.push_back({utc_time(table, time_at, static_cast<std::int64_t>(offset)), 0,
                           fahrenheit ? (value - 32.0) * 5.0 / 9.0 : value});
  }
  return result;
}

}  // namespace idlewatt
