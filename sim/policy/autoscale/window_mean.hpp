// The mean of a signal over a window that ends now, computed from the signal's means over the intervals between looks;
// also the largest and the smallest of these means.
#pragma once

#include <algorithm>
#include <deque>

#include "base/ticks.hpp"

namespace idlewatt {

class WindowMean {
 public:
  explicit WindowMean(Ticks window) : window_(window) {}

  /// Adds the mean of the signal over the interval from `from` to `until`.
  void add(Ticks from, Ticks until, double mean) {
    if (until > from) {
      intervals_.push_back({from, until, mean});
    }
    while (!intervals_.empty() && intervals_.front().until <= until - window_) {
      intervals_.pop_front();
    }
  }

  /// The mean over the window that ends with the last interval; while less has been seen, the mean over all that was
  /// seen. 0 before the first interval.
  double value() const {
    if (intervals_.empty()) {
      return 0.0;
    }
    const Ticks begin = std::max(intervals_.back().until - window_, intervals_.front().from);
    double sum = 0.0;
    for (const Interval& interval : intervals_) {
      sum += interval.mean * to_seconds(interval.until - std::max(interval.from, begin));
    }
    return sum / to_seconds(intervals_.back().until - begin);
  }

  double largest() const {
    const auto found = std::max_element(intervals_.begin(), intervals_.end(), by_mean);
    return found == intervals_.end() ? 0.0 : found->mean;
  }
  double smallest() const {
    const auto found = std::min_element(intervals_.begin(), intervals_.end(), by_mean);
    return found == intervals_.end() ? 0.0 : found->mean;
  }

 private:
  struct Interval {
    Ticks from = 0;
    Ticks until = 0;
    double mean = 0.0;
  };
  static bool by_mean(const Interval& a, const Interval& b) { return a.mean < b.mean; }

  Ticks window_;
  std::deque<Interval> intervals_;
};

}  // namespace idlewatt
