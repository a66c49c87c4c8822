// Timetables: how they are written, and the policy that keeps them.
#include <string>

#include "policy/schedule.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kMonday = 1'704'067'200;  // 2024-01-01T00:00:00Z
constexpr std::int64_t kHour = 3600;

std::string read_back(const std::string& text) {
  std::string problem;
  const auto time = parse_week_time(text, problem);
  return time ? week_time_text(*time) : problem;
}

ScheduleEntry entry(const std::string& at, std::int32_t replicas) {
  std::string problem;
  return {parse_week_time(at, problem).value(), replicas};
}

}  // namespace

TEST_CASE("Times of the week are written as they are read", "[scheduled]") {
  for (const char* text : {"08:00", "mon 00:00", "mon-fri 08:00", "sat,sun 23:59", "mon,wed-fri,sun 12:30:15"}) {
    CHECK(read_back(text) == text);
  }
  CHECK(read_back("mon,tue,wed 08:00:00") == "mon-wed 08:00");
  CHECK(read_back("sat-mon 08:00") == "mon,sat,sun 08:00");  // over the week's end
  CHECK(read_back("mon-sun 08:00") == "08:00");
  const std::string expected = "expected days and a time such as `mon-fri 08:00`, `sat,sun 10:30` or `22:00`";
  for (const char* text : {"", "8:00", "24:00", "08:60", "08.00", "08:00:60", "+8:00", "08:0x", "08:00 "}) {
    INFO(text);
    CHECK(read_back(text).find("`") != std::string::npos);
  }
  CHECK(read_back("8:00") == "`8:00` is no time of day; " + expected);
  CHECK(read_back("mon-fri 25:00") == "`25:00` is no time of day; " + expected);
  CHECK(read_back("mon-fir 08:00") ==
        "`fir` is no day of the week; expected one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`; did you mean "
        "`fri`?");
  CHECK(read_back("mon, 08:00").find("`` is no day of the week") == 0);
}

TEST_CASE("A plan holds from one entry to the next, over and over", "[scheduled]") {
  const WeekPlan plan({entry("mon-fri 20:00", 2), entry("mon-fri 08:00", 8), entry("sat 10:00", 4)});
  CHECK(plan.replicas_at(kMonday) == 4);  // since Saturday
  CHECK(plan.seconds_to_next(kMonday) == 8 * kHour);
  CHECK(plan.replicas_at(kMonday + 8 * kHour - 1) == 4);
  CHECK(plan.replicas_at(kMonday + 8 * kHour) == 8);
  CHECK(plan.seconds_to_next(kMonday + 8 * kHour) == 12 * kHour);
  CHECK(plan.replicas_at(kMonday + 31 * kHour) == 2);   // Tuesday 07:00
  CHECK(plan.replicas_at(kMonday + 33 * kHour) == 8);   // Tuesday 09:00
  CHECK(plan.replicas_at(kMonday + 129 * kHour) == 2);  // Saturday 09:00
  CHECK(plan.replicas_at(kMonday + 131 * kHour) == 4);
  CHECK(plan.seconds_to_next(kMonday + 131 * kHour) == 45 * kHour);  // to Monday 08:00
  CHECK(plan.replicas_at(kMonday + 7 * 24 * kHour + 9 * kHour) == 8);
  CHECK(plan.replicas_at(-3 * 24 * kHour + 9 * kHour) == 8);  // a Monday before 1970
}

TEST_CASE("A moment that two entries name is found", "[scheduled]") {
  CHECK_FALSE(moment_named_twice({entry("mon-fri 08:00", 1), entry("sat,sun 08:00", 2)}));
  CHECK(moment_named_twice({entry("mon-fri 08:00", 1), entry("fri,sat 08:00", 2)}) == 4 * 24 * kHour + 8 * kHour);
}

TEST_CASE("scheduled: asks to be woken at the next entry, its lead before", "[scheduled]") {
  const AutoscaleDeclaration declaration = declare_scheduled();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set_schedule("schedule", {entry("08:00", 8), entry("20:00", 3)});
  const auto look = [&](AutoscalePolicy& policy, double at_s) {
    return policy.decide({.now = to_ticks(at_s), .maximum = 9, .start_unix_s = kMonday + 6 * kHour});
  };
  const auto punctual = declaration.make(parameters);
  CHECK(look(*punctual, 0).replicas == 3);
  CHECK(look(*punctual, 0).wake_at == 2 * kHour * kTicksPerSecond);
  CHECK(look(*punctual, 2 * kHour).replicas == 8);
  CHECK(look(*punctual, 2 * kHour).wake_at == 14 * kHour * kTicksPerSecond);
  CHECK(look(*punctual, 0.25).wake_at == 2 * kHour * kTicksPerSecond);
  parameters.set("lead", 90.5);
  const auto early = declaration.make(parameters);
  CHECK(look(*early, 0).wake_at == to_ticks(2 * kHour - 90.5));
  CHECK(look(*early, 2 * kHour - 91).replicas == 3);
  CHECK(look(*early, 2 * kHour - 90.5).replicas == 8);
}

}  // namespace idlewatt
