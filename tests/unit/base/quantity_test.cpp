#include "base/quantity.hpp"

#include "base/unit_names.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

double value(const char* text, Dimension dimension) {
  std::string problem;
  const auto result = parse_quantity(text, dimension, problem);
  INFO(text << ": " << problem);
  REQUIRE(result.has_value());
  return *result;
}

std::string problem(const char* text, Dimension dimension) {
  std::string result;
  const bool read = parse_quantity(text, dimension, result).has_value();
  INFO(text);
  REQUIRE(!read);
  return result;
}

TEST_CASE("Quantities are read into the unit of their dimension, to the nearest double") {
  CHECK(value("50 ms", Dimension::time) == 0.05);
  CHECK(value("100ms", Dimension::time) == 0.1);
  CHECK(value("1 min", Dimension::time) == 60.0);
  CHECK(value("24 h", Dimension::time) == 86400.0);
  CHECK(value("7 d", Dimension::time) == 604800.0);
  CHECK(value("70 us", Dimension::time) == 70e-6);
  CHECK(value("70 \u00b5s", Dimension::time) == 70e-6);
  CHECK(value("0 s", Dimension::time) == 0.0);
  CHECK(value("80 GB", Dimension::bytes) == 80e9);
  CHECK(value("80 GiB", Dimension::bytes) == 85899345920.0);
  CHECK(value("81920 MiB", Dimension::bytes) == 85899345920.0);
  CHECK(value("2039 GB/s", Dimension::bandwidth) == 2039e9);
  CHECK(value("100 Gbps", Dimension::bandwidth) == 12.5e9);
  CHECK(value("100 Gbit/s", Dimension::bandwidth) == 12.5e9);
  CHECK(value("100 Gb/s", Dimension::bandwidth) == 12.5e9);
  CHECK(value("1.2 kW", Dimension::power) == 1200.0);
  CHECK(value("20 /s", Dimension::rate) == 20.0);
  CHECK(value("20/s", Dimension::rate) == 20.0);
  CHECK(value("30 1/min", Dimension::rate) == 0.5);
  CHECK(value("312 TFLOPS", Dimension::flops) == 312e12);
  CHECK(value("312 TFLOP/s", Dimension::flops) == 312e12);
  CHECK(value("624 TOPS", Dimension::flops) == 624e12);
  CHECK(value("624 TOP/s", Dimension::flops) == 624e12);
  CHECK(value("120 pJ/B", Dimension::energy_per_byte) == 120e-12);
  CHECK(value("0.9 pJ/FLOP", Dimension::energy_per_flop) == 0.9e-12);
  CHECK(value("0.9 pJ/OP", Dimension::energy_per_flop) == 0.9e-12);
  CHECK(value("0.10 USD/kWh", Dimension::price_per_energy) == 0.1);
  CHECK(value("80 USD/MWh", Dimension::price_per_energy) == 0.08);
  CHECK(value("3.4 USD/h", Dimension::price_per_time) == 3.4);
  CHECK(value("400 g/kWh", Dimension::carbon_intensity) == 400.0);
  CHECK(value("400 kg/MWh", Dimension::carbon_intensity) == 400.0);
}

TEST_CASE("Quantities are read as people write them") {
  CHECK(value("1 day", Dimension::time) == 86400.0);
  CHECK(value("2 weeks", Dimension::time) == 1209600.0);
  CHECK(value("90 minutes", Dimension::time) == 5400.0);
  CHECK(value("50\u00a0ms", Dimension::time) == 0.05);
  CHECK(value("40000/day", Dimension::rate) == 40000.0 / 86400.0);
  CHECK(value("0.463 requests/s", Dimension::rate) == 0.463);
  CHECK(value("10k/h", Dimension::rate) == Approx(10000.0 / 3600.0));
  CHECK(value("10k", Dimension::count) == 10000.0);
  CHECK(value("1.5M", Dimension::number) == 1.5e6);
  CHECK(value("882 lb/MWh", Dimension::carbon_intensity) == Approx(400.0684703));
  CHECK(value("1 tCO2e/MWh", Dimension::carbon_intensity) == 1000.0);
}

TEST_CASE("Money is of a currency, and none is converted") {
  std::string problem;
  const auto euros = parse_money("123.4 EUR/MWh", Dimension::price_per_energy, problem);
  REQUIRE(euros.has_value());
  CHECK(euros->value == Approx(0.1234));
  CHECK(euros->currency == "EUR");
  CHECK(parse_money("28 ct/kWh", Dimension::price_per_energy, problem)->currency.empty());
  CHECK(parse_money("28 ct/kWh", Dimension::price_per_energy, problem)->value == Approx(0.28));
  CHECK(parse_money("15.75 p/kWh", Dimension::price_per_energy, problem)->currency == "GBP");
  CHECK(parse_money("15.75 p/kWh", Dimension::price_per_energy, problem)->value == Approx(0.1575));
  CHECK(parse_money("\u20ac", Dimension::money, problem) == std::nullopt);
  CHECK_FALSE(parse_quantity("1 EUR", Dimension::money, problem).has_value());
  CHECK(problem ==
        "`1 EUR` is not in US dollars, which this is counted in; expected an amount of money such as "
        "`150000 USD`");
  CHECK(in_currency("usd_per_million_output_tokens", "EUR") == "eur_per_million_output_tokens");
  CHECK(in_currency("cost_usd", "GBP") == "cost_gbp");
  CHECK(in_currency("USD/kWh", "SEK") == "SEK/kWh");
  CHECK(in_currency("usdt", "SEK") == "usdt");
  CHECK(in_currency("cost_usd", "USD") == "cost_usd");
}

TEST_CASE("Every unit of a dimension reads back as what it says") {
  for (const Dimension dimension : all_dimensions()) {
    for (const UnitName& unit : units_of(dimension)) {
      INFO(unit.name);
      std::string problem;
      const std::string text = "0.25 " + unit.name;
      const auto found = is_money(dimension) ? parse_money(text, dimension, problem).has_value()
                                             : parse_quantity(text, dimension, problem).has_value();
      CHECK((found || (dimension == Dimension::count && unit.multiply < 4)));
    }
  }
}

TEST_CASE("Numbers, counts and shares go without a unit") {
  CHECK(value("-1.5", Dimension::number) == -1.5);
  CHECK(value("8.03e9", Dimension::number) == 8.03e9);
  CHECK(value("64", Dimension::count) == 64.0);
  CHECK(value("1e6", Dimension::count) == 1e6);
  CHECK(value("15 %", Dimension::share) == 0.15);
  CHECK(value("15%", Dimension::share) == 0.15);
  CHECK(value("0.15", Dimension::share) == 0.15);
  CHECK(value("100 %", Dimension::share) == 1.0);
}

TEST_CASE("A number without its unit is refused where a unit is due") {
  CHECK(problem("50", Dimension::time) == "`50` has no unit; expected a time such as `50 ms`");
  CHECK(problem("0", Dimension::time) == "`0` has no unit; expected a time such as `50 ms`");
  CHECK(problem("400", Dimension::power) == "`400` has no unit; expected a power such as `400 W`");
}

TEST_CASE("A wrong unit is refused, with the right one when it is near") {
  CHECK(problem("5 minuts", Dimension::time) ==
        "`5 minuts` has an unknown unit `minuts`; expected a time such as `50 ms`; did you mean `minute`?");
  CHECK(problem("80 gb", Dimension::bytes) ==
        "`80 gb` has an unknown unit `gb`; expected a memory size such as `80 GB` or `80 GiB`; did you mean `GB`?");
  CHECK(
      problem("80 kg", Dimension::time) ==
      "`80 kg` has an unknown unit `kg`; expected a time such as `50 ms`; units are `s`, `ms`, `us`, `ns`, `min`, `h`, "
      "`d`, `week`, `y` (see `idlewatt catalog units`)");
  CHECK(problem("1 m", Dimension::time) == "`1 m`: is `min` meant? `m` is a metre; expected a time such as `50 ms`");
  CHECK(problem("1,000 W", Dimension::power).find("has a comma in its number") != std::string::npos);
  // A prefix in the wrong case is a million times as much: nothing is proposed.
  CHECK(problem("300 mw", Dimension::power).find("did you mean") == std::string::npos);
  CHECK(problem("0.2 EUR/kWh", Dimension::carbon_intensity).find("did you mean") == std::string::npos);
  CHECK(problem(std::string(5000, 'x').c_str(), Dimension::time).size() < 200);
  CHECK(problem("8 s", Dimension::count) == "`8 s` has a unit where none is due; expected a whole number such as `8`");
}

TEST_CASE("What is no quantity at all is refused") {
  CHECK(problem("", Dimension::time) == "nothing is given; expected a time such as `50 ms`");
  CHECK(problem("ms", Dimension::time) == "`ms` does not begin with a number; expected a time such as `50 ms`");
  CHECK(problem("nan s", Dimension::time) == "`nan s` is not a finite number; expected a time such as `50 ms`");
  CHECK(problem("inf", Dimension::number) == "`inf` is not a finite number; expected a number such as `1.5`");
  CHECK(problem("1e999 s", Dimension::time) ==
        "`1e999 s` is beyond what a number can hold; expected a time such as `50 ms`");
  CHECK(problem("1e308 GB", Dimension::bytes) ==
        "`1e308 GB` is beyond what a number can hold; expected a memory size such as `80 GB` or `80 GiB`");
  CHECK(problem("-1 ms", Dimension::time) == "`-1 ms` is negative; expected a time such as `50 ms`");
  CHECK(problem("1.5", Dimension::count) == "`1.5` is not whole; expected a whole number such as `8`");
  CHECK(problem("-1", Dimension::count) == "`-1` is negative; expected a whole number such as `8`");
  CHECK(problem("150 %", Dimension::share) ==
        "`150 %` is more than the whole; expected a share such as `15 %` or `0.15`");
}

TEST_CASE("A quantity's text reads back as itself") {
  for (const Dimension dimension :
       {Dimension::number, Dimension::count, Dimension::time, Dimension::bytes, Dimension::bandwidth, Dimension::power,
        Dimension::rate, Dimension::flops, Dimension::energy_per_byte, Dimension::energy_per_flop,
        Dimension::price_per_energy, Dimension::price_per_time, Dimension::carbon_intensity}) {
    for (const double number : {0.0, 1.0, 64.0, 1e6, 85899345920.0}) {
      CHECK(value(quantity_text(number, dimension).c_str(), dimension) == number);
    }
  }
  CHECK(value(quantity_text(0.9e-12, Dimension::energy_per_flop).c_str(), Dimension::energy_per_flop) == 0.9e-12);
  CHECK(quantity_text(0.05, Dimension::time) == "0.05 s");
  CHECK(number_text(4096.0) == "4096");
  CHECK(number_text(1e6) == "1000000");
}

}  // namespace
}  // namespace idlewatt
