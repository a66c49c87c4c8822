#include <algorithm>
#include <cstddef>

#include "traffic/generator.hpp"

namespace idlewatt {

double QuantileTable::at(double p) const {
  const auto above = std::upper_bound(probability.begin(), probability.end(), p);
  if (above == probability.end()) {
    return value.back();
  }
  if (above == probability.begin()) {
    return value.front();
  }
  const auto right = static_cast<std::size_t>(above - probability.begin());
  const double share = (p - probability[right - 1]) / (probability[right] - probability[right - 1]);
  return value[right - 1] + share * (value[right] - value[right - 1]);
}

double QuantileTable::mean() const {
  double sum = 0.0;
  for (std::size_t i = 1; i < value.size(); ++i) {
    sum += (probability[i] - probability[i - 1]) * (value[i] + value[i - 1]) / 2.0;
  }
  return sum;
}

}  // namespace idlewatt
