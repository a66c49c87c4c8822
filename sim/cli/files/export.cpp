// `idlewatt export`: the manifests of a fleet.
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "cli/trace/copy.hpp"
#include "manifests/export_fleet.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

ExitStatus execute(const CommandLine& line) {
  namespace fs = std::filesystem;
  const std::string format = line.value("to").value_or("kubernetes");
  if (format != "kubernetes") {
    throw InputError("--to: `" + format + "` is no format of manifests (expected kubernetes)");
  }
  const Selection selection = select(line);
  if (selection.scenarios.size() > 1) {
    std::vector<std::string> names;
    for (const Scenario& scenario : selection.scenarios) {
      names.push_back(scenario.variant);
    }
    throw InputError(selection.scenario_file + ": has several variants; --variant NAME chooses one of " +
                     list_text(names));
  }
  const Scenario& scenario = selection.scenarios.front();
  const std::string folder = line.value("output").value_or("manifests");
  const ClusterNames names(platforms_directory(line), *scenario.catalog);
  const ExportedFleet fleet = export_fleet(scenario, {.repositories = line.values("model")}, names, folder);
  for (const FileBeside& file : fleet.files) {
    refuse_to_replace(line, file.path);
  }
  std::error_code error;
  fs::create_directories(folder, error);
  for (const FileBeside& file : fleet.files) {
    write_whole_file(file.path, file.text);
    std::cout << "Written: " << file.path << "\n";
  }
  for (const std::string& sentence : fleet.left_out) {
    std::cout << "Not in there: " << sentence << "\n";
  }
  return ExitStatus::ok;
}

}  // namespace

Command export_command() {
  CommandSpec spec{
      .name = "export",
      .summary = "Write the manifests of a fleet, so that what `size` found can be applied to a cluster.",
      .positional = "SCENARIO",
      .options = {{.name = "variant", .argument = "NAME", .help = "the variant, where the scenario has several"},
                  {.name = "to", .argument = "FORMAT", .help = "kubernetes (the default)"},
                  {.name = "output",
                   .short_name = "o",
                   .argument = "DIR",
                   .help = "folder of the manifests (default: manifests)"},
                  {.name = "model",
                   .argument = "[POOL=]REPOSITORY",
                   .help = "the repository of a model's weights, where idlewatt knows none",
                   .repeatable = true},
                  {.name = "set",
                   .argument = "PATH=VALUE",
                   .help = "set a value of the scenario, e.g. pools.chat.replicas=4; may be repeated",
                   .repeatable = true},
                  force_option()},
      .example = "idlewatt export fleet.yaml --variant l4-1 --to kubernetes -o manifests"};
  spec.options.push_back(platforms_option());
  return {std::move(spec), execute};
}

}  // namespace idlewatt
