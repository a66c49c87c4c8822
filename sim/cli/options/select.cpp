#include "cli/options/select.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/text/text.hpp"
#include "results/trace_hdf5.hpp"
#include "scenario/scenario_source.hpp"
#include "scenario/site/cost_notes.hpp"

namespace idlewatt {

namespace {

/// Throws where the command line names a variant that is not there.
void check_names(const std::vector<std::string>& wanted, const std::vector<std::string>& names,
                 const std::string& file) {
  for (const std::string& name : wanted) {
    if (names.empty()) {
      throw InputError("--variant: " + file + " has no variants");
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw InputError("--variant: " + file + " has no variant `" + name + "` (" + suggestion(name, names) + ")");
    }
  }
}

/// What was read but has no meaning, each once: variants share manifests.
void print_warnings(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> printed;
  for (const Scenario& scenario : scenarios) {
    for (const std::string& warning : scenario.warnings) {
      if (std::find(printed.begin(), printed.end(), warning) == printed.end()) {
        std::cerr << warning << "\n";
        printed.push_back(warning);
      }
    }
  }
}

std::vector<std::string> file_names(std::vector<std::string> names) {
  for (std::string& name : names) {
    name = name.empty() ? "run" : name;
  }
  std::vector<std::string> slugs = unique_slugs(names, {std::filesystem::path(kIndexFile).stem().string()});
  for (std::string& name : slugs) {
    name += ".h5";
  }
  return slugs;
}

}  // namespace

std::vector<OptionSpec> selection_options() {
  return {
      {.name = "set",
       .argument = "PATH=VALUE",
       .help = "set a value of the scenario, e.g. pools.chat.replicas.start=4; may be repeated",
       .repeatable = true},
      {.name = "seed", .argument = "N", .help = "use this seed instead of the scenario's"},
      {.name = "variant",
       .argument = "NAME",
       .help = "only this variant; may be repeated (default: all)",
       .repeatable = true},
      {.name = "no-variants", .help = "the part that all variants have in common, as if there were none"},
      {.name = "output",
       .short_name = "o",
       .argument = "DIR",
       .help = "folder for the results (default: out/ and the scenario's file name)"},
      platforms_option(),
  };
}

int processes_at_once(const CommandLine& line) {
  constexpr std::uint64_t most = 1024;
  const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<int>(std::min(line.number("jobs", 1).value_or(cores), most));
}

LoadOptions load_options(const CommandLine& line) {
  for (const std::string& assignment : line.values("set")) {
    if (assignment.find('=') == std::string::npos || assignment.starts_with('=')) {
      throw InputError("--set: `" + assignment + "` is no PATH=VALUE");
    }
  }
  LoadOptions options;
  options.set = line.values("set");
  options.platforms_dir = platforms_directory(line);
  options.open_hdf5_trace = open_hdf5_trace;
  return options;
}

Selection selection_of(std::vector<Scenario> scenarios, std::string scenario_file, std::string directory) {
  Selection result;
  result.scenario_file = std::move(scenario_file);
  std::vector<std::string> names;
  for (const Scenario& scenario : scenarios) {
    names.push_back(scenario.variant);
  }
  result.files = file_names(std::move(names));
  result.scenarios = std::move(scenarios);
  result.directory = std::move(directory);
  cost_notes(result.scenarios);  // which refuses what cannot be compared
  print_warnings(result.scenarios);
  return result;
}

std::string output_directory(const CommandLine& line) {
  std::string directory =
      line.value("output").value_or("out/" + std::filesystem::path(line.positional()).stem().string());
  if (directory.empty()) {
    throw InputError("--output: the folder's name is empty");
  }
  return directory;
}

Selection select(const CommandLine& line) {
  LoadOptions options = load_options(line);
  options.seed = line.number("seed", 0);
  const bool common_part = line.has("no-variants");
  const std::vector<std::string> wanted = line.values("variant");
  if (common_part && !wanted.empty()) {
    throw InputError("--no-variants: `--variant` is given as well; expected one of the two");
  }
  const std::string file = line.positional();
  ScenarioSource source(file, options);
  std::vector<std::string> names;
  for (const YamlEntry& variant : source.variants()) {
    names.push_back(variant.key);
  }
  check_names(wanted, names, file);
  Selection result;
  if (common_part || names.empty()) {
    result.scenarios.push_back(source.read("", {}));
    result.files = file_names({""});
  }
  // Names of files come from all variants, so that running one alone writes the same file as running all.
  const std::vector<std::string> all_files = file_names(names);
  for (std::size_t i = 0; i < names.size() && !common_part; ++i) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), names[i]) != wanted.end()) {
      result.scenarios.push_back(source.read_variant(source.variants()[i]));
      result.files.push_back(all_files[i]);
    }
  }
  print_warnings(result.scenarios);
  result.scenario_file = file;
  result.directory = output_directory(line);
  return result;
}

}  // namespace idlewatt
