#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>
#include <unistd.h>

#include "base/error.hpp"
#include "cli/bill/cost_notes.hpp"
#include "cli/commands.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/results/finished_runs.hpp"

namespace idlewatt {

namespace {

constexpr const char* kPackages =
    "python3 python3-h5py python3-h5netcdf python3-matplotlib python3-pandas python3-xarray";

/// Becomes Python, which goes on with the same files, terminal and signals, and whose exit status is ours. Returns only
/// when there is none.
void become_python(const std::vector<std::string>& arguments) {
  const std::string package = data_directory() + "/analysis";
  const char* given = std::getenv("PYTHONPATH");
  const std::string path = given == nullptr || *given == '\0' ? package : package + ":" + given;
  setenv("PYTHONPATH", path.c_str(), 1);
  setenv("PYTHONDONTWRITEBYTECODE", "1", 1);  // the package's folder need not be ours to write to
  std::vector<std::string> words{"", "-m", "idlewatt"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  // The one that CMake found, else whichever there is now; IDLEWATT_PYTHON names another.
  const char* wanted = std::getenv("IDLEWATT_PYTHON");
  const bool named = wanted != nullptr && *wanted != '\0';
  for (const std::string& python :
       named ? std::vector<std::string>{wanted} : std::vector<std::string>{IDLEWATT_PYTHON, "python3"}) {
    words.front() = python;
    std::vector<char*> pointers;
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    execvp(python.c_str(), pointers.data());
  }
}

/// The notes beside the costs of the results. Results that cannot be read have none: the page's own reader names them.
std::vector<std::string> cost_notes_of(const std::vector<std::string>& results) {
  CostNotes notes;
  std::ostream nowhere(nullptr);  // the page's own reader names missing runs
  try {
    for (const std::string& result : results) {
      for (const std::string& path :
           std::filesystem::is_directory(result) ? finished_runs(result, nowhere) : std::vector<std::string>{result}) {
        notes.add(path);
      }
    }
    return notes.sentences();
  } catch (const InputError&) {
    return {};
  }
}

ExitStatus execute(const CommandLine& line) {
  std::vector<std::string> arguments{"report", "-o", line.value("output").value_or("report.html")};
  const std::vector<std::string>& results = line.positionals();
  for (const std::string& note : cost_notes_of(results)) {
    arguments.push_back("--cost-note=" + note);
  }
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), results.begin(), results.end());
  std::cout.flush();
  become_python(arguments);
  throw InputError(fmt::format("idlewatt report: cannot start Python 3 ({}); on Debian or Ubuntu: apt-get install {}",
                               std::strerror(errno), kPackages));
}

}  // namespace

Command report_command() {
  return {{.name = "report",
           .summary = "Write a page of HTML about one run, or several: the answer, charts, all numbers. Needs Python.",
           .positional = "RUN.h5|DIR...",
           .options = {{.name = "output",
                        .short_name = "o",
                        .argument = "FILE",
                        .help = "the page, which needs no other file and no network (default: report.html)"}},
           .example = "idlewatt report out/quickstart -o report.html"},
          execute};
}

}  // namespace idlewatt
