#include "base/quantity.hpp"

#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

#include "base/spelling_suggestion.hpp"
#include "base/unit_names.hpp"

namespace idlewatt {
namespace {

// value in SI = number * multiply / divide: small prefixes divide, so that "0.9 pJ" is the double nearest to 0.9e-12.
struct Unit {
  std::string name;
  double multiply = 1.0;
  double divide = 1.0;
};

struct DimensionRow {
  const char* unit;      // as files name it
  const char* expected;  // for messages
};

// In the order of the enumeration.
constexpr DimensionRow kRows[] = {
    {"1", "a number such as `1.5`"},
    {"1", "a whole number such as `8`"},
    {"1", "a share such as `15 %` or `0.15`"},
    {"s", "a time such as `50 ms`"},
    {"byte", "a memory size such as `80 GB` or `80 GiB`"},
    {"byte/s", "a bandwidth such as `2039 GB/s` or `100 Gbps`"},
    {"W", "a power such as `400 W`"},
    {"1/s", "a rate such as `20 /s`"},
    {"1/s", "an arithmetic rate such as `312 TFLOPS`"},
    {"J/byte", "an energy per byte such as `120 pJ/B`"},
    {"J", "an energy per operation such as `0.9 pJ/FLOP`"},
    {"USD/kWh", "a price of energy such as `0.10 USD/kWh`"},
    {"USD/h", "a price of time such as `3.4 USD/h`"},
    {"g/kWh", "a carbon intensity such as `400 g/kWh`"},
    {"Hz", "a clock such as `1410 MHz`"},
    {"MWh", "an energy such as `1200 MWh`"},
    {"USD", "an amount of money such as `150000 USD`"},
    {"USD/kW", "a price of power such as `15 USD/kW`"},
    {"USD/t", "a price of carbon such as `80 USD/t`"},
    {"kg", "a mass such as `1500 kg`"},
    {"l/kWh", "an amount of water such as `1.8 l/kWh`"},
};

struct Prefix {
  const char* name;
  double multiply;
  double divide;
};

constexpr Prefix kLarge[] = {{"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {"P", 1e15, 1}};
constexpr Prefix kBinary[] = {{"Ki", 0x1p10, 1}, {"Mi", 0x1p20, 1}, {"Gi", 0x1p30, 1}, {"Ti", 0x1p40, 1}};
constexpr Prefix kSmall[] = {{"", 1, 1},         {"m", 1, 1e3}, {"u", 1, 1e6},  {"\u00b5", 1, 1e6},
                             {"\u03bc", 1, 1e6}, {"n", 1, 1e9}, {"p", 1, 1e12}, {"f", 1, 1e15}};

template <std::size_t N>
void add(std::vector<Unit>& units, const Prefix (&prefixes)[N], const std::string& name, double divide = 1.0) {
  for (const Prefix& prefix : prefixes) {
    units.push_back({prefix.name + name, prefix.multiply, prefix.divide * divide});
  }
}

std::vector<Unit> units_of(Dimension dimension) {
  std::vector<Unit> units;
  switch (dimension) {
    case Dimension::number:
    case Dimension::count:
      break;
    case Dimension::share:
      units = {{"%", 1, 100}};
      break;
    case Dimension::time:
      units = {{"s", 1, 1},    {"ms", 1, 1e3}, {"us", 1, 1e6}, {"\u00b5s", 1, 1e6}, {"\u03bcs", 1, 1e6},
               {"ns", 1, 1e9}, {"min", 60, 1}, {"h", 3600, 1}, {"d", 86400, 1},     {"y", 31536000, 1}};
      break;
    case Dimension::bytes:
      add(units, kLarge, "B");
      add(units, kBinary, "B");
      break;
    case Dimension::bandwidth:
      add(units, kLarge, "B/s");
      add(units, kBinary, "B/s");
      add(units, kLarge, "bps", 8);
      add(units, kLarge, "bit/s", 8);
      add(units, kLarge, "b/s", 8);
      break;
    case Dimension::power:
      units = {{"W", 1, 1}, {"mW", 1, 1e3}, {"kW", 1e3, 1}, {"MW", 1e6, 1}};
      break;
    case Dimension::rate:
      for (const char* one : {"", "1"}) {
        const std::string per = std::string(one) + "/";
        units.push_back({per + "s", 1, 1});
        units.push_back({per + "min", 1, 60});
        units.push_back({per + "h", 1, 3600});
        units.push_back({per + "d", 1, 86400});
      }
      break;
    case Dimension::flops:
      for (const char* name : {"FLOPS", "FLOP/s", "FLOPS/s", "OPS", "OP/s", "OPS/s"}) {
        add(units, kLarge, name);
      }
      break;
    case Dimension::energy_per_byte:
      add(units, kSmall, "J/B");
      add(units, kSmall, "J/byte");
      break;
    case Dimension::energy_per_flop:
      add(units, kSmall, "J/FLOP");
      add(units, kSmall, "J/OP");
      break;
    case Dimension::price_per_energy:
      units = {{"USD/kWh", 1, 1}, {"USD/MWh", 1, 1e3}};
      break;
    case Dimension::price_per_time:
      units = {{"USD/h", 1, 1}, {"USD/d", 1, 24}};
      break;
    case Dimension::carbon_intensity:
      units = {{"g/kWh", 1, 1}, {"kg/kWh", 1e3, 1}, {"kg/MWh", 1, 1}, {"gCO2/kWh", 1, 1}, {"gCO2e/kWh", 1, 1}};
      break;
    case Dimension::frequency:
      add(units, kLarge, "Hz");
      break;
    case Dimension::energy:
      units = {{"MWh", 1, 1}, {"GWh", 1e3, 1}, {"kWh", 1, 1e3}};
      break;
    case Dimension::money:
      units = {{"USD", 1, 1}, {"kUSD", 1e3, 1}, {"MUSD", 1e6, 1}};
      break;
    case Dimension::price_per_power:
      units = {{"USD/kW", 1, 1}, {"USD/MW", 1, 1e3}};
      break;
    case Dimension::price_per_mass:
      units = {{"USD/t", 1, 1}, {"USD/kg", 1e3, 1}};
      break;
    case Dimension::mass:
      units = {{"kg", 1, 1}, {"g", 1, 1e3}, {"t", 1e3, 1}};
      break;
    case Dimension::water:
      units = {{"l/kWh", 1, 1}, {"L/kWh", 1, 1}, {"m3/MWh", 1, 1}};
      break;
  }
  return units;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

}  // namespace

std::vector<std::string> unit_names(Dimension dimension) {
  std::vector<std::string> names;
  for (const Unit& unit : units_of(dimension)) {
    names.push_back(unit.name);
  }
  return names;
}

std::string expected(Dimension dimension) {
  return kRows[static_cast<std::size_t>(dimension)].expected;
}

std::string unit_of(Dimension dimension) {
  return kRows[static_cast<std::size_t>(dimension)].unit;
}

std::string number_text(double value) {
  char buffer[64];
  const bool plain = value == 0.0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e15);
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value,
                                          plain ? std::chars_format::fixed : std::chars_format::general);
  return error == std::errc() ? std::string(buffer, end) : std::to_string(value);
}

std::string quantity_text(double value, Dimension dimension) {
  switch (dimension) {
    case Dimension::number:
    case Dimension::count:
    case Dimension::share:
      return number_text(value);
    case Dimension::bytes:
      return number_text(value) + " B";
    case Dimension::bandwidth:
      return number_text(value) + " B/s";
    case Dimension::rate:
      return number_text(value) + " /s";
    case Dimension::flops:
      return number_text(value) + " FLOPS";
    case Dimension::energy_per_byte:
      return number_text(value) + " J/B";
    case Dimension::energy_per_flop:
      return number_text(value) + " J/FLOP";
    default:
      return number_text(value) + " " + unit_of(dimension);
  }
}

std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem) {
  const std::string_view whole = trim(text);
  const auto refuse = [&](const std::string& what) {
    problem = what + "; expected " + expected(dimension);
    return std::optional<double>();
  };

  double number = 0.0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
  if (whole.empty()) {
    return refuse("nothing is given");
  }
  if (error == std::errc::result_out_of_range) {
    return refuse(quoted(whole) + " is beyond what a number can hold");
  }
  if (error != std::errc()) {
    return refuse(quoted(whole) + " does not begin with a number");
  }
  if (!std::isfinite(number)) {
    return refuse(quoted(whole) + " is not a finite number");
  }

  const std::string_view unit = trim(whole.substr(static_cast<std::size_t>(end - whole.data())));
  const std::vector<Unit> units = units_of(dimension);
  const bool unit_due =
      dimension != Dimension::number && dimension != Dimension::count && dimension != Dimension::share;
  if (unit.empty()) {
    if (unit_due) {
      return refuse(quoted(whole) + " has no unit");
    }
  } else {
    const Unit* found = nullptr;
    std::vector<std::string> names;
    for (const Unit& candidate : units) {
      names.push_back(candidate.name);
      if (candidate.name == unit) {
        found = &candidate;
      }
    }
    if (found == nullptr) {
      refuse(quoted(whole) +
             (units.empty() ? " has a unit where none is due" : " has an unknown unit " + quoted(unit)));
      if (const auto meant = nearest(unit, names)) {
        problem += "; did you mean " + quoted(*meant) + "?";
      }
      return {};
    }
    number = number * found->multiply / found->divide;
    if (!std::isfinite(number)) {
      return refuse(quoted(whole) + " is beyond what a number can hold");
    }
  }

  if (number < 0.0 && dimension != Dimension::number) {
    return refuse(quoted(whole) + " is negative");
  }
  if (dimension == Dimension::count && number != std::floor(number)) {
    return refuse(quoted(whole) + " is not whole");
  }
  if (dimension == Dimension::share && number > 1.0) {
    return refuse(quoted(whole) + " is more than the whole");
  }
  return number;
}

}  // namespace idlewatt
