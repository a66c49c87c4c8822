// Local time: known instants, and the hours around the changes of clocks.
#include "base/time_zone.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kNewYear2023 = 1672531200;  // 2023-01-01T00:00:00Z, a Sunday
// 2023-03-26 is day 84 after New Year, 2023-10-29 day 301, 2023-03-12 day 70, 2023-11-05 day 308.
constexpr std::int64_t kEuropeForward = kNewYear2023 + 84 * 24 * kHour + kHour;
constexpr std::int64_t kEuropeBack = kNewYear2023 + 301 * 24 * kHour + kHour;

int hour(const TimeZone& zone, std::int64_t unix_s) {
  return local_time(zone, unix_s).second / 3600;
}

}  // namespace

TEST_CASE("time zone: UTC as the calendar has it") {
  const LocalTime time = local_time({}, kNewYear2023 + 13 * kHour + 61);
  CHECK(time.year == 2023);
  CHECK(time.month == 1);
  CHECK(time.day == 1);
  CHECK(time.weekday == 6);
  CHECK(time.second == 13 * 3600 + 61);
  CHECK(local_time({}, -1).year == 1969);
  CHECK(local_time({}, -1).second == 86399);
  CHECK(utc_text(kEuropeForward) == "2023-03-26 01:00 UTC");
  CHECK(days_in_month(2024, 2) == 29);
  CHECK(days_in_month(2023, 2) == 28);
}

TEST_CASE("time zone: clocks in Berlin leave out an hour in March and have one twice in October") {
  const TimeZone berlin = find_time_zone("Europe/Berlin").value();
  CHECK(hour(berlin, kEuropeForward - 1) == 1);
  CHECK(hour(berlin, kEuropeForward) == 3);
  CHECK(hour(berlin, kEuropeBack - 1) == 2);
  CHECK(hour(berlin, kEuropeBack) == 2);
  CHECK(hour(berlin, kEuropeBack + kHour) == 3);
  CHECK(hour(find_time_zone("Europe/London").value(), kEuropeForward) == 2);
}

TEST_CASE("time zone: clocks in Los Angeles change at two in the morning, local time") {
  const TimeZone la = find_time_zone("America/Los_Angeles").value();
  const std::int64_t forward = kNewYear2023 + 70 * 24 * kHour + 10 * kHour;  // 02:00 PST
  CHECK(hour(la, forward - 1) == 1);
  CHECK(hour(la, forward) == 3);
  const std::int64_t back = kNewYear2023 + 308 * 24 * kHour + 9 * kHour;  // 02:00 PDT
  CHECK(hour(la, back - 1) == 1);
  CHECK(hour(la, back) == 1);
  CHECK(hour(la, back + kHour) == 2);
  CHECK(local_time(la, kNewYear2023).day == 31);
  CHECK(hour(find_time_zone("America/Phoenix").value(), forward) == 3);  // Arizona has none: 10 - 7
  CHECK(hour(find_time_zone("America/Phoenix").value(), forward - 1) == 2);
}

TEST_CASE("time zone: fixed offsets, and words that are none") {
  CHECK(find_time_zone("UTC-8")->offset_s == -8 * 3600);
  CHECK(find_time_zone("UTC+05:30")->offset_s == 5 * 3600 + 1800);
  for (const char* wrong : {"", "PST", "UTC+", "UTC+25", "UTC+5:3", "UTC+05:10", "UTC 5", "europe/berlin"}) {
    INFO(wrong);
    CHECK_FALSE(find_time_zone(wrong));
  }
}

}  // namespace idlewatt
