#include <iostream>

#include "base/error.hpp"
#include "cli/catalog_contents.hpp"
#include "cli/catalog_json.hpp"
#include "cli/catalog_markdown.hpp"
#include "cli/catalog_text.hpp"
#include "cli/catalog_units.hpp"
#include "cli/commands.hpp"
#include "scenario/read_catalog.hpp"

namespace idlewatt {

namespace {

ExitStatus execute(const CommandLine& line) {
  const bool json = line.has("json");
  const bool markdown = line.has("markdown");
  if (markdown && (json || !line.positional().empty())) {
    throw InputError("idlewatt catalog: --markdown writes the whole page; it goes with no KIND, no NAME and no --json");
  }
  if (line.positional() == "units") {
    if (markdown || !line.positional(1).empty()) {
      throw InputError("idlewatt catalog: `units` lists all units; expected no NAME and no --markdown with it");
    }
    std::cout << (json ? units_json() : units_text(style_of_stdout()));
    return ExitStatus::ok;
  }
  const CatalogContents all = all_contents(read_platforms(platforms_directory(line)));
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
                       {.name = "markdown", .help = "print the reference page, as platforms/README.md has it"},
                       platforms_option()},
           .example = "idlewatt catalog policies hpa"},
          execute};
}

}  // namespace idlewatt
