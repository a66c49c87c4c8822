// A device's account: every tick charged once, to the state it was spent in.
#include "ledger/account.hpp"

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("an account charges work as work and the time between as its state") {
  AcceleratorAccount account(AcceleratorState::idle_empty, Power::from_w(50));
  account.enter(AcceleratorState::idle_loaded, Power::from_w(80), 100);
  account.worked(AcceleratorState::prefill, 300, 400, Energy{7});
  account.worked(AcceleratorState::decode, 400, 1000, Energy{9});
  const AcceleratorTotals first = account.close_bin(1500);
  CHECK(account.state() == AcceleratorState::idle_loaded);
  CHECK(first.ticks[AcceleratorState::idle_empty] == 100);
  CHECK(first.energy[AcceleratorState::idle_empty] == Power::from_w(50) * 100);
  CHECK(first.ticks[AcceleratorState::idle_loaded] == 700);
  CHECK(first.energy[AcceleratorState::idle_loaded] == Power::from_w(80) * 700);
  CHECK(first.ticks[AcceleratorState::prefill] == 100);
  CHECK(first.energy[AcceleratorState::prefill] == Energy{7});
  CHECK(first.ticks[AcceleratorState::decode] == 600);
  CHECK(first.energy[AcceleratorState::decode] == Energy{9});
  CHECK(first.total_ticks() == 1500);

  const AcceleratorTotals second = account.close_bin(2000);
  CHECK(second.total_ticks() == 500);
  CHECK(account.totals().total_ticks() == 2000);
  CHECK(account.totals().total_energy() == first.total_energy() + second.total_energy());
}

TEST_CASE("a device charged twice for the same time is an error, whichever way") {
  AcceleratorAccount account(AcceleratorState::idle_loaded, Power::from_w(80));
  account.worked(AcceleratorState::decode, 100, 200, Energy{1});
  CHECK_THROWS_AS(account.worked(AcceleratorState::decode, 199, 300, Energy{1}), ConservationError);
  CHECK_THROWS_AS(account.charge_until(150), ConservationError);
  CHECK_THROWS_AS(account.enter(AcceleratorState::off, Power{}, 199), ConservationError);
  CHECK_THROWS_AS(account.close_bin(199), ConservationError);
  CHECK_NOTHROW(account.worked(AcceleratorState::decode, 200, 300, Energy{1}));
}

TEST_CASE("parts of an overhead sum exactly to the overhead of the sum") {
  ProportionalEnergy in_parts(0.1234567);
  ProportionalEnergy at_once(0.1234567);
  RandomStream random(1, "overhead");
  Energy base;
  Energy parts;
  for (int i = 0; i < 10'000; ++i) {
    const Energy energy{static_cast<int128_t>(random.bits() >> 8U)};
    base += energy;
    parts += in_parts.add(energy);
  }
  CHECK(parts == at_once.add(base));
  CHECK(parts == in_parts.total());
  CHECK(parts.j() == Approx(base.j() * 0.123457).epsilon(1e-12));  // kept in parts per million
}

}  // namespace idlewatt
