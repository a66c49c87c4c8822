#include "bench/sweep_overhead.hpp"

#include <algorithm>
#include <fstream>
#include <sys/resource.h>
#include <vector>

#include "bench/cases.hpp"
#include "bench/measured_child.hpp"
#include "scenario/load.hpp"
#include "support/temporary_folder.hpp"
#include "sweep/recorded_run.hpp"

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

SweepOverhead measure_sweep_overhead(int points, int rounds) {
  const TemporaryFolder folder;
  const std::string scenario = write_peers_scenario(folder.path(), 1, 8);
  const std::string grid = folder.path() + "/grid.yaml";
  const int points_a_round = points / rounds;
  std::ofstream(grid) << "title: Tiny points\nbase: scenario.yaml\naxes:\n"
                      << "  site.pue: {from: 1, to: 2, points: " << points_a_round << "}\n";
  const Scenario one =
      load_scenario(scenario, {.platforms_dir = std::string(IDLEWATT_SOURCE_DIR) + "/platforms"}).front();

  std::vector<SweepOverhead> found;
  for (int round = 0; round < rounds; ++round) {
    SweepOverhead overhead{.points = points_a_round, .rounds = rounds};
    const double before = cpu_of_children_s();
    const std::string results = folder.path() + "/out" + std::to_string(round);
    overhead.wall_s = measure_program({IDLEWATT_PROGRAM, "grid", "run", grid, "-o", results, "--jobs", "1"}).wall_s;
    overhead.point_ms = 1e3 * (cpu_of_children_s() - before) / points_a_round;
    constexpr int repeats = 50;
    for (int i = 0; i < repeats; ++i) {
      const Measurement run = measure([&] {
        const double start_s = cpu_now_s();
        run_recorded(one, folder.path() + "/one.h5", {}, [](const Progress&) {});
        return Tally{.cpu_s = cpu_now_s() - start_s};
      });
      overhead.simulation_ms += 1e3 * run.tally.cpu_s / repeats;
    }
    found.push_back(overhead);
  }
  std::sort(found.begin(), found.end(),
            [](const SweepOverhead& a, const SweepOverhead& b) { return a.own_ms() < b.own_ms(); });
  return found[found.size() / 2];
}

}  // namespace idlewatt
