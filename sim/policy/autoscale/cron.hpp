// A window of time that repeats, as KEDA's cron scaler has it: from each time of one cron expression to the next of
// another, in the wall clock of a time zone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.hpp"

namespace idlewatt {

/// A cron expression of five fields, as robfig/cron reads it: numbers, names, lists, ranges, steps, `*`, `?`. Where
/// both days are restricted, one of the two will do.
class CronExpression {
 public:
  /// Nothing, with `problem` set to "what is wrong; expected what", when `text` is none.
  static std::optional<CronExpression> parse(std::string_view text, std::string& problem);

  /// Whether it fires in this minute of the wall clock.
  bool fires_at(const LocalTime& minute) const;

 private:
  std::array<bool, 60> minutes_{};
  std::array<bool, 24> hours_{};
  std::array<bool, 32> days_{};
  std::array<bool, 13> months_{};
  std::array<bool, 7> weekdays_{};  ///< from Sunday
  bool any_day_ = false;
  bool any_weekday_ = false;
};

/// KEDA's cron trigger.
struct CronWindow {
  TimeZone zone = {};
  CronExpression start;
  CronExpression end;
  std::int32_t replicas = 0;

  struct State {
    bool active = false;
    std::int64_t until_unix_s = 0;  ///< holds before this
  };
  /// As KEDA decides it: inside the window when the next end does not come after the next start. A time at which one of
  /// them fires is already past it.
  State state(std::int64_t unix_s) const;
};

}  // namespace idlewatt
