#include "cli/text/readable.hpp"

#include <cmath>
#include <vector>

#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

/// From the largest to the smallest; the last one takes what is left.
std::vector<ReadableUnit> units_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::number:
    case Dimension::count:
      return {{"billion", 1e9}, {"million", 1e6}, {"", 1.0}};
    case Dimension::share:
      return {{"%", 0.01}};
    case Dimension::time:
      return {{"d", 86400.0}, {"h", 3600.0}, {"min", 60.0}, {"s", 1.0}, {"ms", 1e-3}, {"us", 1e-6}};
    case Dimension::bytes:
      return {{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1.0}};
    case Dimension::bandwidth:
      return {{"TB/s", 1e12}, {"GB/s", 1e9}, {"MB/s", 1e6}, {"kB/s", 1e3}, {"B/s", 1.0}};
    case Dimension::power:
      return {{"W", 1.0}};
    case Dimension::rate:
      return {{"/s", 1.0}};
    case Dimension::flops:
      return {{"TFLOPS", 1e12}};
    case Dimension::energy_per_byte:
      return {{"pJ/B", 1e-12}};
    case Dimension::energy_per_flop:
      return {{"pJ/FLOP", 1e-12}};
    case Dimension::frequency:
      return {{"MHz", 1e6}};
    case Dimension::energy:
      return {{"MWh", 1.0}, {"kWh", 1e-3}, {"Wh", 1e-6}};
    case Dimension::price_per_energy:
    case Dimension::price_per_time:
    case Dimension::carbon_intensity:
    case Dimension::money:
    case Dimension::price_per_power:
    case Dimension::price_per_mass:
    case Dimension::mass:
    case Dimension::water:
      break;
  }
  return {{unit_of(dimension), 1.0}};
}

bool is_round(double value) {
  const double tenths = value * 10.0;
  return std::abs(tenths - std::round(tenths)) < 1e-9 * tenths;
}

}  // namespace

ReadableUnit readable_unit(double value, Dimension dimension) {
  const std::vector<ReadableUnit> units = units_of(dimension);
  if (value == 0.0) {
    return dimension == Dimension::time ? ReadableUnit{"s", 1.0} : units.back();
  }
  for (const ReadableUnit& unit : units) {
    const bool calendar = dimension == Dimension::time && unit.one > 1.0;
    const bool count = dimension == Dimension::count && unit.one > 1.0;  // 128,256 and 2,000,000 are read as they are
    if (std::abs(value) >= unit.one && !count && (!calendar || is_round(value / unit.one))) {
      return unit;
    }
  }
  return units.back();
}

std::string readable(double value, Dimension dimension, int digits) {
  const ReadableUnit unit = readable_unit(value, dimension);
  const std::string number = compact(value / unit.one, digits);
  return unit.name.empty() ? number : number + " " + unit.name;
}

std::string readable_kind(Dimension dimension) {
  const std::string text = expected(dimension);
  return text.substr(0, text.find(" such as"));
}

}  // namespace idlewatt
