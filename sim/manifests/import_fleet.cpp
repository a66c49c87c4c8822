#include "manifests/import_fleet.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "manifests/found_kinds.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

/// A path of the command line as seen from the folder of `output`.
std::string seen_from(const std::string& path, const std::string& output) {
  if (path.starts_with("$")) {
    return path;
  }
  const fs::path folder = fs::absolute(output).parent_path();
  return fs::absolute(path).lexically_normal().lexically_relative(folder.lexically_normal()).string();
}

class ScenarioText {
 public:
  ScenarioText(const SettledFleet& fleet, const std::vector<std::string>& paths, const std::string& output)
      : fleet_(&fleet), paths_(&paths), output_(&output) {}

  ImportedFleet imported() && {
    write_head();
    write_traffic();
    write_catalog();
    write_racks();
    write_pools();
    write_list();
    result_.warnings = fleet_->warnings;
    result_.pools = fleet_->pools.size();
    result_.unsimulated = fleet_->unsimulated.size();
    return std::move(result_);
  }

 private:
  void write_head() {
    std::string files;
    for (const std::string& path : *paths_) {
      files += (files.empty() ? "" : ", ") + path;
    }
    YamlWriter& out = result_.scenario;
    out.comment(0,
                "A fleet as its manifests state it, by `idlewatt import`. Comments say where a value comes from, as "
                "file:line; `assumed` marks what no file says. What cannot be simulated is listed at the end.");
    std::set<std::string> models;
    for (const SettledPool& pool : fleet_->pools) {
      models.insert(pool.model);
    }
    std::string names;
    for (const std::string& model : models) {
      names += (names.empty() ? "" : ", ") + model;
    }
    out.entry(0, "title", scalar_text(names + " as in " + files));
    out.entry(0, "seed", "1");
  }

  void write_traffic() {
    YamlWriter& out = result_.scenario;
    out.line("traffic:   # --traffic; an SLO is not stated: `slo: {ttft: 1 s, tpot: 100 ms}` beside `model` sets one");
    for (const SettledTraffic& one : fleet_->traffic) {
      out.line("  - {source: " + scalar_text(seen_from(one.path, *output_)) + ", model: " + one.model + "}");
    }
    out.line(
        "site: {pue: 1.4, electricity: 0.15 USD/kWh, carbon: 400 g/kWh}   # assumed: no file says where it stands");
  }

  void write_catalog() {
    YamlWriter& out = result_.scenario;
    if (fleet_->configs.empty() && fleet_->entries.empty()) {
      return;
    }
    out.line("catalog:");
    for (const std::string& config : fleet_->configs) {
      out.line("  - " + scalar_text(seen_from(config, *output_)) + "   # --model");
    }
    for (const SettledEntry& entry : fleet_->entries) {
      out.comment(2, entry.comment);
      out.line("  - " + entry.kind + ": {" + entry.name + ": " + entry.value + "}");
    }
  }

  void write_racks() {
    YamlWriter& out = result_.scenario;
    for (const std::string& sentence : fleet_->nodes) {
      out.comment(0, sentence);
    }
    if (fleet_->racks.empty()) {
      out.comment(0, "racks: no nodes are stated: as many servers as the pools need");
      return;
    }
    std::string servers;
    for (const auto& [server, count] : fleet_->racks) {
      servers += (servers.empty() ? "" : ", ") + std::to_string(count) + " x " + server;
    }
    out.line("racks:   # the nodes in use; that they share a rack and its uplink is assumed");
    out.line("  - {servers: [" + servers + "], uplink: 100 Gbps}");
  }

  void write_pools() {
    YamlWriter& out = result_.scenario;
    out.line("pools:");
    for (const SettledPool& pool : fleet_->pools) {
      out.comment(2, pool.object + ", " + short_place(pool.place));
      result_.objects[out.lines() + 1] = pool.object;
      out.entry(2, pool.name, "", "", pool.place);
      for (const SettledKey& key : pool.keys) {
        out.entry(4, key.key, key.value, key.comment, key.source);
      }
      if (pool.scaler) {
        write_scaler(pool);
      }
    }
  }

  /// The autoscaler stands in a file of its own, as a scenario names one file for one pool.
  void write_scaler(const SettledPool& pool) {
    const fs::path output(*output_);
    const std::string name = output.stem().string() + "-" + pool.name + ".yaml";
    result_.beside.push_back(
        {(output.parent_path() / name).string(),
         "# " + pool.scaler->title + ", taken over by `idlewatt import`.\n" + block_text(pool.scaler->root)});
    result_.scenario.entry(4, "autoscaling", "{manifest: " + scalar_text(name) + "}", pool.scaler->title,
                           pool.scaler->root.place);
  }

  void write_list() {
    YamlWriter& out = result_.scenario;
    if (fleet_->unsimulated.empty()) {
      return;
    }
    out.line("");
    out.comment(0, "What the files say and this scenario does not simulate:");
    std::set<std::string> said;
    for (const std::string& sentence : fleet_->unsimulated) {
      if (said.insert(sentence).second) {
        out.comment(0, "- " + sentence);
      }
    }
  }

  const SettledFleet* fleet_;
  const std::vector<std::string>* paths_;
  const std::string* output_;
  ImportedFleet result_;
};

/// The problem with the place that the scenario's line was made from.
std::string in_manifest(const Problem& problem, const ImportedFleet& fleet, const std::string& part,
                        const std::string& output) {
  if (problem.place.origin == part) {
    if (const Place* source = fleet.scenario.source_of(problem.place.line)) {
      const auto behind = fleet.objects.upper_bound(problem.place.line);
      const std::string object = behind == fleet.objects.begin() ? "" : std::prev(behind)->second + ": ";
      return source->text() + ": " + object + problem.message;
    }
    return output + ": " + problem.message;
  }
  return problem.text();
}

void check(const ImportedFleet& fleet, const std::string& part, const std::string& output, const LoadOptions& options) {
  try {
    load_scenario(part, options);
  } catch (const InputError& error) {
    throw InputError(in_manifest(problems_of(error).front(), fleet, part, output));
  }
}

}  // namespace

ImportedFleet import_fleet(const std::vector<std::string>& paths, const ImportAnswers& answers,
                           const std::string& output, const std::string& platforms_dir) {
  const Catalog catalog = read_platforms(platforms_dir);
  const ClusterNames names(platforms_dir, catalog);
  const ManifestFiles files = read_manifest_files(paths);
  const SettledFleet settled = settle_fleet(find_fleet(files), answers, names, catalog);
  return ScenarioText(settled, paths, output).imported();
}

void write_fleet(const ImportedFleet& fleet, const std::string& output, const LoadOptions& options) {
  std::vector<std::string> written;
  const std::string part = part_name(output) + ".yaml";
  const auto remove_all = [&] {
    std::error_code ignored;
    fs::remove(part, ignored);
    for (const std::string& path : written) {
      fs::remove(path, ignored);
    }
  };
  try {
    for (const FileBeside& file : fleet.beside) {
      if (!fs::exists(file.path)) {
        written.push_back(file.path);
      }
      write_whole_file(file.path, file.text);
    }
    write_whole_file(part, fleet.scenario.text());
    check(fleet, part, output, options);
  } catch (const Error&) {
    remove_all();
    throw;
  }
  std::error_code ignored;
  fs::remove(part, ignored);
  write_whole_file(output, fleet.scenario.text());
}

}  // namespace idlewatt
