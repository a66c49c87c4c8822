#include <algorithm>
#include <iostream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/reference/reference_page.hpp"
#include "cli/reference/schema_keys.hpp"
#include "cli/text/text.hpp"
#include "scenario/catalog/read_catalog.hpp"

namespace idlewatt {

namespace {

ExitStatus execute(const CommandLine& line) {
  const std::string kind = line.positional().empty() ? schema_kinds().front() : line.positional();
  const std::vector<std::string> kinds = schema_kinds();
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    throw InputError("idlewatt schema: there is no kind of file `" + kind + "` (" + suggestion(kind, kinds) + ")");
  }
  if (line.has("markdown")) {
    std::cout << reference_page();
  } else {
    std::cout << schema_of(kind, read_platforms(platforms_directory(line))).dump(1) << "\n";
  }
  return ExitStatus::ok;
}

}  // namespace

Command schema_command() {
  return {{.name = "schema",
           .summary = "Write the JSON Schema of scenarios (or workload, grid, catalogue files), for editors.",
           .positional = "[KIND]",
           .options = {{.name = "markdown", .help = "write the reference page of all keys instead, as Markdown"},
                       platforms_option()},
           .example = "idlewatt schema > scenario.schema.json"},
          execute};
}

}  // namespace idlewatt
