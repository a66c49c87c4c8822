#include "bench/grid_overhead.hpp"

#include <fstream>
#include <sys/resource.h>

#include "bench/cases.hpp"
#include "bench/measured_child.hpp"
#include "grid/recorded_run.hpp"
#include "scenario/load.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

/// Processor time, user's and system's, of all children and theirs that have ended.
double cpu_of_children_s() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

GridOverhead measure_grid_overhead(int points) {
  const TemporaryFolder folder;
  const std::string scenario = write_peers_scenario(folder.path(), 1, 8);
  const std::string grid = folder.path() + "/grid.yaml";
  std::ofstream(grid) << "title: Tiny points\nbase: scenario.yaml\naxes:\n"
                      << "  site.pue: {from: 1, to: 2, points: " << points << "}\n";

  GridOverhead overhead{.points = points};
  const double before = cpu_of_children_s();
  overhead.wall_s =
      measure_program({IDLEWATT_PROGRAM, "grid", "run", grid, "-o", folder.path() + "/out", "--jobs", "1"}).wall_s;
  overhead.point_ms = 1e3 * (cpu_of_children_s() - before) / points;

  const Scenario one =
      load_scenario(scenario, {.platforms_dir = std::string(IDLEWATT_SOURCE_DIR) + "/platforms"}).front();
  constexpr int repeats = 100;
  for (int i = 0; i < repeats; ++i) {
    const Measurement run = measure([&] {
      const double start_s = cpu_now_s();
      run_recorded(one, folder.path() + "/one.h5", {}, [](const Progress&) {});
      return Tally{.cpu_s = cpu_now_s() - start_s};
    });
    overhead.simulation_ms += 1e3 * run.tally.cpu_s / repeats;
  }
  return overhead;
}

}  // namespace idlewatt
