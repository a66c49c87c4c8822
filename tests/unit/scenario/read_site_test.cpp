// What may stand under `site:`, and what is said about what may not.
#include "scenario/site/read_site.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "base/error.hpp"
#include "scenario/site/reprice.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

const std::string kFlat = "pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh";
const std::vector<std::string> kTypes{"hgx-a100-80", "l4-8"};

std::string in_folder(const YamlNode& node) {
  return node.scalar;
}

Tariff read(const std::string& entries) {
  return read_site(parse_yaml("{" + entries + "}", "s.yaml"), kTypes, in_folder).tariff;
}

std::string message(const std::string& entries) {
  try {
    read(entries);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

void check_message(const std::string& entries, const std::string& part) {
  const std::string found = message(entries);
  INFO("expected `" << part << "`, got `" << found << "`");
  CHECK(found.find(part) != std::string::npos);
  CHECK(std::count(found.begin(), found.end(), '\n') == 0);
}

/// A file that goes with its test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("idlewatt_series_" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

void check_series(const std::string& content, const std::string& part) {
  const TemporaryFile file(content);
  check_message("pue: 1.5, carbon: 400 g/kWh, electricity: {series: " + file.path() + "}", part);
}

}  // namespace

TEST_CASE("site: flat numbers, as ever") {
  const Tariff tariff = read(kFlat);
  CHECK(tariff.pue == 1.5);
  CHECK(tariff.electricity_usd_per_kwh.flat == 0.10);
  CHECK_FALSE(tariff.electricity_usd_per_kwh.varies());
  CHECK(tariff.carbon_g_per_kwh.flat == 400.0);
  CHECK(tariff.interval_s == 900.0);
  CHECK_FALSE(tariff.capital);
  CHECK_FALSE(tariff.plant);
}

TEST_CASE("site: everything that it may say") {
  const Tariff tariff = read(
      "pue: [{load: 10 kW, pue: 1.8}, {load: 100 kW, pue: 1.2}], time_zone: Europe/Berlin, carbon: 400 g/kWh, "
      "electricity: {price: 0.10 USD/kWh, periods: [{name: peak, price: 300 USD/MWh, hours: 16:30-21, days: mon-fri, "
      "months: [nov-feb, jul]}]}, demand_charge: 15 USD/kW, market_carbon: 50 g/kWh, accounting_interval: 30 min, "
      "rent: {plan: spot, discount: 60 %, prices: {l4-8: 10 USD/h}, billing_increment: 1 h, billing_minimum: 2 h}, "
      "ownership: {prices: {hgx-a100-80: 150000 USD}, lifetime: 4 y, interest: 8 %}, "
      "embodied: {carbon: {hgx-a100-80: 1.5 t}, lifetime: 4 y}, certificates: {share: 50 %, price: 3 USD/MWh}, "
      "carbon_tax: {price: 80 USD/t, on: market}, water: 1.8 l/kWh, "
      "plant: {peak: 50 kW, profile: [0,0,0,0,0,0,0.1,0.2,0.4,0.5,0.6,0.7,0.7,0.6,0.5,0.4,0.2,0.1,0,0,0,0,0,0], "
      "price: 900 USD/kW, lifetime: 25 y, interest: 5 %, surplus: 0.03 USD/kWh, carbon: 40 g/kWh}");
  CHECK(tariff.pue_by_load.size() == 2);
  CHECK(tariff.pue == 1.2);
  REQUIRE(tariff.electricity_usd_per_kwh.periods.size() == 1);
  const TimeOfUse& peak = tariff.electricity_usd_per_kwh.periods[0];
  CHECK(peak.value == Approx(0.3));
  CHECK(peak.from_s == 16 * 3600 + 1800);
  CHECK(peak.to_s == 21 * 3600);
  CHECK(peak.weekdays == std::array<bool, 7>{true, true, true, true, true, false, false});
  CHECK(peak.months ==
        std::array<bool, 12>{true, true, false, false, false, false, true, false, false, false, true, true});
  CHECK(tariff.demand_usd_per_kw == 15.0);
  CHECK(tariff.market_carbon_g_per_kwh->flat == 50.0);
  CHECK(tariff.interval_s == 1800.0);
  CHECK(tariff.rent.plan == RentPlan::spot);
  CHECK(tariff.rent.discount == Approx(0.6));
  CHECK(tariff.rent.usd_per_h.at("l4-8") == 10.0);
  CHECK(*tariff.rent.increment_s == 3600.0);
  CHECK(*tariff.rent.minimum_s == 7200.0);
  CHECK(tariff.capital->usd.at("hgx-a100-80") == 150'000.0);
  CHECK(tariff.capital->lifetime_s == 4 * 365.0 * 86400.0);
  CHECK(tariff.capital->interest == Approx(0.08));
  CHECK(tariff.embodied->kg.at("hgx-a100-80") == 1500.0);
  CHECK(tariff.certificates->usd_per_mwh == Approx(3.0));
  CHECK(tariff.carbon_tax.market_based);
  CHECK(tariff.water_l_per_kwh == Approx(1.8));
  CHECK(tariff.plant->peak_kw == 50.0);
  CHECK(tariff.plant->day[11] == Approx(0.7));
  CHECK(tariff.plant->surplus_usd_per_kwh == Approx(0.03));
  CHECK(read(kFlat + ", carbon_tax: 80 USD/t").carbon_tax.usd_per_t == 80.0);
}

TEST_CASE("site: what is wrong, in one line") {
  check_message("pue: 1.5, electricity: -0.1 USD/kWh, carbon: 400 g/kWh", "`-0.1 USD/kWh` is negative");
  check_message("pue: 1.5, electricity: nan USD/kWh, carbon: 400 g/kWh", "is not a finite number");
  check_message("pue: 0.9, electricity: 0.1 USD/kWh, carbon: 400 g/kWh", "s.yaml:1:7: `pue`");
  check_message(kFlat + ", electricty: 1", "did you mean `electricity`?");
  check_message("pue: [{load: 9 kW, pue: 1.5}], electricity: 0.1 USD/kWh, carbon: 1 g/kWh", "two entries or more");
  check_message("pue: [{load: 9 kW, pue: 1.5}, {load: 9 kW, pue: 1.4}], electricity: 0.1 USD/kWh, carbon: 1 g/kWh",
                "does not ascend");
  check_message(kFlat + ", accounting_interval: 7 min", "an hour is no whole multiple");
  check_message(kFlat + ", time_zone: Berlin", "unknown time zone `Berlin`; expected an offset such as `UTC-8`");
  check_message("pue: 1.5, carbon: 1 g/kWh, electricity: {price: 0.1 USD/kWh, periods: [{price: 0.2 USD/kWh}]}",
                "no `time_zone`");
  const std::string zone = "time_zone: UTC, pue: 1.5, carbon: 1 g/kWh, electricity: {price: 0.1 USD/kWh, periods: ";
  check_message(zone + "[{price: 0.2 USD/kWh, hours: 16-25}]}", "`16-25` is no part of a day");
  check_message(zone + "[{price: 0.2 USD/kWh, hours: 16:10-18}]}", "whole quarter hours");
  check_message(zone + "[{price: 0.2 USD/kWh, days: mon-fry}]}", "did you mean `fri`?");
  check_message(zone + "[]}", "`periods` is empty");
  check_message("pue: 1.5, carbon: 1 g/kWh, electricity: {price: 0.1 USD/kWh, surcharge: 1 USD/kWh}",
                "goes with a `series`");
  check_message("pue: 1.5, carbon: 1 g/kWh, electricity: {price: 0.1 USD/kWh, series: a.csv}",
                "stands beside a `series`");
  check_message("pue: 1.5, carbon: 1 g/kWh, electricity: {series: a.csv, column: price}", "does not say its unit");
  check_message(kFlat + ", rent: {plan: spot}", "expected `discount` or `prices`");
  check_message(kFlat + ", rent: {prices: {l4-9: 1 USD/h}}", "did you mean `l4-8`?");
  check_message(kFlat + ", ownership: {prices: {l4-8: 1 USD}, lifetime: 0 s}", "`lifetime`");
  check_message(kFlat + ", certificates: {share: 120 %, price: 1 USD/MWh}", "more than the whole");
  check_message(kFlat + ", plant: {peak: 1 kW, profile: [1, 1], price: 1 USD/kW, lifetime: 1 y}", "has 2 entries");
  check_message(kFlat + ", plant: {peak: 1 kW, profile: {series: a.csv}, price: 1 USD/kW, lifetime: 1 y}", "`column`");
}

TEST_CASE("site: hourly series, and what is wrong with them") {
  {
    const TemporaryFile file(
        "utc,ci_lca_g_kwh,price_usd_mwh\n2024-01-01 00:00:00+00:00,1,100\n2024-01-01T01:00:00Z,2,-20.5\n"
        "2024-01-01 02:00:00,3,0\n");
    const Tariff tariff = read("pue: 1.5, carbon: {series: " + file.path() + "}, electricity: {series: " + file.path() +
                               ", surcharge: 0.05 USD/kWh}");
    CHECK(tariff.electricity_usd_per_kwh.series->values == std::vector<double>{100.0, -20.5, 0.0});
    CHECK(tariff.electricity_usd_per_kwh.at({}, 1704067200 + 3600) == Approx(0.0295));
    CHECK(tariff.carbon_g_per_kwh.series->values == std::vector<double>{1.0, 2.0, 3.0});
    const YamlNode site = parse_yaml("{electricity: here, carbon: here}", "s.yaml");
    CHECK_NOTHROW(check_covered(site, tariff, 1704067200, 3 * 3600.0));
    CHECK_THROWS_AS(check_covered(site, tariff, 1704067200, 3 * 3600.0 + 1.0), InputError);
    CHECK_THROWS_AS(check_covered(site, tariff, 1704067199, 60.0), InputError);
  }
  const std::string head = "utc,price_usd_mwh\n2024-03-31 00:00:00+00:00,1\n";
  check_series("", "is empty");
  check_series("utc,price_usd_mwh\n", "holds no row");
  check_series("time,price_usd_mwh\n", "has a layout that is not recognised; expected one of `Electricity Maps`");
  check_series("utc,price\n", "has no column `price_usd_mwh`");
  check_series(head + "2024-03-31 02:00:00+00:00,1\n", ":3:1: an hour is missing between 2024-03-31 00:00 UTC");
  check_series(head + "2024-03-31 02:00:00+00:00,1\n", "local times jump with daylight saving");
  check_series(head + "2024-03-31 00:00:00+00:00,1\n", "each hour once");
  check_series(head + "2024-03-31 05:00:00+00:00,1\n", "4 hours are missing");
  check_series(head + "2024-03-31 03:00:00+02:00,1\n", "in no other time zone");
  check_series(head + "2024-03-31 01:30:00+00:00,1\n", "a whole one");
  check_series(head + "31.03.2024 01:00,1\n", "utc is `31.03.2024 01:00`");
  check_series(head + "2024-02-30 01:00:00,1\n", "an hour in UTC");
  check_series(head + "2024-03-31 01:00:00,nan\n", "price_usd_mwh is `nan`");
  check_series(head + "2024-03-31 01:00:00,\n", "price_usd_mwh is missing");
  check_series(head + "2024-03-31 01:00:00\n", "price_usd_mwh");
  check_series(head + "2024-03-31 01:00:00,1,2\n", "price_usd_mwh");
}

TEST_CASE("site: one currency, named by its prices") {
  const Tariff tariff = read("pue: 1.2, carbon: 882 lb/MWh, electricity: 28 ct/kWh, demand_charge: 12 EUR/kW");
  CHECK(tariff.currency == "EUR");
  CHECK(tariff.electricity_usd_per_kwh.flat == Approx(0.28));
  CHECK(tariff.carbon_g_per_kwh.flat == Approx(400.0684703));
  CHECK(read(kFlat).currency == "USD");
  CHECK(read("pue: 1.2, carbon: 1 g/kWh, currency: CHF, electricity: 28 ct/kWh").currency == "CHF");
  check_message(kFlat + ", demand_charge: 12 EUR/kW", "`12 EUR/kW` is in EUR, and the site's prices are in USD");
  check_message("pue: 1.2, carbon: 1 g/kWh, electricity: 0.2 EUR/kWh, certificates: {share: 1 %, price: 3 USD/MWh}",
                "expected all prices in one currency");
  const YamlNode site = parse_yaml("{electricity: 0.2 EUR/kWh}", "s.yaml");
  CHECK_THROWS_WITH(check_servers(site, tariff, {{.type = "l4-8", .rented = true}}),
                    Catch::Contains("the catalogue's rent of `l4-8` is in USD"));
  const Site cents =
      read_site(parse_yaml("{pue: 1.2, carbon: 1 g/kWh, electricity: 28 ct/kWh}", "s.yaml"), kTypes, in_folder);
  REQUIRE(cents.warnings.size() == 1);
  CHECK(cents.warnings[0].find("US cents") != std::string::npos);
}

TEST_CASE("site: owned servers without a price of their own take the catalogue's") {
  const YamlNode site = parse_yaml("{ownership: here}", "s.yaml");
  Tariff tariff = read(kFlat + ", ownership: {lifetime: 5 y}");
  add_catalogue_prices(site, {{.type = "l4-8", .rented = false}}, {{"l4-8", 45000.0}}, tariff);
  CHECK(tariff.capital->usd.at("l4-8") == 45000.0);
  CHECK_THROWS_WITH(add_catalogue_prices(site, {{.type = "tpu", .rented = false}}, {}, tariff),
                    Catch::Contains("the catalogue has none"));
  Tariff euros = read("pue: 1.2, carbon: 1 g/kWh, electricity: 0.2 EUR/kWh, ownership: {lifetime: 5 y}");
  CHECK_THROWS_WITH(add_catalogue_prices(site, {{.type = "l4-8", .rented = false}}, {{"l4-8", 45000.0}}, euros),
                    Catch::Contains("expected one in EUR"));
}

TEST_CASE("site: negative hourly prices are real, negative intensities are not") {
  const TemporaryFile file("utc,ci_lca_g_kwh\n2024-01-01 00:00:00,-1\n");
  check_message("pue: 1.5, electricity: 0.1 USD/kWh, carbon: {series: " + file.path() + "}",
                "expected a number from 0 to");
}

TEST_CASE("site: servers that are owned need a price, all need their carbon, where there is any") {
  const YamlNode site = parse_yaml("{ownership: here, embodied: there}", "s.yaml");
  const Tariff tariff = read(kFlat +
                             ", ownership: {prices: {hgx-a100-80: 1 USD}, lifetime: 4 y}, "
                             "embodied: {carbon: {hgx-a100-80: 1 kg}, lifetime: 4 y}");
  CHECK_NOTHROW(check_servers(site, tariff, {{.type = "hgx-a100-80", .rented = false}}));
  CHECK_THROWS_AS(check_servers(site, tariff, {{.type = "l4-8", .rented = false}}), InputError);
  CHECK_THROWS_AS(check_servers(site, tariff, {{.type = "l4-8", .rented = true}}), InputError);
  CHECK_NOTHROW(check_servers(site, read(kFlat), {{.type = "l4-8", .rented = false}}));
}

TEST_CASE("site: a finished run is priced again by the site alone") {
  Meter meter{.start_unix_s = 1704067200, .interval = 900 * kTicksPerSecond};
  meter.ends = {900 * kTicksPerSecond};
  const auto priced = [&](const std::vector<std::string>& set) {
    return reprice("{" + kFlat + "}", {}, meter, set, "run.h5: site");
  };
  CHECK(priced({}).pue == 1.5);
  CHECK(priced({"site.pue=1.1"}).pue == 1.1);
  CHECK(priced({"site={pue: 1.2}"}).pue == 1.2);
  CHECK_THROWS_WITH(priced({"pools.chat.replicas.start=4"}), Catch::Contains("begins with `site.`"));
  CHECK_THROWS_WITH(priced({"site.accounting_interval=1 h"}), Catch::Contains("read every 15 min"));
  CHECK_THROWS_WITH(priced({"site.electricity={series: nowhere.csv}"}), Catch::Contains("there is no file"));
  CHECK_THROWS_WITH(priced({"site.elctricity=1"}), Catch::Contains("did you mean `electricity`?"));
}

}  // namespace idlewatt
