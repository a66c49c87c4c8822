#include "sweep/highest_scale.hpp"

#include <cmath>

namespace idlewatt {

std::optional<ScaleLimit> highest_scale(const std::function<bool(double)>& meets) {
  constexpr double most = 1024.0;
  constexpr double least = 1.0 / 1024.0;
  constexpr double near = 1.01;
  double scale = 1.0;
  std::optional<double> met;
  std::optional<double> missed;
  while (!met || !missed) {
    if (meets(scale)) {
      met = scale;
      if (scale >= most) {
        return ScaleLimit{scale, std::nullopt};
      }
      scale *= 2.0;
    } else {
      missed = scale;
      if (scale <= least) {
        return std::nullopt;
      }
      scale = met ? scale : scale / 2.0;
    }
  }
  while (*missed > *met * near) {
    const double middle = std::sqrt(*met * *missed);
    (meets(middle) ? met : missed) = middle;
  }
  return ScaleLimit{*met, *missed};
}

}  // namespace idlewatt
