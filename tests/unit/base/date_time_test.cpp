// Dates and times as they are written, and what they mean where clocks change.
#include "base/date_time.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kNewYear2024 = 1'704'067'200;

std::int64_t unix_of(const char* text, const char* zone) {
  const auto time = parse_date_time(text);
  INFO(text);
  REQUIRE(time.has_value());
  std::string problem;
  const auto found = unix_time(find_time_zone(zone).value(), *time, problem);
  INFO(problem);
  REQUIRE(found.has_value());
  return *found;
}

std::string problem_of(const char* text, const char* zone) {
  std::string problem;
  const auto found = unix_time(find_time_zone(zone).value(), parse_date_time(text).value(), problem);
  CHECK_FALSE(found.has_value());
  return problem;
}

}  // namespace

TEST_CASE("date and time: a text without a zone is the place's, one with a zone is not") {
  CHECK(unix_of("2024-01-01", "UTC") == kNewYear2024);
  CHECK(unix_of("2024-01-01", "America/Los_Angeles") == kNewYear2024 + 8 * 3600);
  CHECK(unix_of("2024-07-01", "America/Los_Angeles") == 1'719'817'200);  // 07:00 UTC
  CHECK(unix_of("2024-01-01T08:00", "Europe/Berlin") == kNewYear2024 + 7 * 3600);
  CHECK(unix_of("2024-01-01T08:00Z", "Europe/Berlin") == kNewYear2024 + 8 * 3600);
  CHECK(unix_of("2024-01-01 08:00:30+02:00", "America/Los_Angeles") == kNewYear2024 + 6 * 3600 + 30);
  CHECK(unix_of("2024-01-01T08:00:00-0330", "UTC") == kNewYear2024 + 11 * 3600 + 1800);
  CHECK(unix_of("2024-01-01T08:00:00+02", "UTC") == kNewYear2024 + 6 * 3600);
  CHECK(parse_date_time("2024-01-01T00:00:00.25Z")->nanosecond == 250'000'000);
  CHECK_FALSE(parse_date_time("2024-01-01")->has_time);
}

TEST_CASE("date and time: what is none") {
  for (const char* text : {"", "2024", "2024-1-1", "2024-02-30", "2024-13-01", "2024-01-01T", "2024-01-01T8:00",
                           "2024-01-01T24:00", "2024-01-01T08:60", "2024-01-01T08:00:60", "2024-01-01T08:00:00.",
                           "2024-01-01T08:00+2", "2024-01-01T08:00+15:00", "2024-01-01Z", "2024-01-01T08:00 CET",
                           "01.01.2024", "2024-01-01T08:00Zx", " 2024-01-01"}) {
    INFO(text);
    CHECK_FALSE(parse_date_time(text).has_value());
  }
}

TEST_CASE("date and time: hours that clocks skip or show twice are not guessed") {
  CHECK(problem_of("2024-03-31T02:30", "Europe/Berlin").find("skip it") != std::string::npos);
  CHECK(problem_of("2024-10-27T02:30", "Europe/Berlin").find("show it twice") != std::string::npos);
  CHECK(problem_of("2024-10-27T02:30", "Europe/Berlin").find("2024-10-27 00:30 UTC or 2024-10-27 01:30 UTC") !=
        std::string::npos);
  CHECK(problem_of("2024-11-03T01:30", "America/New_York").find("show it twice") != std::string::npos);
  CHECK(problem_of("2024-03-10T02:30", "America/New_York").find("skip it") != std::string::npos);
  CHECK(unix_of("2024-10-27T03:00", "Europe/Berlin") - unix_of("2024-10-27T01:59", "Europe/Berlin") == 7260);
  CHECK(unix_of("2024-03-31T03:00", "Europe/Berlin") - unix_of("2024-03-31T01:59", "Europe/Berlin") == 60);
}

TEST_CASE("date and time: clocks change when they do, and say so") {
  const TimeZone berlin = find_time_zone("Europe/Berlin").value();
  const std::int64_t spring = 1'711'846'800;  // 2024-03-31 01:00 UTC
  CHECK(next_clock_change(berlin, kNewYear2024) == spring);
  CHECK(next_clock_change(berlin, spring) == 1'729'990'800);         // 2024-10-27 01:00 UTC
  CHECK(next_clock_change(berlin, 1'729'990'800) == 1'743'296'400);  // 2025-03-30 01:00 UTC
  CHECK_FALSE(next_clock_change({}, kNewYear2024).has_value());
  CHECK(utc_offset_s(berlin, spring - 1) == 3600);
  CHECK(utc_offset_s(berlin, spring) == 7200);
  CHECK(local_text(berlin, spring) == "Sun 2024-03-31 03:00 Europe/Berlin");
}

}  // namespace idlewatt
