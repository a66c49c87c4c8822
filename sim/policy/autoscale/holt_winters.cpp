#include "policy/autoscale/holt_winters.hpp"

#include <algorithm>
#include <numeric>

namespace idlewatt {

HoltWinters::HoltWinters(const HoltWintersWeights& weights, std::int64_t day, std::int64_t week)
    : weights_(weights), day_(static_cast<std::size_t>(day), 0.0), week_(static_cast<std::size_t>(week), 0.0) {}

double& HoltWinters::at(std::vector<double>& season, std::int64_t time) {
  return season[static_cast<std::size_t>(time) % season.size()];
}

void HoltWinters::add(double x) {
  const std::int64_t time = seen_++;
  last_ = x;
  const auto day = static_cast<std::int64_t>(day_.size());
  const auto week = static_cast<std::int64_t>(week_.size());
  if (time < week) {
    first_week_.push_back(x);
  }
  if (seen_ == day || seen_ == week) {
    start_from(seen_);
  } else if (seen_ > day) {
    double& of_day = at(day_, time);
    double& of_week = at(week_, time);
    const double before = level_;
    level_ = weights_.level * (x - of_day - of_week) + (1.0 - weights_.level) * (level_ + trend_);
    trend_ = weights_.trend * (level_ - before) + (1.0 - weights_.trend) * trend_;
    const double day_before = of_day;
    of_day = weights_.day * (x - level_ - of_week) + (1.0 - weights_.day) * of_day;
    if (time >= week) {  // the first week is still being collected
      of_week = weights_.week * (x - level_ - day_before) + (1.0 - weights_.week) * of_week;
    }
  }
  if (seen_ == week) {
    first_week_ = {};
  }
}

/// Level and seasons from the first day, or from the first week: whole days.
void HoltWinters::start_from(std::int64_t values) {
  level_ = std::accumulate(first_week_.begin(), first_week_.end(), 0.0) / static_cast<double>(values);
  trend_ = 0.0;
  const double days = static_cast<double>(values) / static_cast<double>(day_.size());
  std::fill(day_.begin(), day_.end(), 0.0);
  for (std::int64_t time = 0; time < values; ++time) {
    at(day_, time) += (first_week_[static_cast<std::size_t>(time)] - level_) / days;
  }
  if (values == static_cast<std::int64_t>(week_.size())) {
    for (std::int64_t time = 0; time < values; ++time) {
      at(week_, time) = first_week_[static_cast<std::size_t>(time)] - level_ - at(day_, time);
    }
  }
}

double HoltWinters::forecast(std::int64_t steps) const {
  const auto of = [&](const std::vector<double>& season) {
    return season[static_cast<std::size_t>(seen_ - 1 + steps) % season.size()];
  };
  if (seen_ < static_cast<std::int64_t>(day_.size())) {
    return last_;
  }
  return std::max(0.0, level_ + static_cast<double>(steps) * trend_ + of(day_) + of(week_));
}

}  // namespace idlewatt
