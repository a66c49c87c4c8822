#include "scenario/read_duration.hpp"

#include <string>

namespace idlewatt {

Ticks read_duration(const Fields& fields, std::string_view key, double maximum_s) {
  const Ticks ticks = to_ticks(fields.quantity(key, Dimension::time, {.maximum = maximum_s, .above_zero = true}));
  if (ticks == 0) {
    const YamlNode& node = *fields.find(key);
    fail(node.place, "`" + std::string(key) + "`: `" + node.scalar +
                         "` is shorter than 10 ps, the least that simulated time can tell apart; expected more");
  }
  return ticks;
}

}  // namespace idlewatt
