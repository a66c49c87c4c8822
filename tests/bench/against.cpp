#include "bench/against.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "bench/measured_child.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

struct Programs {
  std::string here;
  std::string other;
};

/// Processor time of the two programs over one scenario, the best of several turns.
std::array<double, 2> best_cpu_s(const Programs& programs, const std::string& scenario, const std::string& folder,
                                 int repeats) {
  std::array<double, 2> best{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (int turn = 0; turn < repeats; ++turn) {
    best[0] = std::min(best[0], measure_program({programs.here, "run", scenario, "-o", folder + "/here"}).cpu_s);
    best[1] = std::min(best[1], measure_program({programs.other, "run", scenario, "-o", folder + "/other"}).cpu_s);
  }
  return best;
}

}  // namespace

void compare_with(const Material& material, const std::string& other, double rate_rps,
                  const std::vector<std::int32_t>& replicas, std::int64_t requests, int repeats) {
  const Programs programs{.here = IDLEWATT_PROGRAM, .other = other};
  std::printf(
      "| replicas | requests | here, ns/request | there, ns/request | rate here over rate there |\n"
      "|---:|---:|---:|---:|---:|\n");
  for (const std::int32_t count : replicas) {
    std::array<std::array<double, 2>, 2> cpu_s{};
    const std::array<std::int64_t, 2> sizes{requests / 10, requests};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const TemporaryFolder folder;
      const std::string path = write_chat_scenario(folder.path(), material, count, rate_rps * count, sizes[i]);
      cpu_s[i] = best_cpu_s(programs, path, folder.path(), repeats);
    }
    const double more = static_cast<double>(sizes[1] - sizes[0]);
    const double here_ns = 1e9 * (cpu_s[1][0] - cpu_s[0][0]) / more;
    const double there_ns = 1e9 * (cpu_s[1][1] - cpu_s[0][1]) / more;
    std::printf("| %d | %lld | %.0f | %.0f | %.2f |\n", count, static_cast<long long>(requests), here_ns, there_ns,
                there_ns / here_ns);
    std::fflush(stdout);
  }
}

}  // namespace idlewatt
