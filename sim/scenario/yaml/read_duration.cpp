#include "scenario/yaml/read_duration.hpp"

#include <string>

namespace idlewatt {

namespace {

Ticks some_ticks(double seconds, const YamlNode& node, std::string_view key) {
  const Ticks ticks = to_ticks(seconds);
  if (ticks == 0) {
    fail(node.place, "`" + std::string(key) + "`: `" + node.scalar +
                         "` is shorter than 10 ps, the least that simulated time can tell apart; expected more");
  }
  return ticks;
}

}  // namespace

Ticks read_duration(const Section& section, std::string_view key) {
  return some_ticks(section.quantity(key), section.at(key), key);
}

Ticks read_duration(const Fields& fields, std::string_view key, double maximum_s) {
  const double seconds = fields.quantity(key, Dimension::time, {.maximum = maximum_s, .above_zero = true});
  return some_ticks(seconds, *fields.find(key), key);
}

}  // namespace idlewatt
