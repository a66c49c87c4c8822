#include "scenario/read_sweep.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "scenario/fields.hpp"
#include "scenario/read_axes.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostSeeds = 100'000;

std::vector<std::uint64_t> read_seeds(const YamlNode& node) {
  std::vector<std::uint64_t> seeds;
  if (node.is_scalar()) {
    const std::int32_t count = read_count(node, "`seeds`", 1, kMostSeeds);
    for (std::int32_t i = 1; i <= count; ++i) {
      seeds.push_back(static_cast<std::uint64_t>(i));
    }
    return seeds;
  }
  if (!node.is_sequence() || node.items.empty()) {
    fail(node.place, "`seeds` is neither a number of seeds nor a list; expected `3` or `[1, 2, 3]`");
  }
  for (const YamlNode& item : node.items) {
    std::uint64_t seed = 0;
    const std::string text = read_text(item, "a seed", "a whole number");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(item.place, "`" + text + "` is no seed; expected a whole number of 64 bits");
    }
    if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) {
      fail(item.place, "seed " + text + " is given twice; expected each once");
    }
    seeds.push_back(seed);
  }
  return seeds;
}

std::size_t find_axis(const YamlEntry& condition, const std::vector<SweepAxis>& axes) {
  std::vector<std::string> names;
  for (const SweepAxis& axis : axes) {
    names.push_back(axis.name);
  }
  const auto found = std::find(names.begin(), names.end(), condition.key);
  if (found == names.end()) {
    fail(condition.key_place, "`exclude` names no axis `" + condition.key + "`" + expected_names(condition.key, names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

SweepExclusion read_exclusion(const YamlNode& node, const std::vector<SweepAxis>& axes) {
  if (!node.is_map() || node.entries.empty()) {
    fail(node.place, "an exclusion is `impossible` or a map of axes; expected one such as `{fleet: t4}`");
  }
  SweepExclusion exclusion;
  for (const YamlEntry& entry : node.entries) {
    SweepExclusion::Condition condition{find_axis(entry, axes), {}};
    const SweepAxis& axis = axes[condition.axis];
    std::vector<std::string> labels;
    for (const SweepChoice& choice : axis.choices) {
      labels.push_back(choice.label);
    }
    for (const YamlNode& value : entry.value.is_sequence() ? entry.value.items : std::vector<YamlNode>{entry.value}) {
      const std::string label = value.is_scalar() ? value.scalar : flow_text(value);
      const auto found = std::find(labels.begin(), labels.end(), label);
      if (found == labels.end()) {
        fail(value.place, "axis `" + axis.name + "` has no value `" + label + "`" + expected_names(label, labels));
      }
      condition.choices.push_back(static_cast<std::size_t>(found - labels.begin()));
    }
    exclusion.conditions.push_back(std::move(condition));
  }
  return exclusion;
}

void read_exclusions(const YamlNode& node, SweepFile& grid) {
  if (!node.is_sequence()) {
    fail(node.place, "`exclude` is no list; expected entries such as `- {fleet: t4, traffic.scale: 2}`");
  }
  for (const YamlNode& item : node.items) {
    if (item.is_scalar() && item.scalar == "impossible") {
      grid.exclude_impossible = true;
    } else {
      grid.exclude.push_back(read_exclusion(item, grid.axes));
    }
  }
}

std::string base_path(const YamlNode& node, const std::string& sweep_path) {
  const std::string text = read_text(node, "`base`", "the path of a scenario");
  const std::filesystem::path path = (std::filesystem::path(sweep_path).parent_path() / text).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    fail(node.place,
         "there is no file `" + path.string() + "`; expected the path of a scenario, relative to the grid's folder");
  }
  return path.string();
}

}  // namespace

std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const std::string& path, const LoadOptions& options) {
  const YamlNode root = parse_yaml(read_text_file(path), path);
  if (root.is_map() && root.find("pools") != nullptr && root.find("base") == nullptr) {
    fail(root.place, "this is a scenario, no grid; expected `base:` with its path, and `axes:`");
  }
  const Fields fields(root, "the grid", {"title", "base", "set", "axes", "seeds", "exclude"});
  SweepFile grid;
  grid.path = path;
  grid.title = fields.text("title", "one line that says what is asked");
  const YamlNode& base = fields.at("base", "the path of a scenario");
  grid.base = base_path(base, path);
  grid.base_as_written = base.scalar;
  auto source = std::make_unique<ScenarioSource>(grid.base, options);
  if (const YamlNode* set = fields.find("set")) {
    grid.set = variant_overrides("", *set);
  }
  grid.axes = read_axes(fields.at("axes", "a map of fields and their values"), source->variants());
  if (const YamlNode* seeds = fields.find("seeds")) {
    grid.seeds = read_seeds(*seeds);
  }
  if (const YamlNode* exclude = fields.find("exclude")) {
    read_exclusions(*exclude, grid);
  }
  return {std::move(grid), std::move(source)};
}

}  // namespace idlewatt
