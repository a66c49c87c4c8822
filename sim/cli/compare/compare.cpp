#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "cli/bill/answer.hpp"
#include "cli/bill/figure_path.hpp"
#include "cli/commands.hpp"
#include "cli/compare/text.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "results/index.hpp"
#include "results/metered_run.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/site/cost_notes.hpp"

namespace idlewatt {

namespace {

namespace fs = std::filesystem;

/// The runs of a folder: those that its index names and that are there, else all results in it and in its folders.
std::vector<std::string> runs_in(const fs::path& folder) {
  std::vector<std::string> paths;
  const fs::path index = folder / kIndexFile;
  if (fs::exists(index)) {
    for (const IndexedRun& run : read_index(index.string())) {
      const fs::path path = folder / run.file;
      if (fs::exists(path)) {
        paths.push_back(path.string());
      } else {
        std::cerr << path.string() << " is not there, and left out\n";
      }
    }
  } else {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".h5" && entry.path().filename() != kIndexFile &&
          has_series(entry.path().string())) {
        paths.push_back(entry.path().string());
      }
    }
    std::sort(paths.begin(), paths.end());
  }
  if (paths.empty()) {
    throw InputError(folder.string() + ": holds no finished run");
  }
  return paths;
}

std::vector<ComparedFile> read_files(const std::vector<std::string>& arguments) {
  std::vector<ComparedFile> files;
  for (const std::string& argument : arguments) {
    const std::vector<std::string> paths =
        fs::is_directory(argument) ? runs_in(argument) : std::vector<std::string>{argument};
    for (const std::string& path : paths) {
      if (!fs::exists(path)) {
        throw InputError(path + ": no such file");
      }
      files.push_back({path, read_result(path)});
      if (!files.back().result.complete) {
        throw InputError(
            path +
            ": is incomplete: the run was stopped, or is still going; `idlewatt recover` shows what is whole in it");
      }
    }
  }
  return files;
}

/// What stands beside the costs of the runs: what they leave out, and whose rents they contain.
class CostNotes {
 public:
  void add(const std::string& path) {
    try {
      const MeteredRun run = read_metered_run(path);
      for (const std::string& note : costs_left_out(run, path)) {
        add_left_out(note, path);
      }
      for (const ProvenanceEntry& figure : run.figures) {
        if (const auto type = entry_of(figure.path, "servers", "rent")) {
          rents_[*type].insert(figure.value);
        }
      }
    } catch (const InputError&) {
      return;  // a result of a version that kept no bill
    }
  }

  std::string text() const {
    std::string text;
    for (const auto& [note, paths] : left_out_) {
      text +=
          paths.front() +
          (paths.size() > 1 ? " and " + counted(static_cast<std::int64_t>(paths.size()) - 1, "other", "others") : "") +
          ": " + note + "\n";
    }
    const std::string note = offers_note(offers());
    return note.empty() ? text : text + note + "\n";
  }

 private:
  /// Each sentence stands once, with the runs of which it is true.
  void add_left_out(const std::string& note, const std::string& path) {
    const auto known =
        std::find_if(left_out_.begin(), left_out_.end(), [&](const auto& one) { return one.first == note; });
    (known == left_out_.end() ? left_out_.emplace_back(note, std::vector<std::string>()) : *known)
        .second.push_back(path);
  }

  /// The offers of the rents that are the catalogue's.
  RentOffers offers() const {
    RentOffers offers;
    if (rents_.size() < 2) {
      return offers;  // one type of server has one offer
    }
    const Catalog catalog = read_platforms(data_directory() + "/platforms");
    for (const auto& [type, usd_per_h] : rents_) {
      const auto server = catalog.servers.find(type);
      if (server != catalog.servers.end() && usd_per_h.contains(server->second.rent_usd_per_h.value)) {
        offers[offer_text(server->second.rent_offer)].insert(type);
      }
    }
    return offers;
  }

  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;
  std::map<std::string, std::set<double>> rents_;  ///< USD per hour that runs have for a type of server
};

ExitStatus execute(const CommandLine& line) {
  const int formats = line.has("csv") + line.has("json") + line.has("markdown");
  if (formats > 1) {
    throw InputError("idlewatt compare: only one of `--csv`, `--json` and `--markdown` at a time");
  }
  const std::vector<ComparedFile> files = read_files(line.positionals());
  if (files.size() < 2) {
    throw InputError(fmt::format("idlewatt compare: {} is one run; expected at least two", files.front().path));
  }
  const std::vector<RunGroup> groups = grouped_by_seed(files);
  const bool all = line.has("all");
  if (line.has("csv")) {
    std::cout << compare_csv(groups, measures_to_compare(true, groups));
  } else if (line.has("json")) {
    std::cout << compare_json(groups, measures_to_compare(true, groups));
  } else if (line.has("markdown")) {
    std::cout << compare_markdown(groups, measures_to_compare(all, groups));
  } else {
    std::cout << compare_table(groups, measures_to_compare(all, groups), style_of_stdout());
  }
  CostNotes notes;
  for (const ComparedFile& file : files) {
    notes.add(file.path);
  }
  (formats == 0 ? std::cout : std::cerr) << notes.text();
  return ExitStatus::ok;
}

}  // namespace

Command compare_command() {
  return {{.name = "compare",
           .summary = "Show how results differ from the first; with confidence intervals over seeds.",
           .positional = "RUN.h5|DIR...",
           .options = {{.name = "all", .help = "every measure, not just those of the table that run prints"},
                       {.name = "csv", .help = "print comma-separated values: all measures, every digit"},
                       {.name = "json", .help = "print JSON: all measures, every digit"},
                       {.name = "markdown", .help = "print a table of Markdown"}},
           .example = "idlewatt compare out/quickstart/a100-static.h5 out/quickstart/a100-hpa.h5"},
          execute};
}

}  // namespace idlewatt
