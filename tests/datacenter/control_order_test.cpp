// Who acts first of those that are due at the same tick, whatever SimGrid makes of the instant.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "datacenter/actor_clock.hpp"
#include "forked_run.hpp"
#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Near the end of a year, the steps of a double are 3.7 ns.
constexpr double kYear_s = 365.0 * 86400.0;

Scenario quiet(double horizon_s) {
  Scenario scenario = small_scenario(1.0 / horizon_s, 1);
  scenario.horizon = to_ticks(horizon_s);
  scenario.sample_every = scenario.horizon;
  return scenario;
}

/// `actors` actors that reach `meeting` in steps of their own; each notes its number there. The later an actor was
/// added, the sooner its last sleep begins.
Prepare meet_at(Ticks meeting, std::int64_t actors) {
  return [meeting, actors](RunOptions& options) {
    options.more_control = [meeting, actors](const ControlRoom& room) {
      for (std::int64_t i = 0; i < actors; ++i) {
        const auto clock = std::make_shared<ActorClock>(room.site, room.clock, i);
        act(room.site, "walker", clock, [meeting, i](ActorClock& own) {
          for (std::int64_t step = 1; step < 40 - i; ++step) {
            own.sleep_until(meeting / 41 * step + i * 12'345'677);
          }
          own.sleep_until(meeting);
          note(i);
        });
      }
    };
  };
}

std::vector<std::int64_t> up_to(std::int64_t count) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < count; ++i) {
    numbers.push_back(i);
  }
  return numbers;
}

}  // namespace

TEST_CASE("of those due at one tick, the one that has been there longest acts first", "[control order]") {
  const RecordedRun run = forked_run(quiet(600.0), meet_at(to_ticks(123.456789), 12));
  CHECK(run.error == "");
  CHECK(run.notes == up_to(12));
}

TEST_CASE("so it is late in a long run, where sleeps to one time end a rounding error apart", "[control order]") {
  const RecordedRun run = forked_run(quiet(kYear_s), meet_at(to_ticks(0.987654321 * kYear_s), 12));
  CHECK(run.error == "");
  CHECK(run.signal == 0);
  CHECK(run.notes == up_to(12));
}

TEST_CASE("an act is over before those that it adds begin", "[control order]") {
  const RecordedRun run = forked_run(
      quiet(600.0), script({{50.0, [](const ControlRoom& room, Ticks now) {
                               std::vector<ActorHandle> added;
                               for (const std::int64_t i : {3, 4, 5}) {
                                 note(i - 3);
                                 const auto clock = std::make_shared<ActorClock>(room.site, room.clock, now);
                                 added.push_back(act(room.site, "added", clock, [i](ActorClock&) { note(i); }));
                               }
                             }}}));
  CHECK(run.error == "");
  CHECK(run.notes == up_to(6));
}

}  // namespace idlewatt
