// Prices that change over time, and PUE that changes with load, by hand.
#include "catalog/tariff.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kMonday = 1704067200;  // 2024-01-01T00:00:00Z

TimeSeries counting(std::int64_t start, std::size_t hours) {
  TimeSeries series{.path = "a.csv", .column = "price_usd_mwh", .start_unix_s = start};
  for (std::size_t i = 0; i < hours; ++i) {
    series.values.push_back(static_cast<double>(i));
  }
  return series;
}

}  // namespace

TEST_CASE("tariff: a series has the hour's value from its first to its last second") {
  const TimeSeries series = counting(kMonday, 3);
  CHECK(series.at(kMonday) == 0.0);
  CHECK(series.at(kMonday + kHour - 1) == 0.0);
  CHECK(series.at(kMonday + kHour) == 1.0);
  CHECK(series.covers(kMonday, kMonday + 3 * kHour));
  CHECK_FALSE(series.covers(kMonday, kMonday + 3 * kHour + 1));
  CHECK_FALSE(series.covers(kMonday - 1, kMonday + kHour));
  const TimeSeries part = series.cut(kMonday + kHour + 1, kMonday + 2 * kHour + 1);
  CHECK(part.start_unix_s == kMonday + kHour);
  CHECK(part.values == std::vector<double>{1.0, 2.0});
}

TEST_CASE("tariff: a series that repeats gives the same hour and weekday of another year") {
  TimeSeries year = counting(kMonday - 365 * 24 * kHour, 365 * 24);
  CHECK_FALSE(year.covers(kMonday, kMonday + kHour));
  year.repeats = true;
  CHECK(year.covers(kMonday, kMonday + kHour));
  CHECK(year.at(kMonday) == 24.0);                    // 364 days before: a Monday, the second day of the series
  CHECK(year.at(kMonday + 363 * 24 * kHour) == 0.0);  // 728 days after its first hour
  TimeSeries short_one = counting(kMonday, 24);
  short_one.repeats = true;
  CHECK_FALSE(short_one.covers(kMonday, kMonday + 25 * kHour));
}

TEST_CASE("tariff: the first period that holds counts, and the flat price where none does") {
  OverTime price{.flat = 0.1};
  price.periods.push_back({.name = "peak", .value = 0.4, .from_s = 16 * 3600, .to_s = 21 * 3600});
  price.periods[0].weekdays = {true, true, true, true, true, false, false};
  price.periods.push_back({.name = "night", .value = 0.05, .from_s = 22 * 3600, .to_s = 6 * 3600});
  const TimeZone zone;
  CHECK(price.at(zone, kMonday + 16 * kHour) == 0.4);
  CHECK(price.at(zone, kMonday + 21 * kHour) == 0.1);
  CHECK(price.at(zone, kMonday + 23 * kHour) == 0.05);
  CHECK(price.at(zone, kMonday + 5 * kHour) == 0.05);
  CHECK(price.at(zone, kMonday + 5 * 24 * kHour + 17 * kHour) == 0.1);  // a Saturday
  // Local time: 16:00 in Los Angeles is midnight in UTC.
  CHECK(price.at(find_time_zone("America/Los_Angeles").value(), kMonday + 24 * kHour) == 0.4);
  // A quarter of an hour at 0.1 and three at 0.4.
  const double from = static_cast<double>(kMonday + 15 * kHour + 2700);
  CHECK(price.mean(zone, from, from + 3600.0) == Approx((0.1 + 3 * 0.4) / 4));
  CHECK(price.mean(zone, from, from + 450.0) == 0.1);
  // Only January: none in February.
  price.periods[0].months.fill(false);
  price.periods[0].months[1] = true;
  CHECK(price.at(zone, kMonday + 16 * kHour) == 0.1);
}

TEST_CASE("tariff: a series is turned into its unit, and the surcharge comes on top") {
  const OverTime price{
      .series = std::make_shared<const TimeSeries>(counting(kMonday, 4)), .factor = 1e-3, .surcharge = 0.02};
  CHECK(price.at({}, kMonday + 3 * kHour) == Approx(0.023));
  CHECK(price.mean({}, static_cast<double>(kMonday), static_cast<double>(kMonday + 2 * kHour)) == Approx(0.0205));
}

TEST_CASE("tariff: PUE is straight between the points of its table and constant beyond") {
  Tariff tariff{.pue = 1.3, .pue_by_load = {{.it_w = 100.0, .pue = 2.0}, {.it_w = 300.0, .pue = 1.2}}};
  CHECK(tariff.pue_at(0.0) == 2.0);
  CHECK(tariff.pue_at(100.0) == 2.0);
  CHECK(tariff.pue_at(200.0) == Approx(1.6));
  CHECK(tariff.pue_at(300.0) == Approx(1.2));
  CHECK(tariff.pue_at(1e6) == 1.2);
  tariff.pue_by_load.clear();
  CHECK(tariff.pue_at(1e6) == 1.3);
}

}  // namespace idlewatt
