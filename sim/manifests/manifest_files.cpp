#include "manifests/manifest_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/core.h>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "base/error.hpp"
#include "manifests/tree.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

std::string kustomize_hint(const std::string& file) {
  const std::string folder = fs::path(file).parent_path().string();
  return fmt::format(
      "a kustomization names other files and patches them; expected the output of `kubectl kustomize {}`",
      folder.empty() ? "." : folder);
}

[[noreturn]] void refuse_template(const std::string& file, int line, std::ptrdiff_t column) {
  fail({.origin = file, .line = line, .column = static_cast<int>(column) + 1},
       "a template of Helm says nothing before its values are filled in; expected the output of `helm template "
       "CHART -f VALUES.yaml`");
}

/// Refuses templates of charts. Other `{{ ... }}` stay: chat templates of models (Jinja) and rules of Prometheus have
/// them in strings; where they make the text no YAML, `any` refuses them, too.
void refuse_templates(const std::string& text, const std::string& file, bool any) {
  static const std::regex action(
      R"(\{\{-?\s*(\.(Values|Release|Chart|Capabilities|Files|Template)\b|include\b|template\b|toYaml\b|tpl\b|define\b))");
  constexpr std::size_t kLongest = 4096;  // of a line that people write
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::smatch found;
    if (line.size() < kLongest && std::regex_search(line, found, action)) {
      refuse_template(file, number, found.position());
    }
    if (const std::size_t braces = line.find("{{"); any && braces != std::string::npos) {
      refuse_template(file, number, static_cast<std::ptrdiff_t>(braces));
    }
  }
}

std::vector<YamlNode> documents_of(const std::string& text, const std::string& file) {
  try {
    return parse_yaml_documents(text, file);
  } catch (const InputError&) {
    refuse_templates(text, file, true);
    throw;
  }
}

/// A line that begins with `NodeName=`, and none that a manifest has.
bool is_slurm(const std::string& text) {
  std::istringstream lines(text);
  bool found = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
    const std::string word = plain_name(line.substr(start, std::string_view("nodename=").size()));
    found = found || word == "nodename=";
    if (line.starts_with("apiVersion:") || line.starts_with("kind:")) {
      return false;
    }
  }
  return found;
}

void add_document(YamlNode root, const std::string& file, ManifestFiles& files) {
  if (root.is_null()) {
    return;
  }
  if (!root.is_map()) {
    fail(root.place, "the document is no map; expected manifests of Kubernetes");
  }
  const std::string kind = text_below(root, {"kind"});
  if (YamlNode* items = kind.ends_with("List") ? root.find("items") : nullptr; items != nullptr) {
    for (YamlNode& item : items->items) {
      add_document(std::move(item), file, files);
    }
    return;
  }
  if (kind == "Kustomization" || (kind.empty() && root.find("resources") != nullptr && root.find("kind") == nullptr &&
                                  fs::path(file).stem() == "kustomization")) {
    fail(root.place, kustomize_hint(file));
  }
  ManifestDocument document{.root = {},
                            .file = file,
                            .kind = kind,
                            .version = text_below(root, {"apiVersion"}),
                            .name = text_below(root, {"metadata", "name"}),
                            .space = text_below(root, {"metadata", "namespace"})};
  if (document.space == "default") {
    document.space.clear();
  }
  document.root = std::move(root);
  files.documents.push_back(std::move(document));
}

void read_one(const std::string& file, bool named, std::set<fs::path>& seen, ManifestFiles& files) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(file, error);
  if (!seen.insert(error ? fs::path(file) : whole).second) {
    return;
  }
  const std::string text = read_text_file(file);
  if (is_slurm(text)) {
    files.slurm.push_back({file, text});
    return;
  }
  refuse_templates(text, file, false);
  const std::size_t before = files.documents.size();
  for (YamlNode& root : documents_of(text, file)) {
    add_document(std::move(root), file, files);
  }
  if (files.documents.size() == before) {
    if (named) {
      throw InputError(file + ": holds no manifest; expected manifests of Kubernetes, or nodes of Slurm");
    }
    files.left_aside.push_back(file);
  }
}

void read_folder(const fs::path& folder, std::set<fs::path>& seen, ManifestFiles& files) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    static const std::array<std::string, 4> kEndings{".yaml", ".yml", ".json", ".conf"};
    if (entry.is_regular_file() &&
        std::find(kEndings.begin(), kEndings.end(), entry.path().extension().string()) != kEndings.end()) {
      found.push_back(entry.path());
    }
    if (found.size() + seen.size() > kMostFiles) {
      throw InputError(
          fmt::format("{}: holds more than {} files; expected the folder of a fleet", folder.string(), kMostFiles));
    }
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) {
    if (path.filename() == "Chart.yaml") {
      throw InputError(fmt::format("{}: a chart of Helm; expected the output of `helm template {} -f VALUES.yaml`",
                                   path.string(), path.parent_path().string()));
    }
    if (path.stem() == "kustomization") {
      throw InputError(path.string() + ": " + kustomize_hint(path.string()));
    }
  }
  for (const fs::path& path : found) {
    read_one(path.string(), false, seen, files);
  }
}

}  // namespace

std::string ManifestDocument::title() const {
  return (kind.empty() ? "values" : kind) + (name.empty() ? "" : fmt::format(" `{}`", name));
}

ManifestFiles read_manifest_files(const std::vector<std::string>& paths) {
  ManifestFiles files;
  std::set<fs::path> seen;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      read_folder(path, seen, files);
    } else {
      read_one(path, true, seen, files);
    }
  }
  if (files.documents.empty() && files.slurm.empty()) {
    throw InputError(paths.front() + ": holds no manifest; expected files ending in .yaml, .yml or .json");
  }
  return files;
}

}  // namespace idlewatt
