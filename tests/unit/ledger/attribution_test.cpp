// The bill of a run, shared by the rule that sim/ledger/attribution.hpp states, against hours counted by hand.
#include "ledger/attribution.hpp"

#include "base/error.hpp"
#include "ledger/account.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kHour = 3600 * kTicksPerSecond;

AcceleratorTotals spent(AcceleratorState state, double watts, Ticks time) {
  AcceleratorTotals totals;
  totals.charge(state, time, Power::from_w(watts) * time);
  return totals;
}

ServerTotals on(double watts) {
  ServerTotals totals;
  totals.charge(ServerState::on, kHour, Power::from_w(watts) * kHour);
  return totals;
}

AcceleratorTotals operator+(AcceleratorTotals a, const AcceleratorTotals& b) {
  return a += b;
}

/// One hour of one rack: a switch of 90 W; an owned server of 600 W base, 10 % overhead and three accelerators, two
/// held by pool 0, one by nobody; a rented one for 12 USD with one accelerator of pool 1, which computed nothing.
///
/// Pool 0's two: 1 h of mixed steps at 300 W, and half an hour each of loading at 100 W and waiting at 80 W.
Books an_hour() {
  const AcceleratorTotals held = spent(AcceleratorState::mixed, 300, kHour) +
                                 spent(AcceleratorState::loading, 100, kHour / 2) +
                                 spent(AcceleratorState::idle_loaded, 80, kHour / 2);
  const AcceleratorTotals empty = spent(AcceleratorState::idle_empty, 60, kHour);
  ServerBook owned;
  owned.base = on(600);
  owned.owners = {{PoolId(0), held}, {std::nullopt, empty}};
  owned.overhead = ProportionalEnergy(0.1).add(held.total_energy() + empty.total_energy());
  owned.rented = false;
  ServerBook rented;
  const AcceleratorTotals waiting = spent(AcceleratorState::idle_loaded, 70, kHour);
  rented.base = on(100);
  rented.owners = {{PoolId(1), waiting}};
  rented.overhead = {};
  rented.machine_usd = 12.0;

  Books books;
  books.horizon = kHour;
  books.racks = {{.switches = Power::from_w(90) * kHour, .servers = {owned, rented}}};
  books.pools.resize(2);
  books.pools[PoolId(0)].busy_energy = Power::from_w(300) * kHour;
  // 90, 30 and 150 of 300 Wh; what is left is lost.
  books.pools[PoolId(0)].tenants = {
      {.tenant = 0, .served = 2, .prefill = Power::from_w(90) * kHour, .decode = Power::from_w(30) * kHour},
      {.tenant = 7, .served = 3, .prefill = {}, .decode = Power::from_w(150) * kHour}};
  return books;
}

constexpr UnitPrices kPrices{.pue = 1.5, .owned_usd_per_kwh = 0.2};

double wh(const Purposes& energy_j, Purpose purpose) {
  return energy_j[purpose] / 3600.0;
}

double sum_wh(const std::vector<Attribution>& parts) {
  double sum = 0.0;
  for (const Attribution& part : parts) {
    sum += part.energy_j.total() / 3600.0;
  }
  return sum;
}

}  // namespace

TEST_CASE("each tenant has its own steps, and the rest of its pool in proportion to them", "[attribution]") {
  const std::vector<Attribution> parts = attribute(an_hour(), kPrices);
  REQUIRE(parts.size() == 5);
  const Attribution& first = parts[0];
  CHECK((first.pool == PoolId(0) && first.tenant == 0 && first.served == 2));
  CHECK(wh(first.energy_j, Purpose::prefill) == Approx(90));
  CHECK(wh(first.energy_j, Purpose::decode) == Approx(30));
  const double of_rest = 120.0 / 270.0;
  CHECK(wh(first.energy_j, Purpose::idle) == Approx(40 * of_rest));
  CHECK(wh(first.energy_j, Purpose::startup) == Approx(50 * of_rest));
  // Base and switches by powered hours: 2 of the server's 3, 2 of the rack's 4; overhead by energy.
  const double host = 600.0 * 2 / 3 + 39.0 + 90.0 * 2 / 4;
  CHECK(wh(first.energy_j, Purpose::host) == Approx(host * of_rest));
  CHECK(wh(first.energy_j, Purpose::facility) == Approx(0.5 * (300 + 90 + host) * of_rest));
  CHECK(first.energy_j[Purpose::lost] == 0.0);

  const Attribution& second = parts[1];
  CHECK((second.pool == PoolId(0) && second.tenant == 7 && second.served == 3));
  CHECK(second.energy_j[Purpose::prefill] == 0.0);
  CHECK(wh(second.energy_j, Purpose::decode) == Approx(150));
  CHECK(wh(second.energy_j, Purpose::idle) == Approx(40 * (1 - of_rest)));
}

TEST_CASE("what nobody has is nobody's: lost steps, a pool without requests, accelerators of no pool",
          "[attribution]") {
  const std::vector<Attribution> parts = attribute(an_hour(), kPrices);
  REQUIRE(parts.size() == 5);
  CHECK((parts[2].pool == PoolId(0) && !parts[2].tenant));
  CHECK(wh(parts[2].energy_j, Purpose::lost) == Approx(30));
  CHECK(parts[2].energy_j.total() / 3600.0 == Approx(30));
  CHECK((parts[3].pool == PoolId(1) && !parts[3].tenant));
  CHECK(wh(parts[3].energy_j, Purpose::idle) == Approx(70));
  CHECK(wh(parts[3].energy_j, Purpose::host) == Approx(100 + 90.0 / 4));
  CHECK((!parts[4].pool && !parts[4].tenant));
  CHECK(wh(parts[4].energy_j, Purpose::idle) == Approx(60));
  CHECK(wh(parts[4].energy_j, Purpose::host) == Approx(600.0 / 3 + 6 + 90.0 / 4));
}

TEST_CASE("the parts sum to the bill; the audit notices when they do not", "[attribution]") {
  const Books books = an_hour();
  std::vector<Attribution> parts = attribute(books, kPrices);
  const double wall_wh = 300 + 90 + 60 + 600 + 45 + 70 + 100 + 90;
  CHECK(sum_wh(parts) == Approx(1.5 * wall_wh).epsilon(1e-12));
  Summary summary;
  summary.facility_energy_kwh = 1.5 * wall_wh / 1000.0;
  // Electricity of the owned server and of its half of the switches; the rent holds that of the other.
  summary.rent_usd = 12.0;
  summary.electricity_usd = 1.5 * (300 + 90 + 60 + 600 + 45 + 45) / 1000.0 * 0.2;
  summary.cost_usd = summary.rent_usd + summary.electricity_usd;
  CHECK_NOTHROW(audit(parts, summary));
  parts[0].cost_usd[Purpose::idle] += 1e-6;
  CHECK_THROWS_AS(audit(parts, summary), ConservationError);
  parts = attribute(books, kPrices);
  parts.pop_back();
  CHECK_THROWS_AS(audit(parts, summary), ConservationError);
}

TEST_CASE("rent goes by powered time, to what was done in it", "[attribution]") {
  Books books = an_hour();
  ServerBook& server = books.racks[RackId(0)].servers[0];
  server.rented = true;
  server.machine_usd = 30.0;
  const std::vector<Attribution> parts = attribute(books, kPrices);
  // 10 USD a powered hour. Pool 0: an hour of steps, of whose 300 Wh 90 are the first tenant's prompts.
  CHECK(parts[0].cost_usd[Purpose::prefill] == Approx(10.0 * 90 / 300));
  CHECK(parts[0].cost_usd[Purpose::decode] == Approx(10.0 * 30 / 300));
  CHECK(parts[0].cost_usd[Purpose::idle] == Approx(5.0 * 120 / 270));
  CHECK(parts[0].cost_usd[Purpose::startup] == Approx(5.0 * 120 / 270));
  CHECK(parts[0].cost_usd[Purpose::host] == 0.0);  // its electricity is in the rent
  CHECK(parts[2].cost_usd[Purpose::lost] == Approx(10.0 * 30 / 300));
  CHECK(parts[4].cost_usd[Purpose::idle] == Approx(10.0));
}

TEST_CASE("capital cost goes like rent; what is paid for all energy goes with all energy", "[attribution]") {
  Books books = an_hour();
  books.racks[RackId(0)].servers[0].machine_usd = 30.0;  // owned: its electricity comes on top
  const std::vector<Attribution> parts =
      attribute(books, {.pue = 1.5, .owned_usd_per_kwh = 0.2, .all_usd_per_kwh = 0.1, .stranded_usd = 5.0});
  CHECK(parts[0].cost_usd[Purpose::prefill] == Approx(10.0 * 90 / 300 + 0.090 * 0.3));
  CHECK(parts[3].cost_usd[Purpose::idle] == Approx(12.0 + 0.070 * 0.1));  // the rented one's
  CHECK(parts[4].cost_usd[Purpose::idle] == Approx(10.0 + 0.060 * 0.3 + 5.0));
}

TEST_CASE("unit prices of a bill", "[attribution]") {
  Meter meter;
  meter.owned = {Power::from_w(1000) * kHour};
  Bill bill;
  bill.it_kwh = 4.0;
  bill.facility_kwh = 6.0;
  bill.pue = 1.5;
  bill.lines = {{"rent", "", 0.0, "", 9.0},      {"electricity", "", 0.0, "", 1.0}, {"demand", "", 0.0, "", 0.5},
                {"plant", "", 0.0, "", 0.2},     {"surplus", "", 0.0, "", -0.2},    {"certificates", "", 0.0, "", 1.0},
                {"carbon_tax", "", 0.0, "", 2.0}};
  const UnitPrices prices = unit_prices(meter, bill);
  CHECK(prices.owned_usd_per_kwh == Approx(1.0));
  CHECK(prices.all_usd_per_kwh == Approx(0.5));
  CHECK(prices.stranded_usd == 0.0);
  CHECK(unit_prices({}, bill).stranded_usd == Approx(1.5));
}

TEST_CASE("a server that was off all the time is nobody's, rent and all", "[attribution]") {
  Books books;
  books.horizon = kHour;
  books.pools.resize(1);
  ServerBook server;
  server.base.charge(ServerState::off, kHour, Power::from_w(10) * kHour);
  server.owners = {{PoolId(0), spent(AcceleratorState::off, 0, kHour)}};
  server.machine_usd = 3.0;
  books.racks = {{.switches = Power::from_w(5) * kHour, .servers = {server}}};
  const std::vector<Attribution> parts = attribute(books, kPrices);
  REQUIRE(parts.size() == 1);
  CHECK(!parts[0].pool);
  CHECK(wh(parts[0].energy_j, Purpose::host) == Approx(15));
  CHECK(parts[0].cost_usd[Purpose::idle] == Approx(3.0));
}

TEST_CASE("shares of tenants are summed, in the order of their numbers", "[attribution]") {
  TenantShares shares;
  shares.add(5, {10}, {1}, true);
  shares.add(-3, {20}, {2}, false);
  shares.add(5, {30}, {3}, true);
  const std::vector<TenantShare> sorted = shares.sorted();
  REQUIRE(sorted.size() == 2);
  CHECK(sorted[0].tenant == -3);
  CHECK(sorted[0].served == 0);
  CHECK(sorted[1].tenant == 5);
  CHECK(sorted[1].served == 2);
  CHECK(sorted[1].prefill == Energy{40});
  CHECK(sorted[1].decode == Energy{4});
}

}  // namespace idlewatt
