#include "traffic/token_sampler.hpp"

namespace idlewatt {

TokenTable::TokenTable(const QuantileTable& table) {
  for (std::size_t i = 1; i < table.value.size(); ++i) {
    const double width = table.probability[i] - table.probability[i - 1];
    segments_.push_back({table.probability[i - 1], table.probability[i], table.value[i - 1],
                         (table.value[i] - table.value[i - 1]) / width});
  }
  std::uint32_t segment = 0;
  for (std::size_t i = 0; i < kGuide; ++i) {
    while (segments_[segment].end <= static_cast<double>(i) / kGuide) {
      ++segment;
    }
    guide_[i] = segment;
  }
}

}  // namespace idlewatt
