#include <iostream>

#include "cli/commands.hpp"
#include "python/python_policy.hpp"
#include "results/format.hpp"

namespace idlewatt {

namespace {

ExitStatus version(const CommandLine&) {
  std::cout << version_text();
  return ExitStatus::ok;
}

}  // namespace

std::string program_version() {
  return "idlewatt " IDLEWATT_VERSION;
}

std::string version_text() {
  const std::string python = python_version();
  return program_version() + "\nresult files: format version " + std::to_string(kFormatVersion) +
         "\npolicies in Python: " + (python.empty() ? "not in this build" : python) + "\n";
}

Command version_command() {
  return {{.name = "version", .summary = "Print the version.", .example = "idlewatt version"}, version};
}

}  // namespace idlewatt
