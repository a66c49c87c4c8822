// KEDA's cron scaler: expressions, time zones, and what becomes of both.
#include <string>

#include "policy/autoscale/cron.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t k2024 = 1'704'067'200;  // Monday 1 January 2024, 00:00 UTC

CronExpression cron(const std::string& text) {
  std::string problem;
  const auto read = CronExpression::parse(text, problem);
  INFO(text << " " << problem);
  REQUIRE(read);
  return *read;
}

bool is_none(const std::string& text) {
  std::string problem;
  return !CronExpression::parse(text, problem) && !problem.empty();
}

bool fires(const std::string& text, std::int64_t unix_s) {
  return cron(text).fires_at(local_time({}, unix_s));
}

}  // namespace

TEST_CASE("keda cron: fields of an expression", "[keda]") {
  CHECK(fires("0 8 * * 1-5", k2024 + 8 * kHour));
  CHECK_FALSE(fires("0 8 * * 1-5", k2024 + 9 * kHour));
  CHECK_FALSE(fires("0 8 * * 1-5", k2024 + 5 * kDay + 8 * kHour));  // Saturday
  CHECK(fires("0 8 * * MON,sat", k2024 + 5 * kDay + 8 * kHour));
  CHECK(fires("*/15 * * * *", k2024 + 45 * 60));
  CHECK_FALSE(fires("*/15 * * * *", k2024 + 46 * 60));
  CHECK(fires("10/20 * * * *", k2024 + 50 * 60));
  CHECK(fires("0 0 29 feb ?", k2024 + 59 * kDay));
  CHECK(fires("0 0 1 * 0", k2024));  // the first, or a Sunday
  CHECK(fires("0 0 1 * 0", k2024 + 6 * kDay));
  CHECK_FALSE(fires("0 0 1 * 0", k2024 + 5 * kDay));
  for (const char* text : {"", "0 8 * *", "0 8 * * 1-5 2", "60 8 * * *", "0 24 * * *", "0 8 * * 5-1", "0 8 * * mondays",
                           "0/0 * * * *", "a * * * *", "-1 * * * *"}) {
    CHECK(is_none(text));
  }
}

TEST_CASE("keda cron: by the wall clock of a zone, summer and winter", "[keda]") {
  const CronWindow berlin{
      .zone = *find_time_zone("Europe/Berlin"), .start = cron("0 8 * * *"), .end = cron("0 20 * * *"), .replicas = 5};
  CHECK_FALSE(berlin.state(k2024 + 7 * kHour - 1).active);
  CHECK(berlin.state(k2024 + 7 * kHour).active);
  const std::int64_t june = k2024 + 160 * kDay;
  CHECK_FALSE(berlin.state(june + 6 * kHour - 1).active);
  CHECK(berlin.state(june + 6 * kHour).active);
}

TEST_CASE("keda cron: inside the window the next end comes first", "[keda]") {
  const CronWindow weekdays{.zone = {}, .start = cron("0 8 * * 1-5"), .end = cron("0 20 * * 1-5"), .replicas = 5};
  const auto active = [&](const CronWindow& window, std::int64_t at) { return window.state(at).active; };
  CHECK_FALSE(active(weekdays, k2024 + 8 * kHour - 1));
  CHECK(active(weekdays, k2024 + 8 * kHour));
  CHECK(active(weekdays, k2024 + 20 * kHour - 1));
  CHECK_FALSE(active(weekdays, k2024 + 20 * kHour));
  CHECK_FALSE(active(weekdays, k2024 + 5 * kDay + 12 * kHour));
  CHECK(weekdays.state(k2024 + 12 * kHour).until_unix_s == k2024 + 20 * kHour);
  CHECK(weekdays.state(k2024 + 4 * kDay + 21 * kHour).until_unix_s == k2024 + 7 * kDay + 8 * kHour);
  // Where they do not take turns, the next one decides: on Saturday the start of Sunday comes before the end of Monday.
  const CronWindow odd{.zone = {}, .start = cron("0 8 * * *"), .end = cron("0 20 * * 1-5"), .replicas = 5};
  CHECK_FALSE(active(odd, k2024 + 5 * kDay + 12 * kHour));
  const CronWindow never{.zone = {}, .start = cron("0 0 30 2 *"), .end = cron("0 0 31 2 *"), .replicas = 5};
  CHECK_FALSE(active(never, k2024));
}

}  // namespace idlewatt
