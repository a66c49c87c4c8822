// What the recorder writes: the same bytes for the same run, and sums that are the ledger's.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>

#include "analysis/sample_run.hpp"
#include "base/error.hpp"
#include "results/format.hpp"
#include "results/hdf5_recorder.hpp"
#include "results/result.hpp"
#include "support/catch.hpp"
#include "temporary_directory.hpp"

using namespace idlewatt;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Summary write_sample(const std::string& path, const sample::Shape& shape) {
  Hdf5Recorder recorder(path);
  return sample::play(recorder, shape);
}

double sum(const NumberArray& array) {
  return std::accumulate(array.values.begin(), array.values.end(), 0.0);
}

/// Energy in kWh: mean power times the length of its bin, over all bins.
double integral_kwh(const std::string& path, const std::string& dataset) {
  const NumberArray power = read_numbers(path, dataset);
  const NumberArray bounds = read_numbers(path, "timeseries/time_bnds");
  const std::size_t bins = power.shape.at(0);
  const std::size_t width = power.values.size() / bins;
  double joules = 0.0;
  for (std::size_t i = 0; i < power.values.size(); ++i) {
    const std::size_t bin = i / width;
    joules += power.values[i] * (bounds.values[2 * bin + 1] - bounds.values[2 * bin]);
  }
  return joules / 3.6e6;
}

}  // namespace

TEST_CASE("equal runs give equal bytes") {
  const test::TemporaryDirectory directory;
  for (const bool requests : {false, true}) {
    sample::Shape shape;
    shape.with_requests = requests;
    write_sample(directory / "one.h5", shape);
    write_sample(directory / "two.h5", shape);
    const std::string one = bytes_of(directory / "one.h5");
    REQUIRE(one.size() > 10'000);
    CHECK((one == bytes_of(directory / "two.h5")));
  }
}

TEST_CASE("the bins sum to the totals of the summary") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  const sample::Shape shape;
  const Summary summary = write_sample(path, shape);

  CHECK(integral_kwh(path, "timeseries/power_w") == Approx(summary.accelerator_energy_kwh).epsilon(1e-13));
  CHECK(integral_kwh(path, "timeseries/rack_power_w") == Approx(summary.it_energy_kwh).epsilon(1e-13));
  CHECK(sum(read_numbers(path, "timeseries/accelerator_time_s")) / 3600.0 ==
        Approx(summary.accelerator_hours).epsilon(1e-13));
  CHECK(sum(read_numbers(path, "timeseries/arrivals")) == summary.requests_in);
  CHECK(sum(read_numbers(path, "timeseries/completions")) == summary.requests_served);
  CHECK(sum(read_numbers(path, "timeseries/rejections")) == summary.requests_rejected);
  CHECK(sum(read_numbers(path, "timeseries/prompt_tokens")) == summary.prompt_tokens);
  CHECK(sum(read_numbers(path, "timeseries/output_tokens")) == summary.output_tokens);
}

TEST_CASE("shapes are time first, and times are whole where the bins are") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  write_sample(path, {});
  using Shape = std::vector<std::size_t>;
  CHECK(read_numbers(path, "timeseries/power_w").shape == Shape{600, 3, kAcceleratorStates});
  CHECK(read_numbers(path, "timeseries/replicas").shape == Shape{600, 3, kReplicaActivities});
  CHECK(read_numbers(path, "timeseries/queue_length").shape == Shape{600, 3});
  CHECK(read_numbers(path, "servers/power_w").shape == Shape{600, 4});
  CHECK(read_numbers(path, "timeseries/rack_power_w").shape == Shape{600, 2});
  const NumberArray time = read_numbers(path, "timeseries/time");
  for (std::size_t i = 0; i < time.values.size(); ++i) {
    REQUIRE(time.values[i] == 60.0 * static_cast<double>(i));
  }
}

TEST_CASE("a power that is constant over a bin is written as it was given") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  RunLayout layout;
  layout.sample_every = to_ticks(0.1);
  layout.horizon = layout.sample_every;
  layout.pools = {"unassigned"};
  Hdf5Recorder recorder(path);
  recorder.begin(layout, {});
  SeriesBin bin;
  bin.to = layout.sample_every;
  bin.pools.resize(1);
  bin.pools[PoolId(0)].accelerators.charge(AcceleratorState::idle_empty, bin.to, Power::from_w(33.1) * bin.to);
  recorder.bin(bin);
  recorder.end({});
  CHECK(read_numbers(path, "timeseries/power_w").values.at(2) == 33.1);
}

TEST_CASE("every measure is read back as it was written, NaN included") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  Summary summary;
  double value = 0.1;
  for (const Measure& measure : measures()) {
    measure.set(summary, value);
    value += 1.0;
  }
  summary.ttft_s.p99 = std::nan("");
  Hdf5Recorder recorder(path);
  recorder.begin(sample::layout({}), sample::provenance());
  recorder.end(summary);

  const Result result = read_result(path);
  CHECK(result.complete);
  CHECK(result.variant == "l4 hpa");
  CHECK(result.seed == 18'446'744'073'709'551'615U);
  CHECK(std::isnan(result.summary.ttft_s.p99));
  for (const Measure& measure : measures()) {
    if (measure.name != "ttft_s_p99") {
      INFO(measure.name);
      CHECK(measure.get(result.summary) == measure.get(summary));
    }
  }
}

TEST_CASE("a run without bins, servers or requests is a file all the same") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  Hdf5Recorder recorder(path);
  recorder.begin({}, {});
  recorder.end({});
  CHECK(read_result(path).complete);
  CHECK(read_numbers(path, "timeseries/time").shape == std::vector<std::size_t>{0});
  CHECK_THROWS_AS(read_numbers(path, "servers/power_w"), InputError);
  CHECK_THROWS_AS(read_numbers(path, "latency/requests"), InputError);
  CHECK_THROWS_AS(read_numbers(path, "requests"), InputError);
}

TEST_CASE("the result has its name only when it is whole") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  {
    std::optional<Hdf5Recorder> recorder(std::in_place, path);
    sample::play(*recorder, {}, false);
    CHECK_FALSE(std::filesystem::exists(path + ".part"));  // its name is one that nobody can foresee
    CHECK_FALSE(std::filesystem::exists(path));
  }
  const Result stopped = read_result(path + ".part");
  CHECK_FALSE(stopped.complete);
  CHECK(std::isnan(stopped.summary.it_energy_kwh));
  CHECK_FALSE(is_complete_result(path + ".part"));
  CHECK(read_numbers(path + ".part", "timeseries/time").shape.at(0) == 512);

  write_sample(path, {});
  CHECK(is_complete_result(path));
  CHECK_FALSE(std::filesystem::exists(path + ".part"));
  write_sample(path, {});  // over an older result
  CHECK(is_complete_result(path));
}

TEST_CASE("servers are recorded in at most 1440 bins, whose energy is that of the series") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  sample::Shape shape;
  shape.bins = 3001;  // three bins in one, and one left over
  shape.bin_s = 1.0;
  shape.with_requests = false;
  write_sample(path, shape);
  CHECK(read_numbers(path, "servers/power_w").shape == std::vector<std::size_t>{1001, 4});
  const NumberArray bounds = read_numbers(path, "servers/time_bnds");
  CHECK(std::vector<double>(bounds.values.begin(), bounds.values.begin() + 4) == std::vector<double>{0, 3, 3, 6});
  CHECK(std::vector<double>(bounds.values.end() - 2, bounds.values.end()) == std::vector<double>{3000, 3001});
  const auto joules = [&](const std::string& group, const std::string& name) {
    const NumberArray power = read_numbers(path, group + "/" + name);
    const NumberArray ends = read_numbers(path, group + "/time_bnds");
    const std::size_t width = power.values.size() / power.shape.at(0);
    double sum = 0.0;
    for (std::size_t i = 0; i < power.values.size(); ++i) {
      sum += power.values[i] * (ends.values[2 * (i / width) + 1] - ends.values[2 * (i / width)]);
    }
    return sum;
  };
  const double switches_j = 2 * 150.0 * 3001.0;
  CHECK(joules("servers", "power_w") == Approx(joules("timeseries", "rack_power_w") - switches_j).epsilon(1e-13));
  CHECK(joules("servers", "idle_power_w") == Approx(joules("timeseries", "rack_idle_power_w")).epsilon(1e-13));
}

TEST_CASE("what a run was told and what it is stand in the file") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "run.h5";
  write_sample(path, {});
  CHECK(read_result(path).overrides == sample::provenance().overrides);
}

TEST_CASE("the tables of the format are those that are written") {
  CHECK_THROWS_AS(format_group("/nothing"), Error);
  CHECK_THROWS_WITH(format_group("/timeseries").variable("power_kw"), Catch::Contains("power_kw"));
  const std::string page = format_page();
  for (const FormatGroup& group : format_groups()) {
    for (const FormatVariable& variable : group.variables) {
      CHECK(page.find("| `" + variable.name + "` |") != std::string::npos);
    }
  }
  for (const Measure& measure : measures()) {
    CHECK(page.find(measure.meaning) != std::string::npos);
  }
}

TEST_CASE("calls out of turn and bins that do not fit are errors, not crashes") {
  const test::TemporaryDirectory directory;
  Hdf5Recorder recorder(directory / "run.h5");
  CHECK_THROWS_AS(recorder.bin({}), Error);
  CHECK_THROWS_AS(recorder.end({}), Error);
  recorder.begin(sample::layout({}), {});
  CHECK_THROWS_AS(recorder.bin({}), Error);
}

TEST_CASE("a file that is none of ours is an input error that names it") {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "notes.h5";
  CHECK_THROWS_AS(read_result(path), InputError);
  std::ofstream(path) << "not HDF5";
  CHECK_THROWS_WITH(read_result(path), Catch::Contains("notes.h5"));
  CHECK_FALSE(is_complete_result(path));
}
