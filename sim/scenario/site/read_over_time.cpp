#include "scenario/site/read_over_time.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "base/unit_names.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

const std::vector<std::string> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const std::vector<std::string> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr int kQuarter = 900;
constexpr int kDay = 86400;

/// The unit of a column that ends with it: "EUR/MWh" of "price_eur_mwh"; empty where it says none.
std::string unit_of_column(const std::string& column, Dimension dimension) {
  std::string best;
  for (const UnitName& unit : units_of(dimension)) {
    std::string ending = "_" + unit.name;
    std::replace(ending.begin(), ending.end(), '/', '_');
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (column.ends_with(ending) && unit.name.size() > best.size()) {
      best = unit.name;
    }
  }
  return best;
}

/// The unit of that name, which a file or a scenario has for a series.
const UnitName& series_unit(const Place& place, const std::string& name, Dimension dimension) {
  const std::vector<UnitName>& units = units_of(dimension);
  const auto found = std::find_if(units.begin(), units.end(), [&](const UnitName& unit) { return unit.name == name; });
  if (found == units.end()) {
    std::string problem;
    parse_quantity("1 " + name, dimension, problem);
    fail(place, "the series is in `" + name.substr(0, 40) + "`: " + problem);
  }
  return *found;
}

std::map<std::string, double> read_factors(const Section& fields) {
  const YamlNode& node = fields.at("factors");
  const Form& form = fields.form("factors");
  check_size(node, form, "`factors`");
  std::map<std::string, double> factors;
  for (const YamlEntry& entry : node.entries) {
    factors[entry.key] = read_quantity(entry.value, "`factors` of `" + entry.key + "`", form.parts.front().dimension);
  }
  return factors;
}

/// Whether the head of a table names a column `utc`. An empty file counts: the reader of hours refuses it best; and so
/// does a compressed one, which no publisher of feeds writes.
bool has_utc_column(const std::string& path) {
  constexpr std::size_t kHead = 8192;
  std::string head(kHead, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  if (head.empty() || head.starts_with("\x1f\x8b")) {
    return true;
  }
  if (head.starts_with("\xEF\xBB\xBF")) {
    head.erase(0, 3);
  }
  std::istringstream names(head.substr(0, head.find_first_of("\r\n")));
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "utc" || name == "\"utc\"") {
      return true;
    }
  }
  return false;
}

/// What the keys beside `series` ask for.
SeriesRequest request_of(const Section& fields, const OverTimeKind& kind, const SeriesSource& source) {
  SeriesRequest request{.path = "",
                        .name = fields.text("series"),
                        .column = fields.text_if("column"),
                        .time = fields.text_if("time"),
                        .unit = fields.text_if("unit"),
                        .zone = source.zone,
                        .repeats = fields.flag("repeat")};
  request.choice.quantity = kind.feed;
  request.choice.area = fields.text_if("area");
  request.choice.kind = fields.text_if("kind");
  if (fields.has("factors")) {
    request.choice.factors = read_factors(fields);
  }
  request.hold_gaps = fields.word("gaps") == "previous";
  constexpr double most = 1e6;
  request.bounds = {.least = kind.signed_series ? -most : 0.0, .most = most};
  if (!request.time.empty() && request.column.empty()) {
    fail(fields.find("time")->place, "`time` names a column, and nothing names that of the values; expected `column`");
  }
  return request;
}

/// A series of prices or intensities, and the unit of its values.
std::shared_ptr<const TimeSeries> read_series(const Section& fields, const OverTimeKind& kind,
                                              const SeriesSource& source, OverTime& value) {
  SeriesRequest request = request_of(fields, kind, source);
  const YamlNode& path_node = *fields.find("series");
  const auto known = [&] { return source.known.find({request.name, selection_text(request)}); };
  std::shared_ptr<const TimeSeries> series;
  if (request.column.empty()) {
    if (const auto found = source.known.find({request.name, kind.column}); found != source.known.end()) {
      request.column = kind.column;
    } else if (known() == source.known.end()) {
      request.path = source.path_of(path_node);
      if (has_utc_column(request.path)) {
        request.column = kind.column;
      }
    }
  }
  const Place& unit_place = fields.has("unit")     ? fields.find("unit")->place
                            : fields.has("column") ? fields.find("column")->place
                                                   : path_node.place;
  if (!request.column.empty() && request.unit.empty()) {
    request.unit = unit_of_column(request.column, kind.dimension);
    if (request.unit.empty()) {
      fail(unit_place, "the name of the column `" + request.column +
                           "` does not say its unit; expected `unit` beside " + "it such as `" +
                           quantity_text(1, kind.dimension).substr(2) +
                           "`, or a name that ends with it such as `price" +
                           (kind.feed == FeedQuantity::price ? "_eur_mwh" : "_g_kwh") + "`");
    }
  }
  if (const auto found = known(); found != source.known.end()) {
    series = found->second;
  } else {
    if (request.path.empty()) {
      request.path = source.path_of(path_node);
    }
    series = read_time_series(request);
  }
  const UnitName& unit = series_unit(unit_place, series->unit, kind.dimension);
  value.factor = unit.multiply / unit.divide;
  if (is_money(kind.dimension)) {
    source.money.found(path_node.place, series->unit + " in " + request.name, unit.currency);
  }
  return series;
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

constexpr const char* kExpectedHours = "hours of the day such as `16-21` or `7:30-22`, whole quarter hours";

void read_hours(const Section& fields, TimeOfUse& period) {
  const std::string text = fields.text("hours");
  const std::size_t dash = text.find('-');
  const auto from = parse_hour(std::string_view(text).substr(0, dash));
  const auto to = dash == std::string::npos ? std::nullopt : parse_hour(std::string_view(text).substr(dash + 1));
  if (!from || !to || *from == *to || *from == kDay) {
    fail(fields.find("hours")->place, "`hours`: `" + text + "` is no part of a day; expected " + kExpectedHours);
  }
  period.from_s = *from;
  period.to_s = *to;
}

// "mon-fri", "sat", "nov-feb", or a list of such.
template <std::size_t N>
void read_names(const Section& fields, const char* key, const std::vector<std::string>& names,
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

/// A number of the kind's dimension, of money in the site's currency.
double read_number(const Section& fields, const std::string& key, const OverTimeKind& kind,
                   const SeriesSource& source) {
  return is_money(kind.dimension) ? source.money.quantity(fields, key) : fields.quantity(key);
}

Form number_form(const OverTimeKind& kind) {
  return is_money(kind.dimension) ? money_form(kind.dimension) : quantity_form(kind.dimension);
}

/// The keys of a period: of electricity, and of carbon.
KeyTable period_keys(const OverTimeKind& kind) {
  const auto parts = [](const char* expected) {
    return either_form({text_form(expected), list_form(text_form(expected))});
  };
  return {"Periods of " + kind.key,
          "A part of the day, of the week and of the year. The first period that holds counts.",
          "{name: peak, " + kind.number + ": " + quantity_text(0.5, kind.dimension) +
              ", hours: 16-21, days: mon-fri, months: jun-sep}",
          {{.name = "name", .form = text_form("a name"), .without = "none", .help = "what it is called"},
           {.name = kind.number, .form = number_form(kind), .must = true, .help = "what holds in it"},
           {.name = "hours",
            .form = text_form(kExpectedHours),
            .without = "the whole day",
            .help = "whole quarter hours of the day by the site's clocks, such as `16-21`; may pass midnight"},
           {.name = "days",
            .form = parts("a range such as `mon-fri` or `sat`"),
            .without = "every day",
            .help = "a range of weekdays such as `mon-fri`, or a list of such"},
           {.name = "months",
            .form = parts("a range such as `jan-may` or `jun`"),
            .without = "every month",
            .help = "a range of months such as `nov-feb`, or a list of such"}}};
}

const KeyTable& price_period_keys() {
  static const KeyTable table =
      period_keys({.key = "electricity", .number = "price", .dimension = Dimension::price_per_energy, .column = ""});
  return table;
}

const KeyTable& intensity_period_keys() {
  static const KeyTable table =
      period_keys({.key = "carbon", .number = "intensity", .dimension = Dimension::carbon_intensity, .column = ""});
  return table;
}

KeyTableOf period_table_of(const OverTimeKind& kind) {
  return is_money(kind.dimension) ? price_period_keys : intensity_period_keys;
}

TimeOfUse read_period(const Section& fields, const OverTimeKind& kind, const SeriesSource& source) {
  TimeOfUse period;
  period.name = fields.text_if("name");
  period.value = read_number(fields, kind.number, kind, source);
  if (fields.has("hours")) {
    read_hours(fields, period);
  }
  read_names(fields, "days", kWeekdays, period.weekdays);
  read_names(fields, "months", kMonths, period.months);
  return period;
}

/// The keys that go with a series.
const std::vector<Key>& series_keys() {
  static const std::vector<Key> keys{
      {.name = "column",
       .form = text_form("the name of a column"),
       .without = "as the file's layout says",
       .help = "with `series`: the column of the values"},
      {.name = "repeat",
       .form = flag_form(),
       .otherwise = "false",
       .help = "with `series`: where it does not cover the run, the moment a whole multiple of 52 weeks away counts"},
  };
  return keys;
}

}  // namespace

KeyTable over_time_keys(const OverTimeKind& kind) {
  std::vector<Key> keys{
      {.name = kind.number,
       .form = number_form(kind),
       .without = "`series` stands there",
       .help = "what holds where no period does"},
      {.name = "periods",
       .form = list_form(map_form(period_table_of(kind)).named("a period of `" + kind.key + "`"))
                   .expecting("entries such as `{" + kind.number + ": ..., hours: 16-21, days: mon-fri}`"),
       .without = "none",
       .help = "by the time of use: parts of the day, the week and the year"},
      {.name = "series",
       .form = text_form("the path of a file with values over time"),
       .without = "`" + kind.number + "` stands there",
       .help = "path of a file with values over time, relative to this file"}};
  keys.insert(keys.end(), series_keys().begin(), series_keys().end());
  const std::vector<Key> more{
      {.name = "surcharge",
       .form = number_form(kind),
       .without = "0",
       .help = "with `series`: comes on top of every value"},
      {.name = "time",
       .form = text_form("the name of a column of times"),
       .without = "as the file's layout says",
       .help = "with `series`: the column of the times"},
      {.name = "unit",
       .form = text_form("a unit such as `EUR/MWh`"),
       .without = "the one that ends the column's name",
       .help = "with `series`: unit of the values"},
      {.name = "area",
       .form = text_form("the area that is wanted"),
       .without = "the only one of the file",
       .help = "with `series`: zone, node or region, where a file has several"},
      {.name = "kind",
       .form = text_form("the kind of value, such as `life-cycle`"),
       .without = "the usual one of the layout",
       .help = "with `series`: the kind of value, where a file has several"},
      {.name = "factors",
       .form = by_name_form(quantity_form(Dimension::carbon_intensity), "")
                   .expecting("what each fuel emits, such as `{coal: 1000 g/kWh}`"),
       .without = "none",
       .help = "with `series` of generation by fuel: what each fuel emits"},
      {.name = "gaps",
       .form = word_form("way to take gaps", {"refuse", "previous"}),
       .otherwise = "refuse",
       .help = "with `series`: what to do at a moment without a value; `previous` goes on with the value before"}};
  keys.insert(keys.end(), more.begin(), more.end());
  return {"Keys of " + kind.key + " over time",
          "A number that changes with the time of use, or a series from a file ([more](#what-a-site-costs)).",
          kind.key + ":\n  " + kind.number + ": " + quantity_text(0.25, kind.dimension) + "\n  periods: [{" +
              kind.number + ": " + quantity_text(0.5, kind.dimension) + ", hours: 16-21}]\n",
          std::move(keys)};
}

OverTime read_over_time(const YamlNode& node, const OverTimeKind& kind, const SeriesSource& source) {
  OverTime value;
  const std::string what = "`" + kind.key + "`";
  if (!node.is_map()) {
    value.flat = is_money(kind.dimension) ? source.money.read(node, what, kind.dimension)
                                          : read_quantity(node, what, kind.dimension);
    return value;
  }
  const KeyTable table = over_time_keys(kind);
  const Section fields(node, what, table);
  if (!fields.has("series")) {
    for (const char* key : {"column", "repeat", "surcharge", "time", "unit", "area", "kind", "factors", "gaps"}) {
      if (fields.has(key)) {
        fail(fields.find(key)->place, "`" + std::string(key) + "` goes with a `series`; expected one beside it");
      }
    }
    value.flat = read_number(fields, kind.number, kind, source);
    for (const Section& period : fields.items("periods")) {
      value.periods.push_back(read_period(period, kind, source));
    }
    return value;
  }
  for (const char* key : {kind.number.c_str(), "periods"}) {
    if (fields.has(key)) {
      fail(fields.find(key)->place, "`" + std::string(key) + "` stands beside a `series`; expected one of the two");
    }
  }
  value.series = read_series(fields, kind, source, value);
  if (fields.has("surcharge")) {
    value.surcharge = read_number(fields, "surcharge", kind, source);
  }
  return value;
}

const KeyTable& share_series_keys() {
  static const KeyTable table{
      "Shares of a plant's peak", "A series of shares of a plant's peak, one row an hour.",
      "{series: sun.csv, column: share}", [] {
        std::vector<Key> keys{{.name = "series",
                               .form = text_form("the path of a CSV file with one row an hour"),
                               .must = true,
                               .help = "path of a CSV file with one row an hour, relative to this "
                                       "file"}};
        keys.insert(keys.end(), series_keys().begin(), series_keys().end());
        keys[1] = {.name = "column",
                   .form = text_form("the name of a column of shares of the peak"),
                   .must = true,
                   .help = "the column of the shares, from 0 to 1"};
        return keys;
      }()};
  return table;
}

std::shared_ptr<const TimeSeries> read_shares(const Section& fields, const SeriesSource& source) {
  SeriesRequest request{.path = "",
                        .name = fields.text("series"),
                        .column = fields.text("column"),
                        .time = "",
                        .unit = "1",
                        .bounds = {.least = 0.0, .most = 1.0},
                        .repeats = fields.flag("repeat")};
  if (const auto found = source.known.find({request.name, request.column}); found != source.known.end()) {
    return found->second;
  }
  request.path = source.path_of(fields.at("series"));
  return read_time_series(request);
}

}  // namespace idlewatt
