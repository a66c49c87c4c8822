#include "scenario/yaml/read_duration.hpp"

#include <fmt/core.h>
#include <string>

namespace idlewatt {

namespace {

Ticks some_ticks(double seconds, const YamlNode& node, std::string_view key) {
  const Ticks ticks = to_ticks(seconds);
  if (ticks == 0) {
    fail(node.place,
         fmt::format("`{}`: `{}` is shorter than 10 ps, the least that simulated time can tell apart; expected more",
                     key, node.scalar));
  }
  return ticks;
}

}  // namespace

Ticks read_duration(const Section& section, std::string_view key) {
  return some_ticks(section.quantity(key), section.at(key), key);
}

}  // namespace idlewatt
