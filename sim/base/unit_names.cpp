#include "base/unit_names.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <initializer_list>
#include <utility>

namespace idlewatt {
namespace {

struct Prefix {
  const char* name;
  double multiply;
  double divide;
};

constexpr Prefix kLarge[] = {{"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {"P", 1e15, 1}};
constexpr Prefix kBinary[] = {{"Ki", 0x1p10, 1}, {"Mi", 0x1p20, 1}, {"Gi", 0x1p30, 1}, {"Ti", 0x1p40, 1}};
constexpr Prefix kSmall[] = {{"", 1, 1},         {"m", 1, 1e3}, {"u", 1, 1e6},  {"\u00b5", 1, 1e6},
                             {"\u03bc", 1, 1e6}, {"n", 1, 1e9}, {"p", 1, 1e12}, {"f", 1, 1e15}};

using Units = std::vector<UnitName>;

template <std::size_t N>
void add(Units& units, const Prefix (&prefixes)[N], const std::string& name, bool preferred = true,
         double divide = 1.0) {
  for (const Prefix& prefix : prefixes) {
    units.push_back({prefix.name + name, prefix.multiply, prefix.divide * divide, preferred});
  }
}

/// The first is preferred.
void add_spellings(Units& units, std::initializer_list<const char*> names, double multiply, double divide = 1.0) {
  for (const char* name : names) {
    units.push_back({name, multiply, divide, name == *names.begin()});
  }
}

/// Lengths of time by which rates are counted, and how often a number of things happens is written.
void add_rates(Units& units) {
  struct Per {
    const char* name;
    double seconds;
  };
  constexpr Per kPer[] = {{"s", 1},      {"min", 60},    {"h", 3600},    {"d", 86400}, {"week", 604800}, {"sec", 1},
                          {"second", 1}, {"minute", 60}, {"hour", 3600}, {"hr", 3600}, {"day", 86400}};
  for (const char* thing : {"", "1", "requests", "request", "req", "reqs", "queries", "query"}) {
    for (const Prefix& prefix : {Prefix{"", 1, 1}, Prefix{"k", 1e3, 1}, Prefix{"M", 1e6, 1}}) {
      const bool with_thing = thing[0] != '\0';
      if (with_thing && prefix.multiply > 1) {
        continue;
      }
      for (const Per& per : kPer) {
        const bool preferred = !with_thing && prefix.multiply == 1 && &per < kPer + 4;
        units.push_back({std::string(prefix.name) + thing + "/" + per.name, prefix.multiply, per.seconds, preferred});
      }
    }
  }
  for (const char* name : {"rps", "qps", "req/s", "requests per second"}) {
    if (std::none_of(units.begin(), units.end(), [&](const UnitName& unit) { return unit.name == name; })) {
      units.push_back({name, 1, 1, false});
    }
  }
}

/// Money per something, in every currency: `suffix` follows the currency ("/kWh"), worth `multiply / divide`.
void add_money(Units& units, const std::string& suffix, double multiply = 1.0, double divide = 1.0) {
  for (const std::string& code : currencies()) {
    units.push_back({code + suffix, multiply, divide, true, code});
  }
  constexpr std::pair<const char*, const char*> kSymbols[] = {{"\u20ac", "EUR"}, {"\u00a3", "GBP"}};
  for (const auto& [symbol, code] : kSymbols) {
    units.push_back({symbol + suffix, multiply, divide, false, code});
  }
}

/// The hundredth parts in which electricity is sold.
void add_cents(Units& units, const std::string& suffix, double multiply = 1.0, double divide = 1.0) {
  for (const char* name : {"ct", "cent", "cents", "c"}) {
    units.push_back({name + suffix, multiply, divide * 100, std::string_view(name) == "ct", ""});
  }
  for (const char* name : {"p", "pence"}) {
    units.push_back({name + suffix, multiply, divide * 100, std::string_view(name) == "p", "GBP"});
  }
}

/// Grams and pounds of carbon dioxide or its equivalents, per kWh and per MWh.
void add_carbon(Units& units) {
  constexpr double kPoundG = 453.59237;  // the international pound of 1959, exactly
  struct Mass {
    const char* name;
    double grams;
  };
  for (const char* gas : {"", "CO2", "CO2e", "CO2eq", "CO\u2082", "CO\u2082e", "CO\u2082eq"}) {
    for (const Mass& mass :
         {Mass{"g", 1}, Mass{"kg", 1e3}, Mass{"t", 1e6}, Mass{"lb", kPoundG}, Mass{"lbs", kPoundG}}) {
      const bool preferred = gas[0] == '\0' && std::string_view(mass.name) != "lbs";
      units.push_back({std::string(mass.name) + gas + "/kWh", mass.grams, 1, preferred && mass.grams != 1e6});
      units.push_back({std::string(mass.name) + gas + "/MWh", mass.grams, 1e3, preferred && mass.grams != 1});
    }
    units.push_back({fmt::format("t{}/GWh", gas), 1, 1, false});
  }
}

Units units_of_energy_rates(Dimension dimension) {
  Units units;
  if (dimension == Dimension::energy_per_byte) {
    add(units, kSmall, "J/B");
    add(units, kSmall, "J/byte", false);
  } else {
    add(units, kSmall, "J/FLOP");
    add(units, kSmall, "J/OP", false);
  }
  return units;
}

Units units_of_money(Dimension dimension) {
  Units units;
  switch (dimension) {
    case Dimension::price_per_energy:
      add_money(units, "/kWh");
      add_money(units, "/MWh", 1, 1e3);
      add_cents(units, "/kWh");
      break;
    case Dimension::price_per_time:
      add_money(units, "/h");
      add_money(units, "/d", 1, 24);
      break;
    case Dimension::price_per_power:
      add_money(units, "/kW");
      add_money(units, "/MW", 1, 1e3);
      break;
    case Dimension::price_per_mass:
      add_money(units, "/t");
      add_money(units, "/kg", 1e3);
      break;
    default:
      add_money(units, "");
      for (const std::string& code : currencies()) {
        units.push_back({"k" + code, 1e3, 1, code == "USD", code});
        units.push_back({"M" + code, 1e6, 1, code == "USD", code});
      }
      break;
  }
  return units;
}

Units made_units(Dimension dimension) {
  Units units;
  switch (dimension) {
    case Dimension::number:
    case Dimension::count:
      units = {{"k", 1e3}, {"M", 1e6}, {"B", 1e9}, {"K", 1e3, 1, false}};
      break;
    case Dimension::share:
      units = {{"%", 1, 100}};
      break;
    case Dimension::time:
      add_spellings(units, {"s", "sec", "secs", "second", "seconds"}, 1);
      add_spellings(units, {"ms", "msec", "millisecond", "milliseconds"}, 1, 1e3);
      add_spellings(units, {"us", "\u00b5s", "\u03bcs", "microsecond", "microseconds"}, 1, 1e6);
      add_spellings(units, {"ns", "nanosecond", "nanoseconds"}, 1, 1e9);
      add_spellings(units, {"min", "mins", "minute", "minutes"}, 60);
      add_spellings(units, {"h", "hr", "hrs", "hour", "hours"}, 3600);
      add_spellings(units, {"d", "day", "days"}, 86400);
      add_spellings(units, {"week", "weeks", "wk"}, 604800);
      add_spellings(units, {"y", "yr", "year", "years"}, 31536000);
      break;
    case Dimension::bytes:
      add(units, kLarge, "B");
      add(units, kBinary, "B");
      break;
    case Dimension::bandwidth:
      add(units, kLarge, "B/s");
      add(units, kBinary, "B/s");
      add(units, kLarge, "bps", true, 8);
      add(units, kLarge, "bit/s", false, 8);
      add(units, kLarge, "b/s", false, 8);
      break;
    case Dimension::power:
      units = {{"W", 1, 1}, {"mW", 1, 1e3}, {"kW", 1e3, 1}, {"MW", 1e6, 1}};
      break;
    case Dimension::rate:
      add_rates(units);
      break;
    case Dimension::flops:
      for (const char* name : {"FLOPS", "FLOP/s", "FLOPS/s", "OPS", "OP/s", "OPS/s"}) {
        add(units, kLarge, name, std::string_view(name) == "FLOPS");
      }
      break;
    case Dimension::energy_per_byte:
    case Dimension::energy_per_flop:
      units = units_of_energy_rates(dimension);
      break;
    case Dimension::price_per_energy:
    case Dimension::price_per_time:
    case Dimension::money:
    case Dimension::price_per_power:
    case Dimension::price_per_mass:
      units = units_of_money(dimension);
      break;
    case Dimension::carbon_intensity:
      add_carbon(units);
      break;
    case Dimension::frequency:
      add(units, kLarge, "Hz");
      break;
    case Dimension::energy:
      units = {{"MWh", 1, 1}, {"GWh", 1e3, 1}, {"kWh", 1, 1e3}};
      break;
    case Dimension::mass:
      units = {{"kg", 1, 1}, {"g", 1, 1e3}, {"t", 1e3, 1}, {"lb", 0.45359237, 1}};
      break;
    case Dimension::water:
      units = {{"l/kWh", 1, 1}, {"L/kWh", 1, 1, false}, {"m3/MWh", 1, 1}};
      break;
  }
  return units;
}

}  // namespace

const std::vector<std::string>& currencies() {
  static const std::vector<std::string> codes{"USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD",
                                              "AUD", "NZD", "JPY", "CNY", "INR", "SGD", "KRW", "BRL", "ZAR", "HUF"};
  return codes;
}

bool is_money(Dimension dimension) {
  switch (dimension) {
    case Dimension::price_per_energy:
    case Dimension::price_per_time:
    case Dimension::money:
    case Dimension::price_per_power:
    case Dimension::price_per_mass:
      return true;
    default:
      return false;
  }
}

bool unit_due(Dimension dimension) {
  return dimension != Dimension::number && dimension != Dimension::count && dimension != Dimension::share;
}

std::vector<Dimension> all_dimensions() {
  std::vector<Dimension> all;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Dimension::water); ++i) {
    all.push_back(static_cast<Dimension>(i));
  }
  return all;
}

const std::vector<UnitName>& units_of(Dimension dimension) {
  static const std::vector<Units> all = [] {
    std::vector<Units> made;
    for (const Dimension each : all_dimensions()) {
      made.push_back(made_units(each));
    }
    return made;
  }();
  return all.at(static_cast<std::size_t>(dimension));
}

}  // namespace idlewatt
