// What servers of a replica send to each other, where a rack holds all of them and where it does not.
#include "scenario/pool/pool_physics.hpp"

#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

Racks racks_of(std::initializer_list<std::pair<std::int32_t, double>> counts_and_uplinks) {
  Racks racks;
  for (const auto& [count, uplink] : counts_and_uplinks) {
    racks.add({.servers = {{.count = count, .server = "node"}}, .uplink_bytes_per_s = uplink});
  }
  return racks;
}

TEST_CASE("Servers of a replica over racks share the uplinks, by hand") {
  const std::shared_ptr<const Catalog> catalog = small_catalog();  // "node": 4 accelerators, 12.5 GB/s
  Pool pool = small_pool("chat", 1);
  pool.parallel.tensor = 4;
  pool.parallel.pipeline = 4;
  const auto gigabytes = [&](const Racks& racks) { return network_bytes_per_s(pool, *catalog, racks) / 1e9; };
  CHECK(gigabytes(racks_of({{4, 1e9}})) == 12.5);
  CHECK(gigabytes(racks_of({{2, 1e9}, {4, 1e9}})) == 12.5);
  // Two of the four in each rack: of three others two are in the other rack, and two share the uplink.
  CHECK(gigabytes(racks_of({{2, 10e9}, {2, 10e9}})) == Approx(10.0 / 2.0 * 3.0 / 2.0));
  // The thinner uplink decides; a thick one leaves the server's own network.
  CHECK(gigabytes(racks_of({{2, 10e9}, {2, 4e9}})) == Approx(4.0 / 2.0 * 3.0 / 2.0));
  CHECK(gigabytes(racks_of({{2, 100e9}, {2, 100e9}})) == 12.5);
  // One alone in its rack sends all over its uplink.
  CHECK(gigabytes(racks_of({{3, 30e9}, {1, 10e9}})) == Approx(10.0));
  // A replica on one server has no others.
  pool.parallel.pipeline = 1;
  CHECK(gigabytes(racks_of({{2, 1e9}, {2, 1e9}})) == 12.5);
}

}  // namespace
}  // namespace idlewatt
