// `idlewatt import`: a scenario of the manifests of a fleet.
#include <algorithm>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "cli/trace/copy.hpp"
#include "manifests/import_fleet.hpp"
#include "sweep/shell_command.hpp"

namespace idlewatt {
namespace {

ExitStatus execute(const CommandLine& line) {
  const std::string output = line.value("output").value_or("fleet.yaml");
  refuse_to_replace(line, output);
  const LoadOptions options = load_options(line);
  const ImportAnswers answers{.traffic = line.values("traffic"),
                              .models = line.values("model"),
                              .accelerators = line.values("accelerator"),
                              .servers = line.values("server")};
  const ImportedFleet fleet = import_fleet(line.positionals(), answers, output, options.platforms_dir);
  for (const FileBeside& file : fleet.beside) {
    refuse_to_replace(line, file.path);
  }
  write_fleet(fleet, output, options);
  for (const std::string& warning : fleet.warnings) {
    std::cerr << "warning: " << shorter_quotes(warning) << "\n";
  }
  std::vector<std::string> names{output};
  std::transform(fleet.beside.begin(), fleet.beside.end(), std::back_inserter(names),
                 [](const FileBeside& file) { return file.path; });
  std::cout << "Written: " << listed(names) << " (" << counted(static_cast<std::int64_t>(fleet.pools), "pool", "pools")
            << (fleet.unsimulated == 0 ? "" : "; what cannot be simulated is listed at the end") << ")\n"
            << "Next: idlewatt check " << shell_quoted(output) << "   what it would run\n";
  return ExitStatus::ok;
}

}  // namespace

Command import_command() {
  CommandSpec spec{
      .name = "import",
      .summary =
          "Write a scenario of a fleet's manifests: Deployments, autoscalers and nodes of Kubernetes, and others.",
      .positional = "FILE|DIR...",
      .options =
          {{.name = "output", .short_name = "o", .argument = "FILE", .help = "the scenario (default: fleet.yaml)"},
           {.name = "traffic",
            .argument = "[MODEL=]FILE",
            .help = "a workload or a trace: which requests come; once for each model",
            .repeatable = true},
           {.name = "accelerator",
            .argument = "[POOL=]NAME",
            .help = "of the catalogue, where no label of a node says it",
            .repeatable = true},
           {.name = "server",
            .argument = "[POOL=]NAME",
            .help = "the type of server of the catalogue that it stands on",
            .repeatable = true},
           {.name = "model",
            .argument = "[POOL=]NAME",
            .help = "a model of the catalogue, or the path of a Hugging Face config.json, where the files name none "
                    "that the catalogue has",
            .repeatable = true},
           force_option()},
      .example = "idlewatt import manifests/ nodes.json -o fleet.yaml --traffic workloads/chat-hour.yaml"};
  spec.options.push_back(platforms_option());
  return {std::move(spec), execute};
}

}  // namespace idlewatt
