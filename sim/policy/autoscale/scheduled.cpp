// Autoscaling `scheduled`: replicas by the clock, as a cron job that scales a deployment. It looks at nothing else.
#include <algorithm>

#include "policy/autoscale/autoscale.hpp"
#include "policy/schedule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Scheduled final : public AutoscalePolicy {
 public:
  explicit Scheduled(const Parameters& p) : plan_(p.schedule("schedule")), lead_(to_ticks(p.get("lead"))) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    // Changes are due at whole seconds, the lead before them perhaps not.
    const Ticks ahead = view.now + lead_;
    const Ticks since_second = ahead % kTicksPerSecond;
    const std::int64_t unix_s = view.start_unix_s + ahead / kTicksPerSecond;
    const TimeZone zone = view.time_zone == nullptr ? TimeZone{} : *view.time_zone;
    const std::int64_t wall_s = unix_s + utc_offset_s(zone, unix_s);
    std::int64_t wait_s = plan_.seconds_to_next(wall_s);
    // Clocks that are put forward or back in between bring the next entry nearer, or take it further away.
    if (const auto change = next_clock_change(zone, unix_s)) {
      wait_s = std::min(wait_s, *change - unix_s);
    }
    return {.replicas = plan_.replicas_at(wall_s), .wake_at = view.now + wait_s * kTicksPerSecond - since_second};
  }

 private:
  WeekPlan plan_;
  Ticks lead_;
};

/// Days with people at work, short days at weekends.
Schedule example() {
  constexpr std::array<bool, 7> kWorkdays{true, true, true, true, true, false, false};
  constexpr std::array<bool, 7> kWeekend{false, false, false, false, false, true, true};
  return {
      {{kWorkdays, 8 * 3600}, 8}, {{kWorkdays, 20 * 3600}, 2}, {{kWeekend, 10 * 3600}, 4}, {{kWeekend, 18 * 3600}, 2}};
}

}  // namespace

AutoscaleDeclaration declare_scheduled() {
  ParameterSpec schedule{
      .name = "schedule",
      .help = "replicas from each time of the week on, until the next; by the clocks of the site's `time_zone`"};
  schedule.schedule = example();
  return {{"scheduled",
           "replicas by time of day and day of the week",
           {schedule, {"lead", Dimension::time, 0, 0, 86400, "each time is due so much earlier: a cold start, say"}}},
          [](const Parameters& p) { return std::make_unique<Scheduled>(p); }};
}

}  // namespace idlewatt
