// A repeated window of time, as in KEDA's cron scaler: from each time of one cron expression to the next time of
// another, in the local time of a time zone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.hpp"

namespace idlewatt {

/// A cron expression of five fields, as robfig/cron reads it: numbers, names, lists, ranges, steps, `*`, `?`. Where
/// both the day of the month and the day of the week are restricted, a day that matches either of them matches.
class CronExpression {
 public:
  /// Parses an expression. Returns nothing and sets `problem` to "what is wrong; expected what" when `text` is no cron
  /// expression.
  static std::optional<CronExpression> parse(std::string_view text, std::string& problem);

  /// True when the expression matches this minute of the local clock.
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
    std::int64_t until_unix_s = 0;  ///< the state holds until before this time
  };
  /// The state at a time, as KEDA decides it: active when the next end comes before the next start. A window that
  /// starts or ends exactly at `unix_s` counts as started or ended.
  State state(std::int64_t unix_s) const;
};

}  // namespace idlewatt
