#include "scenario/load.hpp"

#include <filesystem>

#include "scenario/overrides.hpp"
#include "scenario/read_scenario.hpp"

namespace idlewatt {
namespace {

// What a scenario is read with, but for the variant.
struct Source {
  std::string text;
  YamlNode base;  // without `variants`
  std::vector<Override> set;
  std::optional<std::uint64_t> seed;
};

Scenario read_variant(const Source& source, const std::string& variant, const std::vector<Override>& changes,
                      ScenarioFiles& files) {
  YamlNode tree = source.base;
  std::vector<std::string> overrides;
  for (const std::vector<Override>* list : {&changes, &source.set}) {
    for (const Override& change : *list) {
      apply(tree, change);
      overrides.push_back(change.text());
    }
  }
  Scenario scenario = read_scenario(tree, files);
  scenario.variant = variant;
  scenario.text = source.text;
  scenario.overrides = std::move(overrides);
  if (source.seed) {
    scenario.seed = *source.seed;
  }
  return scenario;
}

// An error of the variant whose place is in the common part needs the variant's name; one that the common part has by
// itself does not.
[[noreturn]] void explain(const PlacedError& error, const Source& source, const std::string& variant,
                          ScenarioFiles& files) {
  if (error.place().layer == Layer::file) {
    try {
      read_variant(source, "", {}, files);
    } catch (const PlacedError& common) {
      if (std::string(common.what()) == error.what()) {
        throw common;
      }
    } catch (const InputError&) {
    }
    Place place = error.place();
    place.variant = variant;
    fail(place, error.message());
  }
  throw error;
}

}  // namespace

std::vector<Scenario> load_scenario(const std::string& path, const LoadOptions& options) {
  Source source;
  source.text = read_text_file(path);
  source.seed = options.seed;
  source.base = parse_yaml(source.text, path);
  if (!source.base.is_map()) {
    fail(source.base.place, "the scenario is no map; expected keys such as `title:`, `traffic:`, `racks:`, `pools:`");
  }
  for (const std::string& text : options.set) {
    source.set.push_back(parse_set(text));
  }
  YamlNode variants;
  if (const YamlNode* found = source.base.find("variants")) {
    variants = *found;
    if (!variants.is_map() || variants.entries.empty()) {
      fail(variants.place, "`variants` is no map; expected overrides by the variant's name");
    }
    std::erase_if(source.base.entries, [](const YamlEntry& entry) { return entry.key == "variants"; });
  }

  ScenarioFiles files(std::filesystem::path(path).parent_path().string(), options.platforms_dir,
                      options.open_hdf5_trace);
  std::vector<Scenario> scenarios;
  if (variants.entries.empty()) {
    scenarios.push_back(read_variant(source, "", {}, files));
  }
  for (const YamlEntry& entry : variants.entries) {
    if (entry.key.empty()) {
      fail(entry.key_place, "a variant has no name; expected one");
    }
    try {
      scenarios.push_back(read_variant(source, entry.key, variant_overrides(entry.key, entry.value), files));
    } catch (const PlacedError& error) {
      explain(error, source, entry.key, files);
    }
  }
  return scenarios;
}

}  // namespace idlewatt
