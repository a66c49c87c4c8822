// Draws token counts from a quantile table in a few nanoseconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// The inverse CDF of a QuantileTable, rounded to whole tokens, at least 1. A guide table (Chen and Asau, 1974) finds
/// the segment in about one step, however many quantiles there are.
class TokenTable {
 public:
  /// Requires a valid table with values up to 2^31 - 2.
  explicit TokenTable(const QuantileTable& table);

  /// The tokens at the probability `p`, 0 <= p < 1.
  std::int32_t at(double p) const {
    const Segment* segment = &segments_[guide_[static_cast<std::size_t>(p * kGuide)]];
    while (p >= segment->end) {
      ++segment;
    }
    const double tokens = segment->start_value + segment->slope * (p - segment->start);
    return tokens < 1.0 ? 1 : static_cast<std::int32_t>(tokens + 0.5);
  }

 private:
  static constexpr std::size_t kGuide = 256;

  struct Segment {
    double start = 0.0;  // probabilities
    double end = 0.0;
    double start_value = 0.0;
    double slope = 0.0;
  };

  std::vector<Segment> segments_;
  std::array<std::uint32_t, kGuide> guide_{};  // the segment that holds i / kGuide
};

/// Draws token counts: the table at uniform draws.
class TokenSampler {
 public:
  /// Requires a valid table, as TokenTable does.
  TokenSampler(const QuantileTable& table, RandomStream random) : table_(table), random_(random) {}

  std::int32_t draw() { return table_.at(random_.uniform()); }

 private:
  TokenTable table_;
  RandomStream random_;
};

}  // namespace idlewatt
