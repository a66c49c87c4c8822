#include "policy/idle/rest.hpp"

#include <algorithm>

namespace idlewatt {

ParameterSpec rest_parameter() {
  return {
      "rest",
      Dimension::number,
      0,
      0,
      2,
      "sleep: weights go to host memory; unload: the engine stops; off: and servers left without replicas shut down",
      {"sleep", "unload", "off"}};
}

Rest rest_of(const Parameters& parameters) {
  return static_cast<Rest>(parameters.get_int("rest"));
}

ParameterSpec wake_above_parameter() {
  return {"wake_above", Dimension::number,
          16,           0,
          1e9,          "wakes one more replica when the awake ones have more requests each, waiting and running"};
}

Ticks break_even(const RestCost& cost) {
  // A year is longer than any run waits.
  constexpr double kLongest = 3.2e7;
  if (cost.saved_w <= 0.0 || cost.restart_j > kLongest * cost.saved_w) {
    return kNever;
  }
  return to_ticks(std::max(cost.restart_j / cost.saved_w, 0.0));
}

}  // namespace idlewatt
