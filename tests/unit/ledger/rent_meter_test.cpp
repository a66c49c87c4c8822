// When a machine was rented, and what it is billed for that, by hand.
#include "ledger/rent_meter.hpp"

#include "ledger/bill.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

Ticks billed(const RentMeter& meter, Ticks now, Ticks increment, Ticks minimum) {
  Ticks sum = billed_ticks({.used = meter.open(now), .open = true}, increment, minimum);
  for (const Ticks used : meter.ended()) {
    sum += billed_ticks({.used = used}, increment, minimum);
  }
  return sum;
}

}  // namespace

TEST_CASE("rent: each rental in whole increments, rounded up", "[rent]") {
  RentMeter meter;
  meter.begin(100);
  meter.end(101);
  CHECK(billed(meter, 1000, 60, 0) == 60);
  meter.begin(200);
  meter.end(260);  // one increment exactly
  CHECK(billed(meter, 1000, 60, 0) == 120);
  meter.begin(300);
  meter.end(361);
  CHECK(billed(meter, 1000, 60, 0) == 240);
}

TEST_CASE("rent: each rental for the minimum at least", "[rent]") {
  RentMeter meter;
  meter.begin(0);
  meter.end(59);
  CHECK(billed(meter, 59, 1, 60) == 60);
  meter.begin(100);
  meter.end(160);
  meter.begin(200);
  meter.end(261);
  CHECK(billed(meter, 1000, 1, 60) == 60 + 60 + 61);
  // A minimum that is no multiple of the increment is billed as it is.
  RentMeter hourly;
  hourly.begin(0);
  hourly.end(10);
  CHECK(billed(hourly, 10, 100, 250) == 250);
  hourly.begin(20);
  hourly.end(20 + 251);
  CHECK(billed(hourly, 1000, 100, 250) == 250 + 300);
}

TEST_CASE("rent: what is given back in the instant was never rented", "[rent]") {
  RentMeter meter;
  meter.begin(0);
  CHECK(meter.rented());
  meter.end(0);
  CHECK_FALSE(meter.rented());
  CHECK(billed(meter, 1000, 60, 3600) == 0);
}

TEST_CASE("rent: a rental that goes on is billed as it stands", "[rent]") {
  RentMeter meter;
  meter.begin(10);
  meter.end(20);
  meter.begin(5000);
  CHECK(billed(meter, 5000, 60, 3600) == 3600);
  CHECK(billed(meter, 5017, 60, 3600) == 3617);
}

TEST_CASE("rent: without an increment every tick counts", "[rent]") {
  RentMeter meter;
  meter.begin(0);
  meter.end(7);
  CHECK(billed(meter, 7, 0, 0) == 7);
}

}  // namespace idlewatt
