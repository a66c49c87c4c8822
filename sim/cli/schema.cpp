#include <iostream>

#include "cli/commands.hpp"
#include "cli/schema_scenario.hpp"
#include "scenario/read_catalog.hpp"

namespace idlewatt {

namespace {

ExitStatus execute(const CommandLine& line) {
  std::cout << scenario_schema(read_platforms(platforms_directory(line))).dump(1) << "\n";
  return ExitStatus::ok;
}

}  // namespace

Command schema_command() {
  return {{.name = "schema",
           .summary = "Write the JSON Schema of scenario files, for editors that complete and check them.",
           .options = {platforms_option()},
           .example = "idlewatt schema > scenario.schema.json"},
          execute};
}

}  // namespace idlewatt
