#include <iostream>

#include "app/commands.hpp"

namespace idlewatt {

namespace {

ExitStatus version(const CommandLine&) {
  std::cout << program_version() << "\n";
  return ExitStatus::ok;
}

}  // namespace

std::string program_version() {
  return "idlewatt " IDLEWATT_VERSION;
}

Command version_command() {
  return {{.name = "version", .summary = "Print the version.", .example = "idlewatt version"}, version};
}

}  // namespace idlewatt
