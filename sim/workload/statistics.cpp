#include "workload/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace idlewatt {
namespace {

// Below 2^8 each length has its bin; each octave above has 2^7 of them.
constexpr int kExactBits = 8;
constexpr std::uint32_t kBinsPerOctave = 1U << (kExactBits - 1);
constexpr std::size_t kBins = (1U << kExactBits) + (31 - kExactBits) * kBinsPerOctave;

std::size_t bin_of(std::uint32_t tokens) {
  const int shift = std::max(static_cast<int>(std::bit_width(tokens)) - kExactBits, 0);
  return static_cast<std::size_t>(shift) * kBinsPerOctave + (tokens >> shift);
}

double middle_of(std::size_t bin) {
  if (bin < (1U << kExactBits)) {
    return static_cast<double>(bin);
  }
  const int shift = static_cast<int>(bin / kBinsPerOctave) - 1;
  const auto first = static_cast<double>(bin % kBinsPerOctave + kBinsPerOctave) * std::ldexp(1.0, shift);
  return first + (std::ldexp(1.0, shift) - 1.0) / 2.0;
}

}  // namespace

TokenHistogram::TokenHistogram() : bins_(kBins) {}

void TokenHistogram::add(std::int32_t tokens) {
  ++bins_[bin_of(static_cast<std::uint32_t>(tokens))];
  ++count_;
  sum_ += tokens;
}

double TokenHistogram::mean() const {
  return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

double TokenHistogram::quantile(double p) const {
  const auto rank = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(p * static_cast<double>(count_))), 1,
                                             std::max<std::int64_t>(count_, 1));
  std::int64_t below = 0;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    below += bins_[bin];
    if (below >= rank) {
      return middle_of(bin);
    }
  }
  return 0.0;
}

void TrafficStatistics::add(const Query& query) {
  for (Windows& windows : windows_) {
    const std::int64_t index = query.arrival / windows.width;
    windows.count = index == windows.index ? windows.count + 1 : 1;
    windows.index = index;
    windows.most = std::max(windows.most, windows.count);
  }
  last_arrival_ = query.arrival;
  prompt_tokens_.add(query.prompt_tokens);
  output_tokens_.add(query.output_tokens);
}

double TrafficStatistics::mean_rate_rps(Ticks duration) const {
  return duration > 0 ? static_cast<double>(count()) / to_seconds(duration) : 0.0;
}

double TrafficStatistics::peak_to_mean(std::size_t windows, Ticks duration) const {
  const double mean = mean_rate_rps(duration) * to_seconds(windows_[windows].width);
  return mean > 0.0 ? static_cast<double>(windows_[windows].most) / mean : 0.0;
}

}  // namespace idlewatt
