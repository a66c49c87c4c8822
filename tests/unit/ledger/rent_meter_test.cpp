// What a rented machine is billed for, by hand.
#include "ledger/rent_meter.hpp"

#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("rent: each rental in whole increments, rounded up", "[rent]") {
  RentMeter meter(60, 0);
  meter.begin(100);
  meter.end(101);
  CHECK(meter.billed(1000) == 60);
  meter.begin(200);
  meter.end(260);  // one increment exactly
  CHECK(meter.billed(1000) == 120);
  meter.begin(300);
  meter.end(361);
  CHECK(meter.billed(1000) == 240);
}

TEST_CASE("rent: each rental for the minimum at least", "[rent]") {
  RentMeter meter(1, 60);
  meter.begin(0);
  meter.end(59);
  CHECK(meter.billed(59) == 60);
  meter.begin(100);
  meter.end(160);
  meter.begin(200);
  meter.end(261);
  CHECK(meter.billed(1000) == 60 + 60 + 61);
  // A minimum that is no multiple of the increment is billed as it is.
  RentMeter hourly(100, 250);
  hourly.begin(0);
  hourly.end(10);
  CHECK(hourly.billed(10) == 250);
  hourly.begin(20);
  hourly.end(20 + 251);
  CHECK(hourly.billed(1000) == 250 + 300);
}

TEST_CASE("rent: what is given back in the instant was never rented", "[rent]") {
  RentMeter meter(60, 3600);
  meter.begin(0);
  CHECK(meter.rented());
  meter.end(0);
  CHECK_FALSE(meter.rented());
  CHECK(meter.billed(1000) == 0);
}

TEST_CASE("rent: a rental that goes on is billed as it stands", "[rent]") {
  RentMeter meter(60, 3600);
  meter.begin(10);
  meter.end(20);
  meter.begin(5000);
  CHECK(meter.billed(5000) == 3600);
  CHECK(meter.billed(5017) == 3617);
}

TEST_CASE("rent: without an increment every tick counts", "[rent]") {
  RentMeter meter(0, 0);
  meter.begin(0);
  meter.end(7);
  CHECK(meter.billed(7) == 7);
}

}  // namespace idlewatt
