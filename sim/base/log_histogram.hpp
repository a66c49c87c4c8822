// Quantiles of whole numbers of any size in constant memory, with a stated error.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace idlewatt {

/// Counts values in bins. Values below 256 have a bin each. Above, each power of two is cut into 128 bins of equal
/// width, so that the middle of a bin is within 0.4 % (1/256) of every value in the bin. The order of additions and
/// merges does not change the counts.
class LogHistogram {
 public:
  static constexpr double kRelativeError = 1.0 / 256.0;

  /// Requires value >= 0.
  void add(std::int64_t value) {
    const std::size_t bin = bin_of(value);
    if (bin >= bins_.size()) {
      bins_.resize(bin + 1, 0);
    }
    ++bins_[bin];
    ++count_;
  }

  std::int64_t count() const { return count_; }

  /// Calls `f(lowest value of the bin, its count)` for each bin that is not empty, ascending.
  template <class F>
  void for_each(F f) const {
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
      if (bins_[bin] > 0) {
        f(lowest(bin), bins_[bin]);
      }
    }
  }

  /// The `p` quantile, 0 <= p <= 1: the smallest value such that at least p x count values are no larger, within
  /// kRelativeError. NaN without values.
  double quantile(double p) const {
    if (count_ == 0) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    const auto wanted =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(p * static_cast<double>(count_))));
    std::int64_t seen = 0;
    std::size_t bin = 0;
    while ((seen += bins_[bin]) < wanted) {
      ++bin;
    }
    return middle(bin);
  }

 private:
  static std::size_t bin_of(std::int64_t value) {
    const auto v = static_cast<std::uint64_t>(value);
    if (v < 256) {
      return static_cast<std::size_t>(v);
    }
    const auto shift = static_cast<unsigned>(std::bit_width(v)) - 8U;  // keeps the top 8 bits, the first of them 1
    return static_cast<std::size_t>(256 + (shift - 1) * 128 + ((v >> shift) - 128));
  }

  static std::int64_t lowest(std::size_t bin) {
    return bin < 256 ? static_cast<std::int64_t>(bin)
                     : static_cast<std::int64_t>(((bin - 256) % 128 + 128) << ((bin - 256) / 128 + 1));
  }

  static double middle(std::size_t bin) {
    if (bin < 256) {
      return static_cast<double>(bin);
    }
    const std::size_t shift = (bin - 256) / 128 + 1;
    const auto top = static_cast<double>((bin - 256) % 128 + 128);
    return std::ldexp(top + 0.5, static_cast<int>(shift));
  }

  std::vector<std::int64_t> bins_;
  std::int64_t count_ = 0;
};

}  // namespace idlewatt
