// Every line of the bill against a hand calculation.
#include "ledger/bill.hpp"

#include <cmath>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kMonday = 1704067200;  // 2024-01-01T00:00:00Z
constexpr Ticks kHour = 3600 * kTicksPerSecond;

/// Hours of a fleet: the mean power in each, kW.
Meter hours(const std::vector<double>& owned_kw, const std::vector<double>& rented_kw) {
  Meter meter{.start_unix_s = kMonday, .interval = kHour};
  for (std::size_t i = 0; i < owned_kw.size(); ++i) {
    meter.ends.push_back(static_cast<Ticks>(i + 1) * kHour);
    meter.owned.push_back(Power::from_w(owned_kw[i] * 1e3) * kHour);
    meter.rented.push_back(Power::from_w(rented_kw[i] * 1e3) * kHour);
  }
  return meter;
}

std::shared_ptr<const TimeSeries> series(std::vector<double> values) {
  return std::make_shared<const TimeSeries>(
      TimeSeries{.path = "a.csv", .column = "c", .start_unix_s = kMonday, .values = std::move(values)});
}

double sum_of_lines(const Bill& bill) {
  double sum = 0.0;
  for (const BillLine& line : bill.lines) {
    sum += line.usd;
  }
  return sum;
}

}  // namespace

TEST_CASE("bill: flat price and PUE: owned energy is bought, rented energy is in the rent, carbon counts for both") {
  const Meter meter = hours({1.0, 3.0}, {2.0, 2.0});
  const Bill bill = make_bill(meter, {.pue = 1.5,
                                      .electricity_usd_per_kwh = {.flat = 0.10},
                                      .carbon_g_per_kwh = {.flat = 400.0},
                                      .water_l_per_kwh = 1.8});
  CHECK(bill.it_kwh == Approx(8.0));
  CHECK(bill.facility_kwh == Approx(12.0));
  CHECK(bill.paid_kwh == Approx(6.0));
  CHECK(bill.usd("electricity") == Approx(0.60));
  CHECK(bill.total_usd == Approx(0.60));
  CHECK(bill.carbon_kg == Approx(4.8));
  CHECK(bill.water_l == Approx(14.4));
  CHECK(std::isnan(bill.market_carbon_kg));
  CHECK(bill.peak_kw == Approx(4.5));
  CHECK(bill.total_usd == sum_of_lines(bill));
  CHECK_THROWS_AS(bill.usd("nothing"), Error);
}

TEST_CASE("bill: 10 million calls of 0.002 kWh at 0.10 USD/kWh and PUE 1.5 cost 3,000 USD") {
  // 20,000 kWh in a month of 720 hours.
  Meter meter = hours({20'000.0 / 720.0}, {0.0});
  meter.ends = {720 * kHour};
  meter.owned = {Energy{static_cast<int128_t>(20'000) * 3'600'000 * 1'000'000'000'000'000}};
  Tariff tariff{.pue = 1.0, .electricity_usd_per_kwh = {.flat = 0.10}};
  CHECK(make_bill(meter, tariff).it_kwh == Approx(20'000.0));
  CHECK(make_bill(meter, tariff).total_usd == Approx(2'000.0));
  tariff.pue = 1.5;
  CHECK(make_bill(meter, tariff).total_usd == Approx(3'000.0));
}

TEST_CASE("bill: each interval at its own price and its own intensity") {
  const Meter meter = hours({1.0, 3.0, 2.0}, {0.0, 0.0, 1.0});
  Tariff tariff{.pue = 2.0};
  tariff.electricity_usd_per_kwh.series = series({100.0, 50.0, -10.0});
  tariff.electricity_usd_per_kwh.factor = 1e-3;
  tariff.electricity_usd_per_kwh.surcharge = 0.01;
  tariff.carbon_g_per_kwh.series = series({300.0, 100.0, 200.0});
  const Bill bill = make_bill(meter, tariff);
  CHECK(bill.usd("electricity") == Approx(2 * 0.11 + 6 * 0.06 + 4 * 0.0));
  CHECK(bill.carbon_kg == Approx((2 * 300 + 6 * 100 + 6 * 200) / 1e3));
}

TEST_CASE("bill: time of use") {
  const Meter meter = hours({1.0, 3.0}, {0.0, 0.0});
  Tariff tariff{.pue = 1.0};
  tariff.electricity_usd_per_kwh.flat = 0.10;
  tariff.electricity_usd_per_kwh.periods.push_back({.name = "", .value = 0.30, .from_s = 3600, .to_s = 7200});
  CHECK(make_bill(meter, tariff).usd("electricity") == Approx(1 * 0.10 + 3 * 0.30));
}

TEST_CASE("bill: PUE by load applies to the mean power of all servers in an interval") {
  const Meter meter = hours({1.0, 3.0}, {1.0, 1.0});
  Tariff tariff{.pue = 1.2};
  tariff.pue_by_load = {{.it_w = 2000.0, .pue = 2.0}, {.it_w = 4000.0, .pue = 1.2}};
  tariff.electricity_usd_per_kwh.flat = 0.10;
  const Bill bill = make_bill(meter, tariff);
  CHECK(bill.facility_kwh == Approx(2 * 2.0 + 4 * 1.2));
  CHECK(bill.paid_kwh == Approx(1 * 2.0 + 3 * 1.2));
  CHECK(bill.pue == Approx(8.8 / 6.0));
  CHECK(bill.usd("electricity") == Approx(0.56));
  // No policy runs at a better PUE than the table's best.
  Summary summary;
  Meter with_bound = meter;
  with_bound.lower_bound_j = 3.6e6;
  fill_from_bill(with_bound, tariff, bill, summary);
  CHECK(summary.lower_bound_kwh == Approx(1.2));
}

TEST_CASE("bill: the demand charge is the highest interval's, for the run's part of each month") {
  // Two hours at the end of January and one in February, UTC.
  Meter meter = hours({1.0, 4.0, 2.0}, {0.0, 0.0, 9.0});
  meter.start_unix_s = kMonday + 31 * 86400 - 2 * 3600;
  Tariff tariff{.pue = 1.5, .demand_usd_per_kw = 20.0};
  const double january = 20.0 * 6.0 * 2.0 / (31 * 24);
  const double february = 20.0 * 3.0 * 1.0 / (29 * 24);
  CHECK(make_bill(meter, tariff).usd("demand") == Approx(january + february));
  CHECK(make_bill(meter, tariff).peak_kw == Approx(6.0));
  // In Berlin, an hour earlier, it is February for two of the hours.
  tariff.time_zone = find_time_zone("Europe/Berlin").value();
  CHECK(make_bill(meter, tariff).usd("demand") == Approx(20.0 * 1.5 / (31 * 24) + 20.0 * 6.0 * 2.0 / (29 * 24)));
  // A whole month of a steady load pays the whole charge.
  Meter month = hours({2.0}, {0.0});
  month.ends = {31 * 24 * kHour};
  month.owned = {Power::from_w(2000.0) * (31 * 24 * kHour)};
  CHECK(make_bill(month, {.pue = 1.0, .demand_usd_per_kw = 20.0}).usd("demand") == Approx(40.0));
}

TEST_CASE("bill: rent on demand by increments, reserved by the run, spot at its discount") {
  Meter meter = hours({0.0, 0.0, 0.0, 0.0}, {1.0, 1.0, 1.0, 1.0});
  meter.servers = {{.type = "big", .rented = true, .count = 2, .rent_usd_per_h = 30.0, .increment = kHour}};
  // One all the time, one for a minute and for an hour and a minute.
  meter.rentals = {{.servers = 0, .used = 4 * kHour, .open = true},
                   {.servers = 0, .used = kHour / 60},
                   {.servers = 0, .used = kHour + kHour / 60}};
  Tariff tariff{.pue = 1.0};
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(30.0 * (4 + 1 + 2)));
  tariff.rent.increment_s = 60.0;
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(30.0 * (4 + 62.0 / 60)));
  tariff.rent.minimum_s = 600.0;
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(30.0 * (4 + 61.0 / 60 + 10.0 / 60)));
  tariff.rent = {.plan = RentPlan::spot, .discount = 0.6};
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(0.4 * 30.0 * 7));
  tariff.rent = {.plan = RentPlan::reserved, .discount = 0.3};
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(0.7 * 30.0 * 2 * 4));
  tariff.rent = {.usd_per_h = {{"big", 10.0}}};
  CHECK(make_bill(meter, tariff).usd("rent") == Approx(10.0 * 7));
}

TEST_CASE("bill: capital is paid back in equal yearly payments") {
  // 100,000 at 8 % over 5 years: 25,045.65 a year (the annuity factor is 3.992710).
  CHECK(yearly_payment(100'000.0, 0.08, 5.0) == Approx(25'045.6455).epsilon(1e-8));
  CHECK(yearly_payment(100'000.0, 0.0, 5.0) == Approx(20'000.0));
  CHECK(yearly_payment(100'000.0, 1e-9, 5.0) == Approx(20'000.0).epsilon(1e-6));
  CHECK(yearly_payment(100.0, 0.10, 1.0) == Approx(110.0));
  Meter meter = hours({1.0, 1.0}, {0.0, 0.0});
  meter.servers = {{.type = "a", .rented = false, .count = 3}, {.type = "b", .rented = true, .count = 5}};
  const double year_s = 365.0 * 86400.0;
  const Tariff tariff{.pue = 1.0, .capital = Capital{.usd = {{"a", 100'000.0}, {"b", 1.0}}, .lifetime_s = 5 * year_s}};
  CHECK(make_bill(meter, tariff).usd("capital") == Approx(3 * 20'000.0 * 2 / 8760));
}

TEST_CASE("bill: embodied carbon of owned servers for the run, of rented ones while they are rented") {
  Meter meter = hours({1.0, 1.0}, {1.0, 1.0});
  meter.servers = {{.type = "a", .rented = false, .count = 3}, {.type = "b", .rented = true, .count = 5}};
  meter.rentals = {{.servers = 1, .used = kHour, .count = 4}};
  const double lifetime_s = 1000.0 * 3600.0;
  const Tariff tariff{.pue = 1.0, .embodied = Embodied{.kg = {{"a", 1500.0}, {"b", 200.0}}, .lifetime_s = lifetime_s}};
  CHECK(make_bill(meter, tariff).embodied_carbon_kg == Approx(3 * 1500.0 * 2 / 1000 + 4 * 200.0 * 1 / 1000));
}

TEST_CASE("bill: certificates, the supply contract and the carbon tax") {
  const Meter meter = hours({500.0}, {500.0});
  Tariff tariff{.pue = 1.2, .carbon_g_per_kwh = {.flat = 400.0}};
  tariff.certificates = {.share = 0.75, .usd_per_mwh = 4.0};
  tariff.carbon_tax = {.usd_per_t = 80.0};
  Bill bill = make_bill(meter, tariff);
  CHECK(bill.carbon_kg == Approx(480.0));
  CHECK(bill.market_carbon_kg == Approx(120.0));
  CHECK(bill.usd("certificates") == Approx(1.2 * 0.75 * 4.0));
  CHECK(bill.usd("carbon_tax") == Approx(0.48 * 80.0));
  tariff.carbon_tax.market_based = true;
  CHECK(make_bill(meter, tariff).usd("carbon_tax") == Approx(0.12 * 80.0));
  tariff.market_carbon_g_per_kwh = OverTime{.flat = 100.0};
  bill = make_bill(meter, tariff);
  CHECK(bill.market_carbon_kg == Approx(30.0));
  CHECK(bill.carbon_kg == Approx(480.0));
  CHECK(bill.total_usd == sum_of_lines(bill));
}

TEST_CASE("bill: an own plant is used first, by owned servers; its surplus is sold or lost") {
  const Meter meter = hours({1.0, 1.0, 1.0}, {1.0, 1.0, 1.0});
  Tariff tariff{.pue = 2.0, .electricity_usd_per_kwh = {.flat = 0.20}, .carbon_g_per_kwh = {.flat = 500.0}};
  tariff.demand_usd_per_kw = 0.0;
  tariff.plant = Plant{.peak_kw = 4.0,
                       .series = series({0.0, 0.25, 1.0}),
                       .usd_per_kw = 876.0,
                       .lifetime_s = 10 * 365.0 * 86400.0,
                       .surplus_usd_per_kwh = 0.05,
                       .carbon_g_per_kwh = 40.0};
  Bill bill = make_bill(meter, tariff);
  // 2 kWh an hour are needed; 0, 1 and 4 are made.
  CHECK(bill.plant_kwh == Approx(5.0));
  CHECK(bill.plant_used_kwh == Approx(3.0));
  CHECK(bill.surplus_kwh == Approx(2.0));
  CHECK(bill.grid_kwh == Approx(3.0));
  CHECK(bill.usd("electricity") == Approx(0.60));
  CHECK(bill.usd("surplus") == Approx(-0.10));
  CHECK(bill.usd("plant") == Approx(4.0 * 876.0 / 10 * 3 / 8760));
  CHECK(bill.peak_kw == Approx(2.0));
  // The grid's for what comes from it, rented servers' 6 kWh too; the plant's own for what was used of it.
  CHECK(bill.carbon_kg == Approx((9.0 * 500 + 3.0 * 40) / 1e3));
  CHECK(bill.total_usd == sum_of_lines(bill));
  tariff.plant->surplus_usd_per_kwh = 0.0;
  CHECK(make_bill(meter, tariff).usd("surplus") == 0.0);
  // By hour of the local day.
  tariff.plant->series = nullptr;
  tariff.plant->day[1] = 0.25;
  CHECK(make_bill(meter, tariff).plant_kwh == Approx(1.0));
  tariff.time_zone = find_time_zone("UTC+5").value();
  CHECK(make_bill(meter, tariff).plant_kwh == 0.0);
}

TEST_CASE("meter: accounting intervals end on whole multiples since 1970") {
  const Ticks quarter = 900 * kTicksPerSecond;
  CHECK(next_interval_end(kMonday, quarter, 0, kHour) == quarter);
  CHECK(next_interval_end(kMonday, quarter, quarter, kHour) == 2 * quarter);
  CHECK(next_interval_end(kMonday + 600, quarter, 0, kHour) == 300 * kTicksPerSecond);
  CHECK(next_interval_end(kMonday, quarter, 0, 5 * kTicksPerSecond) == 5 * kTicksPerSecond);
  CHECK(next_interval_end(0, quarter, 1, kHour) == quarter);
}

TEST_CASE("bill: a run of nothing has a bill of nothing") {
  const Bill bill = make_bill({}, {.pue = 1.5});
  CHECK(bill.total_usd == 0.0);
  CHECK(bill.facility_kwh == 0.0);
}

}  // namespace idlewatt
