#include "app/grid_options.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/select.hpp"
#include "app/text.hpp"
#include "scenario/read_grid.hpp"
#include "units/error.hpp"

namespace idlewatt {

std::vector<OptionSpec> grid_options() {
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

SelectedGrid select_grid(const CommandLine& line) {
  LoadOptions options = load_options(line);
  options.fingerprint = true;
  const std::string path = line.positional();
  const std::string folder = line.value("output").value_or("out/" + std::filesystem::path(path).stem().string());
  if (folder.empty()) {
    throw InputError("--output: the folder's name is empty");
  }
  GridLimits limits;
  limits.max_points = line.number("max-points", 1).value_or(limits.max_points);
  auto [file, source] = read_grid(path, options);
  return {Grid(std::move(file), std::move(source), program_version(), limits), GridFolder(folder)};
}

void print_grid_failures(const Grid& grid, const std::vector<GridFailure>& failures) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> kinds;
  for (const GridFailure& failure : failures) {
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
