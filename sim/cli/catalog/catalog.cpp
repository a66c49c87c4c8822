#include <iostream>

#include "base/error.hpp"
#include "cli/catalog/contents.hpp"
#include "cli/catalog/engines_markdown.hpp"
#include "cli/catalog/json.hpp"
#include "cli/catalog/markdown.hpp"
#include "cli/catalog/text.hpp"
#include "cli/catalog/units.hpp"
#include "cli/commands.hpp"
#include "scenario/catalog/layer_kinds.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/huggingface/huggingface.hpp"

namespace idlewatt {

namespace {

/// The catalogue entry of a model, from its config.json.
ExitStatus print_entry(const CommandLine& line) {
  for (const char* option : {"name", "title", "source"}) {
    if (!line.has(option)) {
      throw InputError("idlewatt catalog: --from-config goes with `--name`, `--title` and `--source`; expected --" +
                       std::string(option));
    }
  }
  const Model model = read_huggingface_config(*line.value("from-config"));
  std::cout << model_entry_text(model, *line.value("name"), *line.value("title"), *line.value("source"));
  return ExitStatus::ok;
}

ExitStatus execute(const CommandLine& line) {
  if (line.has("from-config")) {
    return print_entry(line);
  }
  const bool json = line.has("json");
  const bool markdown = line.has("markdown");
  const bool engines = line.positional() == "engines" && line.positional(1).empty();
  if (markdown && (json || (!line.positional().empty() && !engines))) {
    throw InputError(
        "idlewatt catalog: --markdown writes the whole page; it goes with no KIND but `engines`, no NAME and no "
        "--json");
  }
  if (line.positional() == "units") {
    if (markdown || !line.positional(1).empty()) {
      throw InputError("idlewatt catalog: `units` lists all units; expected no NAME and no --markdown with it");
    }
    std::cout << (json ? units_json() : units_text(style_of_stdout()));
    return ExitStatus::ok;
  }
  const Catalog catalog = read_platforms(platforms_directory(line));
  if (markdown && engines) {
    std::cout << engines_markdown(catalog);
    return ExitStatus::ok;
  }
  const CatalogContents all = all_contents(catalog);
  const CatalogContents contents = narrowed(all, line.positional(0), line.positional(1));
  std::cout << (markdown ? catalog_markdown(contents)
                : json   ? catalog_json(contents)
                         : catalog_text(contents, style_of_stdout()));
  return ExitStatus::ok;
}

}  // namespace

Command catalog_command() {
  return {{.name = "catalog",
           .summary = "Show what a scenario can name: accelerators, servers, models, engines, policies and units.",
           .positional = "[KIND] [NAME]",
           .options = {{.name = "json", .help = "print it as JSON, with every figure"},
                       {.name = "markdown",
                        .help = "print the reference page, as platforms/README.md has it; of `engines` their rules, as "
                                "platforms/ENGINES.md has them"},
                       {.name = "from-config",
                        .argument = "FILE",
                        .help = "print the entry of a model, made from its config.json of Hugging Face"},
                       {.name = "name", .argument = "NAME", .help = "of that entry"},
                       {.name = "title", .argument = "TEXT", .help = "of that entry"},
                       {.name = "source", .argument = "TEXT", .help = "where the config.json comes from"},
                       platforms_option()},
           .example = "idlewatt catalog policies hpa"},
          execute};
}

}  // namespace idlewatt
