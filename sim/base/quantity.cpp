#include "base/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <system_error>
#include <utility>
#include <vector>

#include "base/require.hpp"
#include "base/spelling_suggestion.hpp"
#include "base/unit_names.hpp"

namespace idlewatt {
namespace {

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

using Units = std::vector<UnitName>;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

bool same_size(const UnitName& a, const UnitName& b) {
  return a.multiply * b.divide == b.multiply * a.divide && a.currency == b.currency;
}

/// The unit that was misspelt: one that differs in capitals alone, or by two letters in a long word. Nothing where
/// candidates are of different size: to follow a suggestion must not change the quantity.
std::optional<std::string> misspelt(std::string_view unit, const Units& units) {
  constexpr std::size_t kLongWord = 5;
  const std::string wanted = lower(unit);
  const UnitName* found = nullptr;
  for (const bool by_letters : {false, true}) {
    for (const UnitName& candidate : units) {
      const std::string name = lower(candidate.name);
      const bool near = by_letters
                            ? std::min(wanted.size(), name.size()) >= kLongWord && wanted.find('/') == name.find('/') &&
                                  wanted.rfind('/') == name.rfind('/') && wanted.front() == name.front() &&
                                  candidate.currency.empty() && edit_distance(wanted, name) <= 2
                            : wanted == name;
      if (near && found != nullptr && !same_size(*found, candidate)) {
        return std::nullopt;
      }
      if (near && found == nullptr) {
        found = &candidate;
      }
    }
    if (found != nullptr) {
      return found->name;
    }
  }
  return std::nullopt;
}

/// What a unit that is none may be, and what is.
std::string unit_help(std::string_view unit, Dimension dimension) {
  const Units& units = units_of(dimension);
  if (const auto meant = misspelt(unit, units)) {
    return fmt::format("; did you mean `{}`?", *meant);
  }
  constexpr std::size_t kMost = 10;
  std::string text;
  std::size_t listed = 0;
  for (const UnitName& candidate : units) {
    if (candidate.preferred && listed < kMost) {
      text += (listed == 0 ? "; units are `" : ", `") + candidate.name + "`";
      ++listed;
    }
  }
  const bool more = static_cast<std::size_t>(std::count_if(units.begin(), units.end(), [](const UnitName& candidate) {
                      return candidate.preferred;
                    })) > listed;
  return text + (more ? "... (`idlewatt catalog units` lists all)" : " (see `idlewatt catalog units`)");
}

/// Spaces of ASCII, and those that word processors put between a number and its unit.
std::size_t space_at_front(std::string_view text) {
  for (const std::string_view space : {" ", "\t", "\n", "\r", "\u00a0", "\u202f", "\u2009"}) {
    if (text.starts_with(space)) {
      return space.size();
    }
  }
  return 0;
}

std::string_view trim(std::string_view text) {
  while (const std::size_t size = space_at_front(text)) {
    text.remove_prefix(size);
  }
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (const std::string_view space : {" ", "\t", "\n", "\r", "\u00a0", "\u202f", "\u2009"}) {
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        shorter = true;
      }
    }
  }
  return text;
}

/// In ticks, and not more of it than a line can hold.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  return fmt::format("`{}{}`", std::string(text.substr(0, kMost)), text.size() > kMost ? "..." : "");
}

/// A text taken apart.
struct Parsed {
  double value = 0.0;
  const UnitName* unit = nullptr;  ///< null without one
};

}  // namespace

std::string dimension_name(Dimension dimension) {
  const std::string text = expected(dimension);
  const std::string name = text.substr(0, text.find(" such as"));
  return name.substr(name.find(' ') + 1);
}

std::string in_currency(std::string text, std::string_view currency) {
  const std::string code(currency);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"USD", code}, {"usd", lower(code)}}) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      const std::size_t end = at + from.size();
      const bool whole = (at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]));
      if (whole) {
        text.replace(at, from.size(), to);
      } else {
        ++at;
      }
    }
  }
  return text;
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

namespace {

std::optional<Parsed> parse(std::string_view text, Dimension dimension, std::string& problem) {
  const std::string_view whole = trim(text);
  const auto refuse = [&](const std::string& what) {
    problem = what + "; expected " + expected(dimension);
    return std::optional<Parsed>();
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

  const std::string_view name = trim(whole.substr(static_cast<std::size_t>(end - whole.data())));
  const UnitName* unit = nullptr;
  if (name.empty()) {
    if (unit_due(dimension)) {
      return refuse(quoted(whole) + " has no unit");
    }
  } else {
    if (name.front() == ',') {
      return refuse(quoted(whole) +
                    " has a comma in its number: `1000` has none between its digits, `0.5` has a point");
    }
    const Units& units = units_of(dimension);
    const auto found = std::find_if(units.begin(), units.end(), [&](const UnitName& u) { return u.name == name; });
    if (found == units.end()) {
      if ((name == "m" && dimension == Dimension::time) || (name == "/m" && dimension == Dimension::rate)) {
        refuse(fmt::format("{}: is `{}` meant? `m` is a metre", quoted(whole), name == "m" ? "min" : "/min"));
      } else if (!unit_due(dimension) && dimension != Dimension::share) {
        refuse(quoted(whole) + " has a unit where none is due");
      } else {
        refuse(quoted(whole) + " has an unknown unit " + quoted(name));
        problem += unit_help(name, dimension);
      }
      return {};
    }
    unit = &*found;
    number = number * unit->multiply / unit->divide;
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
  return Parsed{number, unit};
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem) {
  const std::optional<Parsed> parsed = parse(text, dimension, problem);
  if (!parsed) {
    return std::nullopt;
  }
  if (is_money(dimension) && parsed->unit->currency != "USD") {
    problem = quoted(trim(text)) + " is not in US dollars, which this is counted in; expected " + expected(dimension);
    return std::nullopt;
  }
  return parsed->value;
}

std::optional<Money> parse_money(std::string_view text, Dimension dimension, std::string& problem) {
  require(is_money(dimension), "a dimension of money");
  const std::optional<Parsed> parsed = parse(text, dimension, problem);
  return parsed ? std::optional(Money{parsed->value, parsed->unit->currency}) : std::nullopt;
}

}  // namespace idlewatt
