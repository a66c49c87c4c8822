// What a bill rests on comes back from the file as it went in, to the femtojoule.
#include "analysis/sample_run.hpp"
#include "base/error.hpp"
#include "results/hdf5_recorder.hpp"
#include "results/metered_run.hpp"
#include "support/catch.hpp"
#include "temporary_directory.hpp"

using namespace idlewatt;

namespace {

/// Ends a sample run with these meters.
class WithMeters final : public Hdf5Recorder {
 public:
  WithMeters(const std::string& path, const Meter& meter, const Tariff& tariff)
      : Hdf5Recorder(path), meter_(meter), tariff_(tariff) {}
  void end(const Summary& summary) override {
    metered(meter_, tariff_, "{pue: 1.5, electricity: {series: a.csv}}");
    Hdf5Recorder::end(summary);
  }

 private:
  Meter meter_;
  Tariff tariff_;
};

}  // namespace

TEST_CASE("meters, rentals and series come back exactly") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  constexpr int128_t joule = 1'000'000'000'000'000;
  Meter meter{.start_unix_s = 1704067200, .interval = 900 * kTicksPerSecond};
  meter.ends = {900 * kTicksPerSecond, 1200 * kTicksPerSecond};
  meter.owned = {Energy{joule * 9'000'000'000 + 1}, Energy{7}};
  meter.rented = {Energy{0}, Energy{joule - 1}};
  meter.servers = {
      {.type = "l4-8", .rented = false, .count = 2},
      {.type = "hgx-a100-80", .rented = true, .count = 3, .rent_usd_per_h = 27.4, .increment = 1, .minimum = 60}};
  meter.rentals = {{.servers = 1, .used = 1200 * kTicksPerSecond, .open = true, .count = 2},
                   {.servers = 1, .used = 17, .open = false, .count = 1}};
  meter.idle_waste_j = 1.0 / 3.0;
  meter.under_use_j = 2.0 / 3.0;
  meter.lower_bound_j = 1e-300;
  Tariff tariff;
  tariff.electricity_usd_per_kwh.series = std::make_shared<const TimeSeries>(TimeSeries{
      .path = "a.csv", .column = "price_usd_mwh", .start_unix_s = 1704067200 - 3600, .values = {1, -2.5, 3}});
  tariff.carbon_g_per_kwh.series = std::make_shared<const TimeSeries>(
      TimeSeries{.path = "a.csv", .column = "ci_lca_g_kwh", .start_unix_s = 1704067200, .values = {0.1}});
  WithMeters recorder(path, meter, tariff);
  sample::play(recorder, {});

  const MeteredRun run = read_metered_run(path);
  CHECK(run.site == "{pue: 1.5, electricity: {series: a.csv}}");
  CHECK(run.meter.start_unix_s == meter.start_unix_s);
  CHECK(run.meter.interval == meter.interval);
  CHECK(run.meter.ends == meter.ends);
  CHECK((run.meter.owned == meter.owned));
  CHECK((run.meter.rented == meter.rented));
  REQUIRE(run.meter.servers.size() == 2);
  CHECK(run.meter.servers[0].type == "l4-8");
  CHECK_FALSE(run.meter.servers[0].rented);
  CHECK(run.meter.servers[1].type == "hgx-a100-80");
  CHECK(run.meter.servers[1].count == 3);
  CHECK(run.meter.servers[1].rent_usd_per_h == 27.4);
  CHECK(run.meter.servers[1].minimum == 60);
  REQUIRE(run.meter.rentals.size() == 2);
  CHECK(run.meter.rentals[0].open);
  CHECK(run.meter.rentals[0].count == 2);
  CHECK(run.meter.rentals[1].used == 17);
  CHECK(run.meter.idle_waste_j == meter.idle_waste_j);
  CHECK(run.meter.under_use_j == meter.under_use_j);
  CHECK(run.meter.lower_bound_j == meter.lower_bound_j);
  REQUIRE(run.series.size() == 2);
  CHECK(run.series[0]->column == "price_usd_mwh");
  CHECK(run.series[0]->values == std::vector<double>{-2.5});  // the run's hour
  CHECK(run.series[1]->values == std::vector<double>{0.1});
  CHECK_FALSE(run.figures.empty());
}

TEST_CASE("a file without meters says so") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  Hdf5Recorder recorder(path);
  sample::play(recorder, {});
  CHECK_THROWS_WITH(read_metered_run(path), Catch::Contains("holds no meters"));
  CHECK_THROWS_AS(read_metered_run(directory / "none.h5"), InputError);
}
