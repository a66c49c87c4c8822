#include "traffic/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idlewatt {
namespace {

constexpr std::size_t kMostKeys = 1'000'000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Ticks kHour = 3600 * kTicksPerSecond;

}  // namespace

bool KeyReuse::is_sampled(std::uint64_t key) const {
  // Keys may be numbers in a row, so they are mixed first (SplitMix64's finaliser).
  key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9U;
  key = (key ^ (key >> 27U)) * 0x94d049bb133111ebU;
  key ^= key >> 31U;
  return (key & ((std::uint64_t{1} << halvings_) - 1)) == 0;
}

void KeyReuse::add(std::uint64_t key) {
  ++count_;
  if (!is_sampled(key)) {
    return;
  }
  ++sampled_;
  ++uses_[key];
  while (uses_.size() > kMostKeys) {
    ++halvings_;
    std::erase_if(uses_, [this](const auto& entry) {
      const bool goes = !is_sampled(entry.first);
      sampled_ -= goes ? entry.second : 0;
      return goes;
    });
  }
}

double KeyReuse::repeat_rate() const {
  return sampled_ == 0 ? kNaN : 1.0 - static_cast<double>(uses_.size()) / static_cast<double>(sampled_);
}

void TrafficStatistics::add(const Request& request) {
  for (Windows& windows : windows_) {
    const std::int64_t index = request.arrival / windows.width;
    if (index != windows.index) {
      const auto closed = static_cast<double>(windows.count);
      windows.sum += closed;
      windows.sum_of_squares += closed * closed;
      windows.count = 0;
      windows.index = index;
    }
    ++windows.count;
    windows.most = std::max(windows.most, windows.count);
  }
  if (count() == 0) {
    first_arrival_ = request.arrival;
  } else {
    const double gap_s = to_seconds(request.arrival - last_arrival_);
    const double difference = gap_s - gap_mean_s_;
    gap_mean_s_ += difference / static_cast<double>(count());
    gap_squares_ += difference * (gap_s - gap_mean_s_);
  }
  last_arrival_ = request.arrival;
  ++by_hour_[static_cast<std::size_t>(request.arrival / kHour) % kHours];
  prompt_tokens_.add(request.prompt_tokens);
  output_tokens_.add(request.output_tokens);
  if (request.semantic_key != 0) {
    semantic_keys_.add(request.semantic_key);
  }
  if (request.session != 0) {
    sessions_.add(request.session);
  }
  waiting_ += request.wait ? 1 : 0;
  if (block_tokens_ == 0 && !request.prefix_blocks.empty()) {
    block_tokens_ = request.block_tokens;
  }
  for (const std::uint64_t block : request.prefix_blocks) {
    prefix_blocks_.add(block);
  }
}

double TokenHistogram::quantile(double p) const {
  if (count() == 0) {
    return 0.0;
  }
  if (p <= 0.0 || p >= 1.0) {
    return p <= 0.0 ? least_ : most_;
  }
  return std::clamp(histogram_.quantile(p), static_cast<double>(least_), static_cast<double>(most_));
}

double TrafficStatistics::mean_rate_rps(Ticks duration) const {
  return duration > 0 ? static_cast<double>(count()) / to_seconds(duration) : kNaN;
}

double TrafficStatistics::peak_to_mean(std::size_t windows, Ticks duration) const {
  if (duration < windows_[windows].width) {
    return kNaN;  // the mean over the window would be of more time than there is
  }
  const double mean = mean_rate_rps(duration) * to_seconds(windows_[windows].width);
  return mean == 0.0 ? 0.0 : static_cast<double>(windows_[windows].most) / mean;
}

double TrafficStatistics::gap_cv() const {
  const std::int64_t gaps = count() - 1;
  return gaps < 2 || gap_mean_s_ == 0.0 ? kNaN : std::sqrt(gap_squares_ / static_cast<double>(gaps - 1)) / gap_mean_s_;
}

double TrafficStatistics::dispersion_1min() const {
  // The sums lack the last arrival's minute, which may have been cut short; minutes without arrivals count as 0.
  const Windows& minutes = windows_.back();
  const auto whole = static_cast<double>(minutes.index);
  if (whole < 2.0 || minutes.sum == 0.0) {
    return kNaN;
  }
  const double mean = minutes.sum / whole;
  return (minutes.sum_of_squares - whole * mean * mean) / (whole - 1.0) / mean;
}

std::array<double, TrafficStatistics::kHours> TrafficStatistics::hour_rates_rps() const {
  std::array<double, kHours> rates{};
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    constexpr Ticks day = static_cast<Ticks>(kHours) * kHour;
    const Ticks begin = static_cast<Ticks>(hour) * kHour;
    const Ticks of_last_day = std::clamp<Ticks>(last_arrival_ % day - begin, 0, kHour);
    const Ticks covered = last_arrival_ / day * kHour + of_last_day;
    rates[hour] = covered > 0 ? static_cast<double>(by_hour_[hour]) / to_seconds(covered) : kNaN;
  }
  return rates;
}

}  // namespace idlewatt
