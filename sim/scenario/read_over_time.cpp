#include "scenario/read_over_time.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "scenario/fields.hpp"

namespace idlewatt {
namespace {

const std::vector<std::string> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const std::vector<std::string> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr int kQuarter = 900;
constexpr int kDay = 86400;

/// The unit of a column is the end of its name.
struct ColumnUnit {
  const char* ending;
  Dimension dimension;
  double factor;  ///< to the dimension's unit
};
constexpr ColumnUnit kUnits[] = {{"_usd_mwh", Dimension::price_per_energy, 1e-3},
                                 {"_usd_kwh", Dimension::price_per_energy, 1.0},
                                 {"_g_kwh", Dimension::carbon_intensity, 1.0}};

double factor_of(const YamlNode& node, const std::string& column, Dimension dimension) {
  std::vector<std::string> endings;
  for (const ColumnUnit& unit : kUnits) {
    if (unit.dimension == dimension) {
      if (column.ends_with(unit.ending)) {
        return unit.factor;
      }
      endings.emplace_back(unit.ending);
    }
  }
  fail(node.place, "the name of the column `" + column + "` does not say its unit; expected one that ends with " +
                       list_text(endings));
}

std::shared_ptr<const HourlySeries> read_series(const Fields& fields, const std::string& column,
                                                const SeriesBounds& bounds, const SeriesSource& source) {
  const YamlNode& path = fields.at("series", "the path of a CSV file with one row an hour");
  const std::string name = read_text(path, "`series` of " + fields.what(), "the path of a CSV file");
  if (const auto found = source.known.find({name, column}); found != source.known.end()) {
    return found->second;
  }
  return read_hourly_series(source.path_of(path), name, column, bounds, fields.flag_or("repeat", false));
}

// "7", "16:30": seconds of the day.
std::optional<int> parse_hour(std::string_view text) {
  int hour = 0;
  int minute = 0;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, hour);
  if (error != std::errc() || hour < 0) {
    return std::nullopt;
  }
  if (after != end) {
    const auto [stop, more] = std::from_chars(after + 1, end, minute);
    if (*after != ':' || more != std::errc() || stop != end || minute < 0 || minute > 59) {
      return std::nullopt;
    }
  }
  const int seconds = hour * 3600 + minute * 60;
  return seconds <= kDay && seconds % kQuarter == 0 ? std::optional<int>(seconds) : std::nullopt;
}

void read_hours(const Fields& fields, TimeOfUse& period) {
  const std::string expected_hours = "hours of the day such as `16-21` or `7:30-22`, whole quarter hours";
  const std::string text = fields.text("hours", expected_hours);
  const std::size_t dash = text.find('-');
  const auto from = parse_hour(std::string_view(text).substr(0, dash));
  const auto to = dash == std::string::npos ? std::nullopt : parse_hour(std::string_view(text).substr(dash + 1));
  if (!from || !to || *from == *to || *from == kDay) {
    fail(fields.find("hours")->place, "`hours`: `" + text + "` is no part of a day; expected " + expected_hours);
  }
  period.from_s = *from;
  period.to_s = *to;
}

// "mon-fri", "sat", "nov-feb", or a list of such.
template <std::size_t N>
void read_names(const Fields& fields, const char* key, const std::vector<std::string>& names,
                std::array<bool, N>& holds) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) {
    return;
  }
  holds.fill(false);
  const std::vector<YamlNode> items = node->is_sequence() ? node->items : std::vector<YamlNode>{*node};
  for (const YamlNode& item : items) {
    const std::string example = "`" + names[0] + "-" + names[4] + "` or `" + names[5] + "`";
    const std::string text = read_text(item, "`" + std::string(key) + "`", "a range such as " + example);
    const std::size_t dash = text.find('-');
    YamlNode part = item;
    const auto index = [&](std::string word) {
      part.scalar = std::move(word);
      return static_cast<std::size_t>(std::find(names.begin(), names.end(), read_name(part, key, names)) -
                                      names.begin());
    };
    const std::size_t first = index(text.substr(0, dash));
    const std::size_t last = dash == std::string::npos ? first : index(text.substr(dash + 1));
    for (std::size_t i = first;; i = (i + 1) % N) {
      holds[i] = true;
      if (i == last) {
        break;
      }
    }
  }
}

TimeOfUse read_period(const YamlNode& node, const OverTimeKind& kind) {
  const Fields fields(node, "a period of `" + kind.key + "`", {"name", kind.number, "hours", "days", "months"});
  TimeOfUse period;
  period.name = fields.has("name") ? fields.text("name", "a name") : "";
  period.value = fields.quantity(kind.number, kind.dimension);
  if (fields.has("hours")) {
    read_hours(fields, period);
  }
  read_names(fields, "days", kWeekdays, period.weekdays);
  read_names(fields, "months", kMonths, period.months);
  return period;
}

}  // namespace

OverTime read_over_time(const YamlNode& node, const OverTimeKind& kind, const SeriesSource& source) {
  OverTime value;
  const std::string what = "`" + kind.key + "`";
  if (!node.is_map()) {
    value.flat = read_quantity(node, what, kind.dimension);
    return value;
  }
  const Fields fields(node, what, {kind.number, "periods", "series", "column", "repeat", "surcharge"});
  if (!fields.has("series")) {
    for (const char* key : {"column", "repeat", "surcharge"}) {
      if (fields.has(key)) {
        fail(fields.find(key)->place, "`" + std::string(key) + "` goes with a `series`; expected one beside it");
      }
    }
    value.flat = fields.quantity(kind.number, kind.dimension);
    if (const YamlNode* periods = fields.find("periods")) {
      if (!periods->is_sequence() || periods->items.empty()) {
        fail(periods->place, "`periods` is no list; expected entries such as `{" + kind.number +
                                 ": ..., hours: 16-21, "
                                 "days: mon-fri}`");
      }
      for (const YamlNode& period : periods->items) {
        value.periods.push_back(read_period(period, kind));
      }
    }
    return value;
  }
  for (const char* key : {kind.number.c_str(), "periods"}) {
    if (fields.has(key)) {
      fail(fields.find(key)->place, "`" + std::string(key) + "` stands beside a `series`; expected one of the two");
    }
  }
  const std::string column = fields.has("column") ? fields.text("column", "the name of a column") : kind.column;
  value.factor = factor_of(fields.has("column") ? *fields.find("column") : node, column, kind.dimension);
  constexpr double most = 1e6;
  value.series = read_series(fields, column, {.least = kind.signed_series ? -most : 0.0, .most = most}, source);
  value.surcharge = fields.quantity_or("surcharge", kind.dimension, 0.0);
  return value;
}

std::shared_ptr<const HourlySeries> read_shares(const YamlNode& node, const std::string& what,
                                                const SeriesSource& source) {
  const Fields fields(node, what, {"series", "column", "repeat"});
  return read_series(fields, fields.text("column", "the name of a column of shares of the peak"),
                     {.least = 0.0, .most = 1.0}, source);
}

}  // namespace idlewatt
