// Unit costs, margins and sensitivities, by hand.
#include "ledger/economics.hpp"

#include <algorithm>
#include <cmath>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kHour = 3600 * kTicksPerSecond;

Meter one_hour() {
  Meter meter{.start_unix_s = 1704067200, .interval = kHour};
  meter.ends = {kHour};
  meter.owned = {Power::from_w(10'000.0) * kHour};
  meter.rented = {Power::from_w(0.0) * kHour};
  meter.idle_waste_j = 0.5 * 3.6e7;
  meter.servers = {{.type = "a", .rented = true, .count = 1, .rent_usd_per_h = 2.0}};
  meter.rentals = {{.servers = 0, .used = kHour, .open = true}};
  return meter;
}

const Tariff kTariff{.pue = 1.5, .electricity_usd_per_kwh = {.flat = 0.10}, .carbon_g_per_kwh = {.flat = 400.0}};

/// 1,000 requests of 100 tokens of prompt and 50 of output, for 3.5 USD: 1.5 of electricity, 2 of rent.
Summary priced() {
  Summary summary;
  summary.horizon_s = 3600.0;
  summary.requests_served = 1000.0;
  summary.prompt_tokens = 100'000.0;
  summary.output_tokens = 50'000.0;
  fill_from_bill(one_hour(), kTariff, make_bill(one_hour(), kTariff), summary);
  return summary;
}

const Swing& swing(const std::vector<Swing>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Swing& s) { return s.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

}  // namespace

TEST_CASE("economics: per request, per token, per month") {
  const UnitCosts unit = unit_costs(priced());
  CHECK(unit.usd_per_request == Approx(0.0035));
  CHECK(unit.usd_per_million_output_tokens == Approx(70.0));
  CHECK(unit.usd_per_million_tokens == Approx(3.5 / 0.15));
  CHECK(unit.wh_per_request == Approx(15.0));
  CHECK(unit.carbon_g_per_request == Approx(6.0));
  CHECK(unit.requests_per_month == Approx(730'000.0));
  const Month month = month_of(unit, 10e6);
  CHECK(month.usd == Approx(35'000.0));
  CHECK(month.facility_kwh == Approx(150'000.0));
  CHECK(month.carbon_kg == Approx(60'000.0));
  CHECK(std::isnan(unit_costs({}).usd_per_request));
}

TEST_CASE("economics: margin at a price") {
  const Margin margin = margin_at(unit_costs(priced()), 100.0);
  CHECK(margin.revenue_usd_per_request == Approx(0.005));
  CHECK(margin.margin_usd_per_request == Approx(0.0015));
  CHECK(margin.margin_share == Approx(0.3));
  CHECK(margin_at(unit_costs(priced()), 35.0).margin_share == Approx(-1.0));
}

TEST_CASE("economics: 15 % cheaper energy undercuts by 15 % of energy's share of the bill") {
  const CheaperEnergy cheaper = with_cheaper_energy(make_bill(one_hour(), kTariff), unit_costs(priced()), 0.15);
  CHECK(cheaper.energy_usd == Approx(1.5));
  CHECK(cheaper.energy_share == Approx(1.5 / 3.5));
  CHECK(cheaper.undercut_share == Approx(0.15 * 1.5 / 3.5));
  CHECK(cheaper.saved_usd_per_request == Approx(0.15 * 1.5 / 1000));
}

TEST_CASE("economics: inference overtakes training after training / energy per request") {
  CHECK(break_even_requests(1000.0, 2.0) == Approx(5e8));  // 1,000 MWh at 0.002 kWh a request: 500 million
  CHECK(std::isnan(break_even_requests(1000.0, 0.0)));
}

TEST_CASE("economics: the tornado changes one thing at a time") {
  const auto swings =
      tornado(one_hour(), kTariff, {{.type = "a", .low_usd_per_h = 1.0, .high_usd_per_h = 4.0}}, {}, 0.2);
  CHECK(swings.front().name == "rent.a");  // the widest
  CHECK(swing(swings, "rent.a").low_usd == Approx(1.5 + 1.0));
  CHECK(swing(swings, "rent.a").high_usd == Approx(1.5 + 4.0));
  CHECK(swing(swings, "pue").low_usd == Approx(2.0 + 10 * 1.2 * 0.10));
  CHECK(swing(swings, "pue").high_usd == Approx(2.0 + 10 * 1.8 * 0.10));
  CHECK(swing(swings, "pue").high_carbon_kg == Approx(10 * 1.8 * 0.4));
  CHECK(swing(swings, "electricity").high_usd == Approx(2.0 + 15 * 0.12));
  // Half of the energy is idle: a fifth less of that is a tenth of all.
  CHECK(swing(swings, "idle_waste").low_usd == Approx(2.0 + 9 * 1.5 * 0.10));
  CHECK(swing(swings, "carbon").low_usd == Approx(3.5));
  CHECK(swing(swings, "carbon").low_carbon_kg == Approx(15 * 0.32));
  // What has no part in it is not there, and PUE does not go below 1.
  CHECK(std::none_of(swings.begin(), swings.end(), [](const Swing& s) { return s.name == "carbon_tax"; }));
  CHECK(
      swing(tornado(one_hour(), {.pue = 1.1, .electricity_usd_per_kwh = {.flat = 0.1}}, {}, {}, 0.5), "pue").low_usd ==
      Approx(2.0 + 1.0));
}

TEST_CASE("economics: a power moves the bill by its range x the time in its state") {
  const std::vector<ProvenanceEntry> figures{
      {.path = "servers.s.overhead_per_accelerator", .value = 0.25, .unit = "1", .status = "derived", .source = ""},
      {.path = "accelerators.a.idle_loaded",
       .value = 80,
       .unit = "W",
       .status = "assumed",
       .source = "",
       .low = 60,
       .high = 90},
      {.path = "accelerators.a.parked", .value = 40, .unit = "W", .status = "measured", .source = ""},
      {.path = "servers.s.base",
       .value = 1000,
       .unit = "W",
       .status = "assumed",
       .source = "",
       .low = 500,
       .high = 1200}};
  const PoweredTime time{
      .accelerator = "a", .server = "s", .idle_loaded_s = 7200, .parked_s = 3600, .server_on_s = 3600};
  const std::vector<PowerRange> ranges = power_ranges(time, figures);
  REQUIRE(ranges.size() == 2);  // what has no range is certain
  CHECK(ranges[0].low_more_j == Approx(-20 * 7200 * 1.25));
  CHECK(ranges[0].high_more_j == Approx(10 * 7200 * 1.25));
  CHECK(ranges[1].low_more_j == Approx(-500 * 3600.0));
  const auto swings = tornado(one_hour(), kTariff, {}, ranges, 0.2);
  CHECK(swing(swings, "servers.s.base").low_usd == Approx(2.0 + (10 - 0.5) * 1.5 * 0.10));
  CHECK(swing(swings, "accelerators.a.idle_loaded").high_usd == Approx(2.0 + (10 + 0.025) * 1.5 * 0.10));
  CHECK(swing(swings, "accelerators.a.idle_loaded").high_carbon_kg == Approx((10 + 0.025) * 1.5 * 0.4));
}

}  // namespace idlewatt
