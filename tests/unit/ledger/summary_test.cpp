#include "ledger/summary.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("measures cover every field of the summary exactly once, in its order") {
  constexpr std::size_t numbers = sizeof(Summary) - sizeof(Summary::currency);
  static_assert(numbers % sizeof(double) == 0);
  constexpr std::size_t fields = numbers / sizeof(double);
  REQUIRE(measures().size() == fields);

  Summary summary;
  double value = 1.0;
  for (const Measure& measure : measures()) {
    measure.set(summary, value);
    value += 1.0;
  }
  double raw[fields];
  std::memcpy(raw, &summary, sizeof raw);  // the currency stands behind the numbers
  for (std::size_t i = 0; i < fields; ++i) {
    INFO(measures()[i].name);
    CHECK(raw[i] == static_cast<double>(i + 1));
    CHECK(measures()[i].get(summary) == raw[i]);
  }
}

TEST_CASE("every measure is named, explained and has a unit") {
  std::set<std::string> names;
  std::set<std::string> labels;
  for (const Measure& measure : measures()) {
    INFO(measure.name);
    CHECK(names.insert(measure.name).second);
    CHECK(labels.insert(measure.label).second);
    CHECK_FALSE(measure.unit.empty());
    REQUIRE_FALSE(measure.meaning.empty());
    CHECK(measure.meaning.back() == '.');
    CHECK(measure.meaning.find('.') == measure.meaning.size() - 1);
  }
}

TEST_CASE("the headline is what a reader asks first") {
  std::set<std::string> headline;
  for (const Measure& measure : measures()) {
    if (measure.headline) {
      headline.insert(measure.name);
    }
  }
  for (const char* name : {"requests_in", "requests_rejected", "requests_rejected_too_long", "facility_energy_kwh",
                           "idle_waste_share", "ttft_s_p99", "slo_share", "replica_hours"}) {
    INFO(name);
    CHECK(headline.count(name) == 1);
  }
  CHECK(headline.count("peak_kw") == 0);
  CHECK(headline.count("queue_s_p50") == 0);
}

TEST_CASE("lines of a bill are shown where there are two, other extras where they say something") {
  const auto find = [](const std::string& name) {
    return *std::find_if(measures().begin(), measures().end(), [&](const Measure& m) { return m.name == name; });
  };
  Summary rented;
  rented.rent_usd = 5.0;
  CHECK(is_shown(find("cost_usd"), {rented}));
  CHECK_FALSE(is_shown(find("rent_usd"), {rented}));  // the cost says it
  CHECK_FALSE(is_shown(find("water_l"), {rented}));
  Summary both = rented;
  both.electricity_usd = 1.0;
  both.water_l = 2.0;
  CHECK(is_shown(find("rent_usd"), {both}));
  CHECK(is_shown(find("electricity_usd"), {rented, both}));
  CHECK_FALSE(is_shown(find("demand_usd"), {both}));
  CHECK(is_shown(find("water_l"), {rented, both}));
}
