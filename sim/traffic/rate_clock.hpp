// Time under a varying rate: the time until the integral of the rate has grown by a given amount.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/ticks.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// Follows the rate of a description: a profile that repeats each day or week of its clock, or a table, multiplied by
/// an on/off process. Where clocks are put forward or back, the profile follows them: an hour of the profile is left
/// out or comes twice.
///
/// The rate consists of lines, a + b u at u seconds from a line's start. Its integral a u + b u^2 / 2 is inverted
/// exactly. A process of unit rate that is mapped back through the integral has the wanted rate: a Poisson process
/// stays a Poisson process (Cinlar, Introduction to Stochastic Processes, 1975, chapter 4), and a renewal process keeps
/// its burstiness. Time is kept as whole lines plus seconds within a line, so that its resolution after a year is that
/// of the first day.
class RateClock {
 public:
  /// Requires a checked description. On and off times come from the stream "<name>/on-off" of `seed`.
  RateClock(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

  /// The time at which the integral has grown by `area` (at least 0) since the last call; kNever when that time is not
  /// before `end`.
  Ticks next(double area, Ticks end);

 private:
  struct Line {
    double a = 0.0;  // 1/s
    double b = 0.0;  // 1/s^2
    double length_s = 0.0;
    Ticks length = 0;
  };

  /// A change of the local clocks: the rate moves on by `lines` lines of the profile (1: forward, -1: back).
  struct ClockChange {
    Ticks at = 0;
    int lines = 0;
  };

  void use_profile(const std::vector<double>& profile, double mean_rps);
  void follow(const LocalClock& clock, double duration_s);
  void use_table(const RateTable& table, double mean_rps, double duration_s);
  Ticks next_switched(double area, Ticks end);
  bool change_cuts_line() const;
  double line_length_s() const;
  bool begin_next_line(Ticks end);
  void switch_state();
  Ticks now() const;

  std::vector<Line> lines_;
  std::size_t line_ = 0;
  Ticks line_start_ = 0;
  double u_ = 0.0;  // seconds from line_start_
  std::vector<ClockChange> changes_;
  std::size_t next_change_ = 0;

  bool switched_ = false;
  bool on_ = true;
  double on_s_ = 0.0;
  double off_s_ = 0.0;
  double on_factor_ = 1.0;
  double off_factor_ = 1.0;
  double state_left_s_ = 0.0;
  RandomStream random_;
};

/// The mean of the table's rate from 0 to `duration_s` > 0, in 1/s. Requires a checked table.
double mean_rate_rps(const RateTable& table, double duration_s);

}  // namespace idlewatt
