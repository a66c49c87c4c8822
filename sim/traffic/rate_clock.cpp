#include "traffic/rate_clock.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace idlewatt {
namespace {

constexpr double kHourS = 3600.0;
constexpr std::size_t kHoursPerDay = 24;

double ticks_of(double seconds) {
  return seconds * static_cast<double>(kTicksPerSecond);
}

/// The relative rates at the middles of the hours of a day or a week.
std::vector<double> hours_of(const GeneratedTraffic& traffic) {
  if (!traffic.week_profile.empty()) {
    return traffic.week_profile;
  }
  if (traffic.day_factors.empty()) {
    return traffic.hour_profile;
  }
  std::vector<double> week;
  for (const double day : traffic.day_factors) {
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      week.push_back(day * (traffic.hour_profile.empty() ? 1.0 : traffic.hour_profile[hour]));
    }
  }
  return week;
}

/// One piece of a table's rate: from `from` to `to`, linear from `left` to `right`.
struct Piece {
  double from = 0.0;
  double to = 0.0;
  double left = 0.0;
  double right = 0.0;
};

/// The table's rate from 0 to `end_s`.
std::vector<Piece> pieces_of(const RateTable& table, double end_s) {
  std::vector<Piece> pieces;
  const auto add = [&](const Piece& piece) {
    if (piece.to > piece.from) {
      pieces.push_back(piece);
    }
  };
  add({0.0, std::min(table.t_s.front(), end_s), table.rate_rps.front(), table.rate_rps.front()});
  for (std::size_t i = 0; i + 1 < table.t_s.size() && table.t_s[i] < end_s; ++i) {
    Piece piece{table.t_s[i], table.t_s[i + 1], table.rate_rps[i], table.rate_rps[table.stepwise ? i : i + 1]};
    if (piece.to > end_s) {
      const double share = (end_s - piece.from) / (piece.to - piece.from);
      piece.right = piece.left + share * (piece.right - piece.left);
      piece.to = end_s;
    }
    add(piece);
  }
  add({table.t_s.back(), end_s, table.rate_rps.back(), table.rate_rps.back()});
  return pieces;
}

}  // namespace

double mean_rate_rps(const RateTable& table, double duration_s) {
  double integral = 0.0;
  for (const Piece& piece : pieces_of(table, duration_s)) {
    integral += (piece.to - piece.from) * (piece.left + piece.right) / 2.0;
  }
  return integral / duration_s;
}

RateClock::RateClock(const GeneratedTraffic& traffic, double scale, std::uint64_t seed)
    : random_(seed, traffic.name + "/on-off") {
  const double mean_rps = traffic.mean_rate_rps * scale;
  if (traffic.rate_table.t_s.empty()) {
    const std::vector<double> hours = hours_of(traffic);
    use_profile(hours, mean_rps);
    follow(hours.empty() ? LocalClock{} : traffic.clock, traffic.duration_s);
  } else {
    use_table(traffic.rate_table, mean_rps, traffic.duration_s);
  }
  const OnOff& on_off = traffic.on_off;
  if (on_off.on_s > 0.0) {
    switched_ = true;
    on_s_ = on_off.on_s;
    off_s_ = on_off.off_s;
    on_factor_ = (on_s_ + off_s_) / (on_s_ + off_s_ * on_off.off_rate);
    off_factor_ = on_factor_ * on_off.off_rate;
    // As one finds it at an arbitrary time: the times are exponential, so what is left of one is as long as a whole
    // one.
    on_ = random_.uniform() * (on_s_ + off_s_) >= on_s_;
    switch_state();
  }
}

void RateClock::use_profile(const std::vector<double>& profile, double mean_rps) {
  const std::size_t hours = profile.empty() ? kHoursPerDay : profile.size();
  std::vector<double> middle_rps(hours, mean_rps);
  if (!profile.empty()) {
    // Each middle weighs one hour of the integral, so the mean over the day or week is the mean of the middles.
    const double mean = std::accumulate(profile.begin(), profile.end(), 0.0) / static_cast<double>(hours);
    std::transform(profile.begin(), profile.end(), middle_rps.begin(),
                   [&](double relative) { return mean_rps * relative / mean; });
  }
  for (std::size_t hour = 0; hour < hours; ++hour) {
    const double left = middle_rps[hour];
    const double right = middle_rps[(hour + 1) % hours];
    lines_.push_back({left, (right - left) / kHourS, kHourS, kTicksPerSecond * 3600});
  }
}

void RateClock::follow(const LocalClock& clock, double duration_s) {
  const LocalTime local = local_time(clock.zone, clock.start_unix_s);
  const auto lines = static_cast<std::int64_t>(lines_.size());
  const bool weekly = lines_.size() > kHoursPerDay;
  const std::int64_t second = local.second + (weekly ? local.weekday * std::int64_t{86400} : 0);
  // Lines lead from the middle of an hour to that of the next; midnight is half-way along the last one.
  const std::int64_t since_first = (second - 1800 + lines * 3600) % (lines * 3600);
  line_ = static_cast<std::size_t>(since_first / 3600);
  u_ = static_cast<double>(since_first % 3600);
  line_start_ = -(since_first % 3600) * kTicksPerSecond;
  const std::int64_t end = clock.start_unix_s + static_cast<std::int64_t>(std::ceil(duration_s));
  for (auto at = next_clock_change(clock.zone, clock.start_unix_s); at && *at < end;
       at = next_clock_change(clock.zone, *at)) {
    const std::int32_t by_s = utc_offset_s(clock.zone, *at) - utc_offset_s(clock.zone, *at - 1);
    changes_.push_back({.at = (*at - clock.start_unix_s) * kTicksPerSecond, .lines = by_s / 3600});
  }
}

bool RateClock::change_cuts_line() const {
  return next_change_ < changes_.size() && changes_[next_change_].at < line_start_ + lines_[line_].length;
}

double RateClock::line_length_s() const {
  return change_cuts_line() ? to_seconds(changes_[next_change_].at - line_start_) : lines_[line_].length_s;
}

void RateClock::use_table(const RateTable& table, double mean_rps, double duration_s) {
  const double mean = mean_rate_rps(table, duration_s);
  const double factor = mean > 0.0 ? mean_rps / mean : 0.0;
  Ticks start = 0;
  for (const Piece& piece : pieces_of(table, duration_s)) {
    const Ticks end = to_ticks(piece.to);
    const double length_s = piece.to - piece.from;
    lines_.push_back({factor * piece.left, factor * (piece.right - piece.left) / length_s, length_s, end - start});
    start = end;
  }
}

Ticks RateClock::now() const {
  return line_start_ + static_cast<Ticks>(ticks_of(u_) + 0.5);
}

bool RateClock::begin_next_line(Ticks end) {
  if (change_cuts_line()) {
    const ClockChange& change = changes_[next_change_++];
    const auto lines = static_cast<std::int64_t>(lines_.size());
    u_ = to_seconds(change.at - line_start_);
    line_ = static_cast<std::size_t>((static_cast<std::int64_t>(line_) + lines + change.lines) % lines);
    return change.at < end;
  }
  u_ = 0.0;
  line_start_ += lines_[line_].length;
  line_ = line_ + 1 < lines_.size() ? line_ + 1 : 0;
  return line_start_ < end;
}

Ticks RateClock::next(double area, Ticks end) {
  if (switched_) {
    return next_switched(area, end);
  }
  for (;;) {
    const Line& line = lines_[line_];
    const double length = line_length_s();
    const double rate = std::max(0.0, line.a + line.b * u_);
    // Solves rate x + b x^2 / 2 = area; this form of the root does not cancel, and holds for b = 0.
    const double root = rate * rate + 2.0 * line.b * area;
    if (root > 0.0) {
      const double reached = u_ + 2.0 * area / (rate + std::sqrt(root));
      if (reached < length) {
        u_ = reached;
        const Ticks arrival = now();
        return arrival < end ? arrival : kNever;
      }
    }
    area -= (length - u_) * (rate + line.b * (length - u_) / 2.0);
    area = std::max(area, 0.0);
    if (!begin_next_line(end)) {
      return kNever;
    }
  }
}

Ticks RateClock::next_switched(double area, Ticks end) {
  for (;;) {
    const Line& line = lines_[line_];
    const double length = line_length_s();
    const double factor = on_ ? on_factor_ : off_factor_;
    const double rate = factor * std::max(0.0, line.a + line.b * u_);
    const double slope = factor * line.b;
    const bool state_ends = state_left_s_ < length - u_;
    const double limit = state_ends ? state_left_s_ : length - u_;
    const double root = rate * rate + 2.0 * slope * area;
    if (rate + std::max(root, 0.0) > 0.0 && root >= 0.0) {
      const double step = 2.0 * area / (rate + std::sqrt(root));
      if (step < limit) {
        u_ += step;
        state_left_s_ -= step;
        const Ticks arrival = now();
        return arrival < end ? arrival : kNever;
      }
    }
    area = std::max(area - limit * (rate + slope * limit / 2.0), 0.0);
    if (state_ends) {
      u_ += limit;
      switch_state();
      if (now() >= end) {
        return kNever;
      }
    } else {
      state_left_s_ -= limit;
      if (!begin_next_line(end)) {
        return kNever;
      }
    }
  }
}

void RateClock::switch_state() {
  on_ = !on_;
  state_left_s_ = random_.exponential() * (on_ ? on_s_ : off_s_);
}

}  // namespace idlewatt
