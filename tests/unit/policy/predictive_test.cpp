// The forecast, value by value, and the autoscaler that trusts it.
#include <cmath>
#include <vector>

#include "policy/autoscale/holt_winters.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kHour = 3600 * kTicksPerSecond;

}  // namespace

TEST_CASE("Holt-Winters: starts from the first day, then from the first week, then smooths", "[predictive]") {
  HoltWinters forecast({.level = 0.5, .trend = 0.5, .day = 0.5, .week = 0.5}, 2, 4);
  forecast.add(1);
  CHECK(forecast.forecast(1) == 1.0);  // no day yet: as the last
  CHECK(forecast.forecast(2) == 1.0);
  forecast.add(3);
  // The day: mean 2, season -1 and +1.
  CHECK(forecast.forecast(1) == 1.0);
  CHECK(forecast.forecast(2) == 3.0);
  forecast.add(5);
  // level 0.5 (5 + 1) + 0.5 x 2 = 4, trend 0.5 x 2 = 1, season 0.5 (5 - 4) - 0.5 = 0.
  CHECK(forecast.forecast(1) == 4.0 + 1.0 + 1.0);
  CHECK(forecast.forecast(2) == 4.0 + 2.0 + 0.0);
  forecast.add(7);
  // The week: mean 4; times of day -1 and +1; left over -2, -2, 2, 2. It is told again.
  CHECK(forecast.forecast(1) == Approx(1.0));
  CHECK(forecast.forecast(2) == Approx(3.0));
  CHECK(forecast.forecast(3) == Approx(5.0));
  CHECK(forecast.forecast(4) == Approx(7.0));
  forecast.add(2);
  // level 0.5 (2 + 1 + 2) + 0.5 x 4 = 4.5, trend 0.25, day 0.5 (2 - 4.5 + 2) - 0.5 = -0.75,
  // week 0.5 (2 - 4.5 + 1) - 1 = -1.75.
  CHECK(forecast.forecast(1) == Approx(4.5 + 0.25 + 1.0 - 2.0));
  CHECK(forecast.forecast(2) == Approx(4.5 + 0.5 - 0.75 + 2.0));
  CHECK(forecast.forecast(4) == Approx(4.5 + 1.0 - 0.75 - 1.75));
}

TEST_CASE("Holt-Winters: knows a weekly pattern after a week, whatever it is, and never forecasts less than nothing",
          "[predictive]") {
  HoltWinters forecast({.level = 0.3, .trend = 0.1, .day = 0.2, .week = 0.2}, 24, 168);
  const auto demand = [](int hour) { return 50.0 + 30.0 * std::sin(hour * 0.26) + (hour % 168 >= 120 ? -40.0 : 0.0); };
  for (int hour = 0; hour < 3 * 168; ++hour) {
    if (hour >= 168) {
      REQUIRE(forecast.forecast(1) == Approx(std::max(0.0, demand(hour % 168))).margin(1e-9));
    }
    forecast.add(demand(hour % 168));
  }
  HoltWinters falling({.level = 1.0, .trend = 1.0}, 2, 4);
  for (const double x : {9.0, 9.0, 5.0, 1.0, 0.0, 0.0}) {
    falling.add(x);
    CHECK(falling.forecast(3) >= 0.0);
  }
}

TEST_CASE("predictive: plans for the highest forecast up to a cold start after its next look", "[predictive]") {
  const AutoscaleDeclaration declaration = declare_predictive();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("intervals_per_day", 4);
  parameters.set("target", 10);
  parameters.set("margin", 0.25);
  const auto policy = declaration.make(parameters);
  const auto look = [&](int at_h, double demand, double cold_start_h) {
    const AutoscaleDecision decision =
        policy->decide({.now = at_h * kHour,
                        .maximum = 30,
                        .target = 7,
                        .mean_outstanding = demand,
                        .cold_start = static_cast<Ticks>(cold_start_h * static_cast<double>(kHour))});
    CHECK(decision.wake_at == (at_h + 6) * kHour);
    return decision.replicas;
  };
  CHECK(look(0, 0.0, 0.0) == 7);  // nothing seen: as it is
  CHECK(look(6, 16, 0.0) == 2);   // as the last: 16 x 1.25 / 10
  CHECK(look(12, 80, 0.0) == 10);
  CHECK(look(18, 40, 0.0) == 5);
  // A day is over: 16, 80, 40, 4 will come again. The next interval only:
  CHECK(look(24, 4, 0.0) == 2);
  // As forecast, so nothing moves; the next is 80.
  CHECK(look(30, 16, 0.0) == 10);
  // 40 next, 4 then; a cold start of an hour reaches into the second: the highest is 40.
  CHECK(look(36, 80, 1.0) == 8);  // and never less than the last interval took
  CHECK(look(42, 40, 0.0) == 4);
  // 16 next, and 80 within a cold start after the next look.
  CHECK(look(48, 4, 1.0) == 10);
  // Far more than ever: the last interval rules, and the maximum.
  CHECK(look(54, 1000, 0.0) == 30);
}

TEST_CASE("predictive: can go by the rate of requests", "[predictive]") {
  const AutoscaleDeclaration declaration = declare_predictive();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("metric", 1);
  parameters.set("target", 2);
  parameters.set("margin", 0);
  CHECK(declaration.make(parameters)
            ->decide({.now = kHour, .maximum = 30, .mean_outstanding = 99, .arrivals_per_s = 7})
            .replicas == 4);
}

}  // namespace idlewatt
