// Writes the sample files that test_open.py opens: make_sample <directory>.
#include <cstdio>
#include <string>
#include <vector>

#include "analysis/sample_run.hpp"
#include "base/error.hpp"
#include "results/hdf5_recorder.hpp"
#include "results/index.hpp"
#include "results/sweep_results.hpp"

namespace {

/// Two fleets at three loads, two seeds each.
void write_sample_sweep(const std::string& path, const idlewatt::Summary& summary) {
  using namespace idlewatt;
  SweepResults results;
  results.title = "A made-up grid";
  results.axes = {"fleet", "model", "pools.chat.precision", "traffic.scale"};
  for (const std::string& fleet : std::vector<std::string>{"a100", "l4"}) {
    for (const double scale : {0.5, 1.0, 2.0}) {
      SweepConfiguration configuration;
      configuration.labels = {fleet, "llama-3-8b", "bf16", scale == 0.5 ? "0.5" : scale == 1.0 ? "1" : "2"};
      configuration.runs = 2;
      for (const Measure& measure : measures()) {
        configuration.mean.push_back(scale * measure.get(summary));
        configuration.ci95.push_back(0.1);
      }
      for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        results.runs.push_back({.name = fleet + " " + std::to_string(scale) + " " + std::to_string(seed),
                                .id = "id",
                                .file = "points/x.h5",
                                .seed = seed,
                                .configuration = results.configurations.size(),
                                .summary = summary});
      }
      results.configurations.push_back(configuration);
    }
  }
  write_sweep_results(path, results);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace idlewatt;
  if (argc != 2) {
    std::fputs("usage: make_sample <directory>\n", stderr);
    return 2;
  }
  const std::string directory = argv[1];
  try {
    sample::Shape shape;
    Hdf5Recorder full(directory + "/sample.h5");
    const Summary summary = sample::play(full, shape);
    write_index(directory + "/index.h5", "two runs",
                {{"l4 hpa", "sample.h5", 1, summary}, {"never ran", "gone.h5", 2, Summary{}}});
    write_sample_sweep(directory + "/grid.h5", summary);
    shape.with_requests = false;
    Hdf5Recorder lean(directory + "/no_requests.h5");
    sample::play(lean, shape);
    shape.bins = 0;
    Hdf5Recorder empty(directory + "/empty.h5");
    sample::play(empty, shape);
    shape = {};
    Hdf5Recorder stopped(directory + "/stopped.h5");
    sample::play(stopped, shape, false);
  } catch (const Error& error) {
    std::fprintf(stderr, "make_sample: %s\n", error.what());
    return 3;
  }
  return 0;
}
