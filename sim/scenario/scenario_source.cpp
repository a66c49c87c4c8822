#include "scenario/scenario_source.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/fingerprint.hpp"

namespace idlewatt {
namespace {

YamlNode take(YamlNode& root, const std::string& key) {
  YamlNode taken;
  if (const YamlNode* found = root.find(key)) {
    taken = *found;
    std::erase_if(root.entries, [&](const YamlEntry& entry) { return entry.key == key; });
  }
  return taken;
}

}  // namespace

ScenarioSource::ScenarioSource(const std::string& path, const LoadOptions& options)
    : path_(path),
      text_(read_text_file(path)),
      base_(parse_yaml(text_, path)),
      seed_(options.seed),
      with_fingerprint_(options.fingerprint),
      files_(std::filesystem::path(path).parent_path().string(), options.platforms_dir, options.open_hdf5_trace) {
  if (!base_.is_map()) {
    fail(base_.place, "the scenario is no map; expected keys such as `title:`, `traffic:`, `racks:`, `pools:`");
  }
  for (const std::string& text : options.set) {
    set_.push_back(parse_set(text));
  }
  const bool has_variants = base_.find("variants") != nullptr;
  variants_ = take(base_, "variants");
  if (has_variants && (!variants_.is_map() || variants_.entries.empty())) {
    fail(variants_.place, "`variants` is no map; expected overrides by the variant's name");
  }
  for (const YamlEntry& entry : variants_.entries) {
    if (entry.key.empty()) {
      fail(entry.key_place, "a variant has no name; expected one");
    }
  }
  search_ = take(base_, "search");
  claim_ = take(base_, "claim");
}

std::shared_ptr<const Catalog> ScenarioSource::catalog() {
  YamlNode tree = base_;
  for (const Override& change : set_) {
    apply(tree, change);
  }
  return read_catalog_of(tree, files_);
}

Scenario ScenarioSource::read(const std::string& name, const std::vector<Override>& changes) {
  YamlNode tree = base_;
  std::vector<std::string> overrides;
  Problems problems;
  for (const std::vector<Override>* list : {&changes, static_cast<const std::vector<Override>*>(&set_)}) {
    for (const Override& change : *list) {
      problems.note([&] { apply(tree, change); });
      overrides.push_back(change.text());
    }
  }
  problems.throw_any();
  files_.forget_used();
  Scenario scenario = read_scenario(tree, files_);
  scenario.variant = name;
  scenario.text = text_;
  scenario.overrides = std::move(overrides);
  if (seed_) {
    scenario.seed = *seed_;
  }
  if (with_fingerprint_) {
    scenario.fingerprint =
        Fingerprint().add(flow_text(tree)).add(std::to_string(scenario.seed)).add(files_.fingerprint_of_used()).text();
  }
  return scenario;
}

const std::vector<Problem>& ScenarioSource::common_problems() {
  if (!common_problems_) {
    Problems problems;
    problems.note([&] { read("", {}); });
    common_problems_ = problems.all();
  }
  return *common_problems_;
}

Scenario ScenarioSource::read_variant(const YamlEntry& variant) {
  std::vector<Problem> problems;
  try {
    return read(variant.key, variant_overrides(variant.key, variant.value));
  } catch (const InputError& error) {
    problems = problems_of(error);
  }
  for (Problem& problem : problems) {
    // What does not fit in the common part does not fit in the variants either, whatever they are blamed for.
    if (problem.misfit && problem.place.layer == Layer::variant) {
      const std::vector<Problem>& common = common_problems();
      const auto same = std::find_if(common.begin(), common.end(),
                                     [&](const Problem& one) { return one.misfit && one.message == problem.message; });
      problem = same == common.end() ? problem : *same;
    }
    // A problem of the variant whose place is in the common part needs the variant's name; one that the common part has
    // by itself does not.
    if (problem.place.layer == Layer::file && !problem.place.origin.empty()) {
      const std::vector<Problem>& common = common_problems();
      const bool shared =
          std::any_of(common.begin(), common.end(), [&](const Problem& one) { return one.text() == problem.text(); });
      problem.place.variant = shared ? "" : variant.key;
    }
  }
  throw_problems(std::move(problems));
  throw Error("a variant could not be read, and nothing says why");
}

std::vector<Scenario> ScenarioSource::read_all() {
  std::vector<Scenario> scenarios;
  if (variants().empty()) {
    scenarios.push_back(read("", {}));
  }
  Problems problems;
  for (const YamlEntry& variant : variants()) {
    problems.note([&] { scenarios.push_back(read_variant(variant)); });
  }
  problems.throw_any();
  return scenarios;
}

}  // namespace idlewatt
