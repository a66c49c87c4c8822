// Measures how fast the simulator is, and prints a Markdown table. tests/bench/README.md says what the figures mean.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

#include "bench/against.hpp"
#include "bench/bare_loop.hpp"
#include "bench/cases.hpp"
#include "bench/measured_child.hpp"
#include "bench/recording.hpp"
#include "bench/step_costs.hpp"
#include "bench/sweep_overhead.hpp"
#include "bench/trace_rows.hpp"
#include "run/simulation.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

/// How much to measure. `quick` only shows that everything works.
struct Size {
  int repeats = 3;
  std::int64_t requests = 1'000'000;
  std::int64_t many_requests = 10'000'000;
  std::int64_t capacity_requests = 20'000;
  double hours = 24.0;      ///< of the day on which replicas come and go
  int sweep_points = 1800;  ///< in all rounds
  int sweep_rounds = 9;
  std::vector<std::int32_t> replicas{1, 10, 100, 1000};
  long step_costs = 2'000'000;
};

Size quick() {
  return {.repeats = 1,
          .requests = 20'000,
          .many_requests = 40'000,
          .capacity_requests = 2'000,
          .hours = 0.5,
          .sweep_points = 10,
          .sweep_rounds = 1,
          .replicas = {1, 10, 100},
          .step_costs = 2'000};
}

Tally run_whole(const Scenario& scenario) {
  const double start_s = cpu_now_s();
  const RunCosts costs = run(scenario, {}).costs;
  return {.requests = costs.requests,
          .simgrid_wakes = costs.simgrid_wakes,
          .replica_changes = costs.replica_changes,
          .cpu_s = cpu_now_s() - start_s};
}

/// The fastest of several.
template <class Take, class Cost>
Measurement best(int repeats, Take take, Cost cost) {
  Measurement fastest = take();
  for (int i = 1; i < repeats; ++i) {
    const Measurement next = take();
    if (cost(next) < cost(fastest)) {
      fastest = next;
    }
  }
  return fastest;
}

double cpu(const Measurement& measurement) {
  return measurement.tally.cpu_s;
}
double wall(const Measurement& measurement) {
  return measurement.wall_s;
}

struct Row {
  std::string name;
  std::int32_t replicas = 0;
  Measurement whole;
  Measurement bare;

  double per_request(std::int64_t count) const {
    return static_cast<double>(count) / static_cast<double>(whole.tally.requests);
  }
  static double rate(const Measurement& m) { return static_cast<double>(m.tally.requests) / m.tally.cpu_s; }
  double rate() const { return rate(whole); }
  double bare_rate() const { return rate(bare); }
};

Row measure_row(const std::string& name, const Scenario& scenario, int repeats) {
  Row row{.name = name, .replicas = scenario.pools.front().replicas.start, .whole = {}, .bare = {}};
  row.whole = best(
      repeats, [&] { return measure([&] { return run_whole(scenario); }); }, cpu);
  row.bare = best(
      repeats, [&] { return measure([&] { return run_bare(scenario); }); }, cpu);
  if (row.bare.tally.requests != row.whole.tally.requests ||
      row.bare.tally.replica_changes != row.whole.tally.replica_changes) {
    throw std::runtime_error("the bare loop does not do the same work as run()");
  }
  return row;
}

void print(const Row& row) {
  std::printf("| %s | %d | %lld | %.0f | %.0f | %.4f | %.2f | %.1f | %.0f | %.2f |\n", row.name.c_str(), row.replicas,
              static_cast<long long>(row.whole.tally.requests), row.rate(), 1e9 / row.rate(),
              row.per_request(row.whole.tally.simgrid_wakes), row.per_request(row.whole.tally.replica_changes),
              row.whole.peak_bytes / 1e6, row.bare_rate(), row.rate() / row.bare_rate());
  std::fflush(stdout);
}

/// One line of the verdict; whether it passed.
bool bar(const std::string& what, double value, double limit, bool at_least) {
  const bool pass = at_least ? value >= limit : value <= limit;
  std::printf("- %s: %s: %.4g (bar: %s %.4g)\n", pass ? "PASS" : "FAIL", what.c_str(), value,
              at_least ? "at least" : "at most", limit);
  return pass;
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

struct PeersCase {
  std::int32_t replicas;
  std::int64_t requests;
  double best_peer_rps;  ///< requests of the fastest iteration-level peer per second
};

void measure_peers(const Material& material, const Size& size) {
  std::printf(
      "\nThe peers' case: Llama-2-7B, one A100 a replica, 8 requests/s a replica, 512 prompt and 128 output tokens.\n\n"
      "| replicas | requests | in process, requests/s | `idlewatt run`, s | `idlewatt run`, requests/s "
      "| peak MB | best peer, requests/s | ratio |\n"
      "|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  for (const PeersCase& peers :
       {PeersCase{1, 10'000, 2770}, PeersCase{10, 10'000, 1067}, PeersCase{100, 100'000, 677}}) {
    const std::int64_t requests = std::min(peers.requests, size.requests);
    const Scenario scenario = peers_scenario(material, peers.replicas, requests);
    const Measurement inside = best(
        size.repeats, [&] { return measure([&] { return run_whole(scenario); }); }, cpu);
    const TemporaryFolder folder;
    const std::string path = write_peers_scenario(folder.path(), peers.replicas, requests);
    const Measurement program = best(
        size.repeats,
        [&] {
          return measure_program({IDLEWATT_PROGRAM, "run", path, "-o", folder.path() + "/out"});
        },
        wall);
    const double program_rps = static_cast<double>(inside.tally.requests) / program.wall_s;
    std::printf("| %d | %lld | %.0f | %.3f | %.0f | %.1f | %.0f | %.0f |\n", peers.replicas,
                static_cast<long long>(inside.tally.requests), Row::rate(inside), program.wall_s, program_rps,
                program.peak_bytes / 1e6, peers.best_peer_rps, program_rps / peers.best_peer_rps);
    std::fflush(stdout);
  }
}

/// Has no bare loop to stand beside: that one cannot start replicas.
Measurement measure_coming_and_going(const Scenario& scenario, int repeats) {
  const Measurement whole = best(
      repeats, [&] { return measure([&] { return run_whole(scenario); }); }, cpu);
  const auto requests = static_cast<double>(whole.tally.requests);
  std::printf("| coming and going | 1-%d | %lld | %.0f | %.0f | %.4f | %.2f | %.1f | | |\n",
              scenario.pools.front().replicas.maximum, static_cast<long long>(whole.tally.requests), Row::rate(whole),
              1e9 / Row::rate(whole), static_cast<double>(whole.tally.simgrid_wakes) / requests,
              static_cast<double>(whole.tally.replica_changes) / requests, whole.peak_bytes / 1e6);
  std::fflush(stdout);
  return whole;
}

/// A week of 16.8 million requests on an autoscaled fleet, through the whole program; once, for it is long.
void measure_week(const Size& size) {
  const TemporaryFolder folder;
  const std::string scenario = std::string(IDLEWATT_SOURCE_DIR) + "/scenarios/code-week.yaml";
  std::vector<std::string> command{IDLEWATT_PROGRAM, "run", scenario, "--variant", "hpa", "-o", folder.path() + "/out"};
  if (size.hours < 24.0) {
    command.insert(command.end(), {"--set", "horizon=1 h"});
  }
  const Measurement week = measure_program(command);
  std::printf("\n`idlewatt run scenarios/code-week.yaml --variant hpa`%s: %.1f s, %.1f MB at most.\n",
              size.hours < 24.0 ? ", the first hour" : ", 16.8 million requests", week.wall_s, week.peak_bytes / 1e6);
  std::fflush(stdout);
}

/// A day of a thousand replicas, sampled each second: on few large servers and on many small ones.
Recording measure_day_recorded(const Material& material, double capacity_rps, const Size& size) {
  constexpr std::int64_t day = 86'400;
  const bool whole = size.hours >= 24.0;
  const std::int64_t simulated = whole ? 2400 : 30;
  const std::int64_t recorded = whole ? day : 600;
  std::printf(
      "\n| result file of 1000 replicas | bins | MB | written in, s | processor time, s "
      "|\n|---|---:|---:|---:|---:|\n");
  Recording worst;
  for (const auto& [server, load] : {std::pair{"hgx-a100-80", 0.5}, std::pair{"l4-1", 0.1}}) {
    const TemporaryFolder folder;
    const Scenario scenario = recording_scenario(material, load * capacity_rps * 1000, server, simulated);
    Recording best = measure_recording(folder.path(), scenario, recorded);
    std::printf("| on %zu racks of %d x %s | %lld | %.1f | %.2f | %.2f |\n", scenario.racks.size(),
                scenario.racks.front().servers.front().count, server, static_cast<long long>(recorded), best.megabytes,
                best.wall_s, best.cpu_s);
    std::fflush(stdout);
    worst.megabytes = std::max(worst.megabytes, best.megabytes);
    worst.wall_s = std::max(worst.wall_s, best.wall_s);
  }
  return worst;
}

double capacity_rps_of(const Material& material, const Size& size) {
  return measured_capacity_rps(chat_scenario(material, 1, 1.0, 1), size.capacity_requests);
}

/// The size of files alone.
void bench_recording() {
  const Material material = read_material();
  measure_day_recorded(material, capacity_rps_of(material, {}), {});
}

SweepOverhead measure_sweep(const Size& size) {
  const SweepOverhead grid = measure_sweep_overhead(size.sweep_points, size.sweep_rounds);
  std::printf(
      "\nA grid of %d tiny points, one at a time, the median of %d: %.1f s, %.2f ms of processor time a point, "
      "of which %.2f ms are the simulation with its result file.\n",
      grid.points, grid.rounds, grid.wall_s, grid.point_ms, grid.simulation_ms);
  std::fflush(stdout);
  return grid;
}

void judge(const SweepOverhead& grid) {
  bar("ms of a grid's own per point", grid.own_ms(), 5.0, false);
}

/// Another build of the program beside this one.
void bench_against(const std::string& other) {
  const Size size;
  const Material material = read_material();
  const double rate_rps = 0.5 * capacity_rps_of(material, size);
  std::printf("%s. %.2f requests/s a replica.\n\n", processor().c_str(), rate_rps);
  compare_with(material, other, rate_rps, size.replicas, size.requests, size.repeats);
}

void bench(const Size& size) {
  const Material material = read_material();
  const double capacity_rps = capacity_rps_of(material, size);
  std::printf("%s. One replica serves at most %.2f requests/s; it gets half of that.\n\n", processor().c_str(),
              capacity_rps);
  std::printf(
      "| case | replicas | requests | requests/s | ns/request | SimGrid wakes/request | replica changes/request | peak "
      "MB "
      "| bare loop, requests/s | of the bare loop |\n"
      "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  std::vector<Row> rows;
  for (const std::int32_t replicas : size.replicas) {
    rows.push_back(measure_row("chat", chat_scenario(material, replicas, 0.5 * capacity_rps * replicas, size.requests),
                               size.repeats));
    print(rows.back());
  }
  const Row many =
      measure_row("chat, many", chat_scenario(material, 100, 50.0 * capacity_rps, size.many_requests), size.repeats);
  print(many);
  const Measurement moving = measure_coming_and_going(coming_and_going_scenario(material, size.hours), size.repeats);
  measure_peers(material, size);
  measure_week(size);
  const Recording day = measure_day_recorded(material, capacity_rps, size);
  measure_step_costs(size.step_costs, size.repeats);
  const SweepOverhead grid = measure_sweep(size);
  const TemporaryFolder traces;
  const double trace_rows = measure_trace_rows(traces.path(), 2 * size.requests, size.repeats);

  const auto row_with = [&](std::int32_t replicas) {
    return *std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.replicas == replicas; });
  };
  std::printf("\n");
  bar("requests/s at 100 replicas", row_with(100).rate(), 300e3, true);
  bar("requests/s while replicas come and go", Row::rate(moving), 300e3, true);
  for (const Row& row : rows) {
    bar("share of the bare loop's rate at " + std::to_string(row.replicas) + " replicas", row.rate() / row.bare_rate(),
        1.0 / 3.0, true);
  }
  const Row& largest = rows.back();
  bar("cost of a request at " + std::to_string(largest.replicas) + " replicas over that at 10",
      row_with(10).rate() / largest.rate(), 2.0, false);
  judge(grid);
  bar("rows/s of the slower trace", trace_rows, 5e6, true);
  bar("MB of a day of 1000 replicas, a bin each second", day.megabytes, 50.0, false);
  bar("seconds to write it", day.wall_s, 2.0, false);
  bar("peak MB at " + std::to_string(many.whole.tally.requests) + " requests", many.whole.peak_bytes / 1e6, 200.0,
      false);
}

}  // namespace
}  // namespace idlewatt

int main(int argc, char** argv) {
  const bool is_quick = argc == 2 && std::strcmp(argv[1], "--quick") == 0;
  const bool is_recording = argc == 2 && std::strcmp(argv[1], "--recording") == 0;
  const bool is_sweep = argc == 2 && std::strcmp(argv[1], "--grid") == 0;
  const bool is_against = argc == 3 && std::strcmp(argv[1], "--against") == 0;
  if (argc > 1 && !is_quick && !is_recording && !is_sweep && !is_against) {
    std::fprintf(stderr, "usage: idlewatt_bench [--quick | --recording | --grid | --against PROGRAM]\n");
    return 2;
  }
  try {
    if (is_against) {
      idlewatt::bench_against(argv[2]);
      return 0;
    }
    if (is_sweep) {
      idlewatt::judge(idlewatt::measure_sweep({}));
      return 0;
    }
    if (is_recording) {
      idlewatt::bench_recording();
      return 0;
    }
    idlewatt::bench(is_quick ? idlewatt::quick() : idlewatt::Size{});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idlewatt_bench: %s\n", error.what());
    return 1;
  }
}
