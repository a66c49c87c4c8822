#include <cstdlib>
#include <filesystem>

#include "base/fingerprint.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/traffic/traffic_source.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

std::string expand_environment(const YamlNode& node) {
  std::string result;
  const std::string& text = node.scalar;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "${") != 0) {
      result += text[at++];
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) {
      fail(node.place, "`" + text + "` opens `${` and does not close it; expected `${VARIABLE}`");
    }
    const std::string name = text.substr(at + 2, end - at - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
      fail(node.place, "the environment variable `" + name + "` is not set; expected the folder that `" + text +
                           "` is in (workloads/README.md tells where to get the file)");
    }
    result += value;
    at = end + 1;
  }
  return result;
}

}  // namespace

std::string ScenarioFiles::path(const YamlNode& node, const std::string& kind) const {
  read_text(node, "the path of the " + kind, "a path");
  const std::filesystem::path given = expand_environment(node);
  const std::filesystem::path full = (std::filesystem::path(folder_) / given).lexically_normal();
  std::error_code error;
  if (!std::filesystem::exists(full, error) || std::filesystem::is_directory(full, error)) {
    fail(node.place, "there is no file `" + full.string() + "`; expected the path of a " + kind +
                         ", relative to the scenario's folder");
  }
  used_.push_back(full.string());
  return full.string();
}

std::shared_ptr<const Plugin> ScenarioFiles::plugin(const YamlNode& node) {
  // With a slash in it, or the system would look for it elsewhere.
  const std::string file = std::filesystem::absolute(path(node, "plug-in, a shared library")).string();
  std::shared_ptr<const Plugin>& plugin = plugins_[file];
  if (!plugin) {
    try {
      plugin = Plugin::load(file);
    } catch (const Error& error) {
      fail(node.place, error.what());
    }
  }
  return plugin;
}

std::shared_ptr<const Plugin> ScenarioFiles::python_policy(const YamlNode& node, PythonChoice choice) {
  choice.path = path(node, "file of Python");
  std::vector<std::string> key{choice.path, choice.class_name, std::to_string(static_cast<int>(choice.family))};
  for (const auto& [name, value] : choice.keywords) {
    key.insert(key.end(), {name, value});
  }
  std::shared_ptr<const Plugin>& policy = python_policies_[key];
  if (!policy) {
    try {
      policy = load_python_policy(choice);
    } catch (const Error& error) {
      fail(node.place, error.what());
    }
  }
  return policy;
}

std::string ScenarioFiles::fingerprint_of_used() {
  // The whole catalogue, for entries name each other: a change to any of them counts as one to all.
  if (platform_files_.empty()) {
    platform_files_ = platform_files(platforms_dir_);
  }
  // In the order in which the scenario asks for them: where the files lie does not matter, which is which does.
  std::vector<std::string> paths = used_;
  paths.insert(paths.end(), platform_files_.begin(), platform_files_.end());
  Fingerprint fingerprint;
  for (const std::string& path : paths) {
    std::string& known = fingerprints_[path];
    if (known.empty()) {
      known = fingerprint_of_file(path);
    }
    fingerprint.add(known);
  }
  return fingerprint.text();
}

std::shared_ptr<const Catalog> ScenarioFiles::catalog(const std::vector<CatalogAddition>& additions) {
  std::vector<std::string> keys;
  for (const CatalogAddition& addition : additions) {
    keys.push_back(addition.path.empty() ? flow_text(addition.entries) : addition.path);
  }
  const auto found = catalogs_.find(keys);
  if (found != catalogs_.end()) {
    return found->second;
  }
  auto result = std::make_shared<Catalog>();
  if (additions.empty()) {
    *result = read_platforms(platforms_dir_);
  } else {
    *result = *catalog({});
    for (const CatalogAddition& addition : additions) {
      add_to_catalog(*result, addition.path.empty() ? addition.entries : read_catalogue_file(addition.path));
    }
  }
  catalogs_[keys] = result;
  return result;
}

const GeneratedTraffic& ScenarioFiles::workload(const std::string& path) {
  const auto found = workloads_.find(path);
  if (found != workloads_.end()) {
    return found->second;
  }
  return workloads_[path] = read_workload(parse_yaml(read_text_file(path), path));
}

Ticks ScenarioFiles::traffic_end(const Traffic& traffic) {
  if (!traffic.file) {
    return source_end(source_of(traffic));
  }
  const TraceFile& file = *traffic.file;
  for (const auto& [known, end] : ends_) {
    if (same_reading(*known.file, file) && known.scale == traffic.scale && known.transforms == traffic.transforms) {
      return end;
    }
  }
  ends_.emplace_back(traffic, source_end(source_of(traffic)));
  return ends_.back().second;
}

}  // namespace idlewatt
