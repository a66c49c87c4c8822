#include "cli/sweep/options.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "scenario/sweep/read_sweep.hpp"

namespace idlewatt {

std::vector<OptionSpec> sweep_options() {
  return {
      {.name = "output",
       .short_name = "o",
       .argument = "DIR",
       .help = "folder of the results (default: out/ and the grid's file name)"},
      {.name = "set",
       .argument = "PATH=VALUE",
       .help = "set a value in all scenarios, after the axes; may be repeated",
       .repeatable = true},
      {.name = "max-points", .argument = "N", .help = "refuse a larger grid (default: 100000)"},
      platforms_option(),
  };
}

SelectedSweep select_sweep(const CommandLine& line) {
  LoadOptions options = load_options(line);
  options.fingerprint = true;
  const std::string path = line.positional();
  const std::string folder = line.value("output").value_or("out/" + std::filesystem::path(path).stem().string());
  if (folder.empty()) {
    throw InputError("--output: the folder's name is empty");
  }
  SweepLimits limits;
  limits.max_points = line.number("max-points", 1).value_or(limits.max_points);
  auto [file, source] = read_sweep(path, options);
  return {Sweep(std::move(file), std::move(source), program_version(), limits), SweepFolder(folder)};
}

void print_sweep_failures(const Sweep& grid, const std::vector<SweepFailure>& failures) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> kinds;
  for (const SweepFailure& failure : failures) {
    const auto known =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == failure.message; });
    if (known == kinds.end()) {
      kinds.push_back({failure.message, {failure.point}});
    } else {
      known->second.push_back(failure.point);
    }
  }
  for (const auto& [message, points] : kinds) {
    std::string line = "point `" + grid.points()[points.front()].name + "`";
    if (points.size() > 1) {
      line += " and " + counted(static_cast<std::int64_t>(points.size()) - 1, "other", "others");
    }
    line += " failed: " + message;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::cerr << line << "\n";
  }
}

}  // namespace idlewatt
