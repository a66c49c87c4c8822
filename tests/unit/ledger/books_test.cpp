// Each law of the audit notices its own breach; energy and money follow from the books as documented.
#include "ledger/books.hpp"

#include <cmath>
#include <string>

#include "base/error.hpp"
#include "ledger/account.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kHorizon = 3600 * kTicksPerSecond;

AcceleratorTotals accelerator_hour(AcceleratorState work, double work_w) {
  AcceleratorTotals totals;
  totals.charge(AcceleratorState::idle_loaded, kHorizon / 2, Power::from_w(80) * (kHorizon / 2));
  totals.charge(work, kHorizon / 2, Power::from_w(work_w) * (kHorizon / 2));
  return totals;
}

ServerTotals server_hour(double watts) {
  ServerTotals totals;
  totals.charge(ServerState::on, kHorizon, Power::from_w(watts) * kHorizon);
  return totals;
}

/// An hour that balances: one rack with a switch of 100 W and one server of 1000 W, overhead 10 %, with two
/// accelerators that are idle for half of the hour.
Books balanced_books() {
  ServerBook server;
  server.base = server_hour(1000);
  server.accelerators = {accelerator_hour(AcceleratorState::decode, 300),
                         accelerator_hour(AcceleratorState::prefill, 400)};
  const Energy accelerators = server.accelerators[0].total_energy() + server.accelerators[1].total_energy();
  server.overhead = ProportionalEnergy(0.1).add(accelerators);

  Books books;
  books.horizon = kHorizon;
  books.racks = {{.switches = Power::from_w(100) * kHorizon, .servers = {server}}};
  PoolBook pool;
  pool.under_use = Power::from_w(80) * (kHorizon / 4);
  pool.overhead_per_accelerator_w = 0.1;
  pool.replica_ticks = 2 * static_cast<int128_t>(kHorizon);
  pool.pending_ticks = kHorizon;
  pool.output_tokens = 30;
  pool.busy_energy = Energy::from_j(1000);
  pool.request_shares = Energy::from_j(999);
  books.pools = {pool};
  books.series.pools = accelerators;
  books.series.servers = server.base.total_energy() + accelerators + server.overhead;
  books.series.racks = books.series.servers + books.racks[RackId(0)].switches;
  books.meter.ends = {kHorizon};
  books.meter.owned = {Energy{}};
  books.meter.rented = {books.series.racks};
  books.meter.servers = {{.type = "a", .rented = true, .count = 1, .rent_usd_per_h = 32.0}};
  books.meter.rentals = {{.servers = 0, .used = kHorizon, .open = true}};
  fill_meter(books);
  return books;
}

void end_request(RequestStatistics& requests, Outcome outcome, std::int32_t tokens) {
  RequestRecord record;
  record.outcome = outcome;
  record.output_tokens = tokens;
  if (outcome == Outcome::served) {
    record.admitted = record.first_token = record.end = kTicksPerSecond;
  }
  requests.ended(record, {});
}

RequestStatistics three_requests() {
  RequestStatistics requests(0);
  for (int i = 0; i < 3; ++i) {
    requests.arrived(0);
  }
  end_request(requests, Outcome::served, 20);
  end_request(requests, Outcome::unfinished, 10);
  end_request(requests, Outcome::rejected, 0);
  return requests;
}

/// The law that the audit finds broken; nothing when the books balance.
std::string broken_law(const Books& books, const RequestStatistics& requests) {
  try {
    audit(books, requests);
    return "";
  } catch (const ConservationError& error) {
    return error.what();
  }
}

void check_breach(const Books& books, const RequestStatistics& requests, const std::string& law) {
  const std::string broken = broken_law(books, requests);
  INFO("expected `" << law << "`, got `" << broken << "`");
  CHECK(broken.find(law) != std::string::npos);
}

}  // namespace

TEST_CASE("books that balance pass the audit") {
  CHECK_NOTHROW(audit(balanced_books(), three_requests()));
  CHECK_NOTHROW(audit(Books{}, RequestStatistics(0)));
}

TEST_CASE("a server's state times sum to the horizon") {
  Books books = balanced_books();
  books.racks[RackId(0)].servers[0].base.ticks[ServerState::on] -= 1;
  check_breach(books, three_requests(), "a server's state times");
}

TEST_CASE("an accelerator's state times sum to the horizon") {
  Books books = balanced_books();
  books.racks[RackId(0)].servers[0].accelerators[1].ticks[AcceleratorState::off] += 1;
  check_breach(books, three_requests(), "an accelerator's state times");
}

TEST_CASE("the pools' series sum to the accelerators' energy, to the femtojoule") {
  Books books = balanced_books();
  books.series.pools += Energy{1};
  check_breach(books, three_requests(), "the pools' series");
}

TEST_CASE("the servers' series sum to the servers' energy, to the femtojoule") {
  Books books = balanced_books();
  books.series.servers -= Energy{1};
  check_breach(books, three_requests(), "the servers' series");
}

TEST_CASE("the racks' series sum to the energy at the wall, to the femtojoule") {
  Books books = balanced_books();
  books.series.racks += Energy{1};
  check_breach(books, three_requests(), "the racks' series");
}

/// Balanced books with a cache: lookups of 2 s at 30 W, three that ended and one cut short by the horizon after 1 s, on
/// a device that waits at 50 W; two of them overlap.
Books books_with_cache() {
  Books books = balanced_books();
  CacheBook cache;
  cache.lookup_power = Power::from_w(30);
  cache.standby_power = Power::from_w(50);
  cache.lookup_time = 2 * kTicksPerSecond;
  cache.lookups = 3;
  cache.unfinished_ticks = kTicksPerSecond;
  cache.lookup_ticks = 7 * static_cast<int128_t>(kTicksPerSecond);
  cache.busy_ticks = 6 * kTicksPerSecond;
  cache.energy = Energy::from_j(50.0 * 3600.0 + 30.0 * 7.0);
  books.series.cache += cache.energy;
  books.cache = cache;
  books.meter.rented[0] += cache.energy;
  fill_meter(books);
  return books;
}

TEST_CASE("the cache's lookups last as long as lookups do, and cost what their time costs") {
  CHECK_NOTHROW(audit(books_with_cache(), three_requests()));
  Books books = books_with_cache();
  books.cache->lookup_ticks += 1;
  check_breach(books, three_requests(), "lookups in the cache did not last as long as lookups do");
  books = books_with_cache();
  books.cache->energy.fj += 1;
  check_breach(books, three_requests(), "the cache's energy is not that of its lookups");
  books = books_with_cache();
  books.series.racks += Energy{1};
  check_breach(books, three_requests(), "the racks' series do not sum to the energy of servers and switches");

  Summary with;
  Summary without;
  with.requests_served = without.requests_served = 10.0;
  with.requests_cached = 10.0;
  const Tariff tariff{.pue = 1.5};
  fill_energy_and_money(books_with_cache(), tariff, with);
  fill_energy_and_money(balanced_books(), tariff, without);
  CHECK(with.cache_energy_kwh == Approx(1.5 * (50.0 * 3600.0 + 210.0) / 3.6e6));
  CHECK(without.cache_energy_kwh == 0.0);
  CHECK(with.facility_energy_kwh - without.facility_energy_kwh == Approx(with.cache_energy_kwh));
  // Waiting alone is waste.
  CHECK(with.idle_waste_kwh - without.idle_waste_kwh == Approx(1.5 * 50.0 * 3594.0 / 3.6e6));
  CHECK(with.wh_per_request == Approx(with.facility_energy_kwh * 1e3 / 20.0));

  books = books_with_cache();
  books.series.cache += Energy{1};
  check_breach(books, three_requests(), "the cache's series does not sum to its energy");
}

TEST_CASE("accounting intervals sum to the energy at the wall, to the femtojoule") {
  Books books = balanced_books();
  books.meter.rented[0] += Energy{1};
  check_breach(books, three_requests(), "the accounting intervals");
}

TEST_CASE("a request ends once") {
  RequestStatistics lost = three_requests();
  lost.arrived(0);
  check_breach(balanced_books(), lost, "a request came in");
  RequestStatistics twice = three_requests();
  end_request(twice, Outcome::rejected, 0);
  check_breach(balanced_books(), twice, "a request came in");
}

TEST_CASE("tokens of steps are tokens of requests") {
  Books books = balanced_books();
  books.pools[PoolId(0)].output_tokens += 1;
  check_breach(books, three_requests(), "tokens generated in steps");
}

TEST_CASE("requests get no more energy than their steps cost") {
  Books books = balanced_books();
  books.pools[PoolId(0)].request_shares = books.pools[PoolId(0)].busy_energy;
  CHECK_NOTHROW(audit(books, three_requests()));
  books.pools[PoolId(0)].request_shares += Energy{1};
  check_breach(books, three_requests(), "more energy than their steps cost");
}

TEST_CASE("energy, money and carbon follow from the books") {
  const Books books = balanced_books();
  Summary summary;
  three_requests().fill(summary, 100 * kTicksPerSecond);
  fill_energy_and_money(
      books, {.pue = 1.5, .electricity_usd_per_kwh = {.flat = 0.1}, .carbon_g_per_kwh = {.flat = 400}}, summary);

  // Accelerators: (80 + 300) / 2 + (80 + 400) / 2 Wh.
  CHECK(summary.accelerator_energy_kwh == Approx(0.430));
  CHECK(summary.it_energy_kwh == Approx(0.430 * 1.1 + 1.0 + 0.1));
  CHECK(summary.facility_energy_kwh == Approx(1.5 * summary.it_energy_kwh));
  // Half of all accelerator time is waste: 2 x 40 Wh with 10 % on top, half of the base and of the switches.
  CHECK(summary.idle_waste_kwh == Approx(1.5 * (0.080 * 1.1 + 0.5 + 0.05)));
  CHECK(summary.idle_waste_share == Approx(summary.idle_waste_kwh / summary.facility_energy_kwh));
  CHECK(summary.under_use_kwh == Approx(1.5 * 0.020 * 1.1));
  CHECK(summary.wh_per_request == Approx(1e3 * summary.facility_energy_kwh));
  CHECK(summary.j_per_output_token == Approx(3.6e6 * summary.facility_energy_kwh / 20));
  CHECK(summary.rent_usd == Approx(32.0));
  CHECK(summary.electricity_usd == 0.0);  // it is in the rent
  CHECK(summary.cost_usd == Approx(32.0));
  CHECK(summary.usd_per_million_output_tokens == Approx(32.0 / 20 * 1e6));
  CHECK(summary.carbon_kg == Approx(0.4 * summary.facility_energy_kwh));
  CHECK(summary.carbon_g_per_request == Approx(400.0 * summary.facility_energy_kwh));
  CHECK(summary.horizon_s == Approx(3600));
  CHECK(summary.replica_hours == Approx(2.0));
  CHECK(summary.pending_replica_hours == Approx(1.0));
  CHECK(summary.accelerator_hours == Approx(2.0));
}

TEST_CASE("whoever owns the servers pays the electricity, switches included, and no rent") {
  Books books = balanced_books();
  std::swap(books.meter.owned, books.meter.rented);
  books.meter.servers[0].rented = false;
  books.meter.rentals.clear();
  Summary summary;
  three_requests().fill(summary, 100 * kTicksPerSecond);
  fill_energy_and_money(books, {.pue = 1.5, .electricity_usd_per_kwh = {.flat = 0.1}}, summary);
  CHECK(summary.rent_usd == 0.0);
  CHECK(summary.electricity_usd == Approx(0.1 * summary.facility_energy_kwh));
  CHECK(summary.cost_usd == summary.electricity_usd);
}

TEST_CASE("rates per nothing are not numbers") {
  Books books = balanced_books();
  Summary summary;
  RequestStatistics(0).fill(summary, kTicksPerSecond);
  fill_energy_and_money(books, {}, summary);
  CHECK(std::isnan(summary.wh_per_request));
  CHECK(std::isnan(summary.j_per_output_token));
  CHECK(std::isnan(summary.usd_per_million_output_tokens));
  CHECK(std::isnan(summary.carbon_g_per_request));
  CHECK(std::isnan(summary.slo_share));
  CHECK(std::isnan(summary.ttft_s.p99));
}

}  // namespace idlewatt
