#include "cli/catalog/units.hpp"

#include <nlohmann/json.hpp>

#include "base/unit_names.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

/// "a time such as `50 ms`": what stands in the last ticks.
std::string example_of(Dimension dimension) {
  const std::string text = expected(dimension);
  const std::size_t end = text.rfind('`');
  const std::size_t begin = text.rfind('`', end - 1);
  return text.substr(begin + 1, end - begin - 1);
}

/// Units of money are the same for each currency.
bool stands_for_all(const UnitName& unit) {
  return unit.currency.empty() || unit.currency == "USD";
}

std::string names(Dimension dimension, bool preferred) {
  std::string text;
  for (const UnitName& unit : units_of(dimension)) {
    if (unit.preferred == preferred && (stands_for_all(unit) || unit.name.starts_with("p/"))) {
      text += (text.empty() ? "" : ", ") + unit.name;
    }
  }
  return text;
}

}  // namespace

std::string units_text(const TextStyle& style) {
  std::string out;
  for (const Dimension dimension : all_dimensions()) {
    out += bold(dimension_name(dimension), style) + ", such as " + example_of(dimension) + "\n";
    const std::string units = names(dimension, true);
    out += paragraph((unit_due(dimension) ? "" : "no unit, or ") + units, style.width, 2);
    if (const std::string others = names(dimension, false); !others.empty()) {
      out += paragraph("also read: " + others, style.width, 2);
    }
  }
  std::string codes;
  for (const std::string& code : currencies()) {
    codes += (codes.empty() ? "" : ", ") + code;
  }
  return out + "\n" +
         paragraph("Money under `site` may be in another currency in place of USD: " + codes +
                       ". A site has one, and none is converted. k, M and B are thousand, million and billion.",
                   style.width);
}

std::string units_json() {
  nlohmann::ordered_json json;
  for (const Dimension dimension : all_dimensions()) {
    nlohmann::ordered_json units = nlohmann::ordered_json::object();
    for (const UnitName& unit : units_of(dimension)) {
      units[unit.name] = unit.multiply / unit.divide;
    }
    json[dimension_name(dimension)] = {
        {"example", example_of(dimension)}, {"unit", unit_of(dimension)}, {"units", std::move(units)}};
  }
  return json.dump(2) + "\n";
}

}  // namespace idlewatt
