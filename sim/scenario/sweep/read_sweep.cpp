#include "scenario/sweep/read_sweep.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/core.h>

#include "scenario/keys/key_check.hpp"
#include "scenario/sweep/read_axes.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostSeeds = 100'000;

constexpr const char* kExpectedSeeds = "`3` or `[1, 2, 3]`";

std::vector<std::uint64_t> read_seeds(const Section& fields) {
  const YamlNode& node = fields.at("seeds");
  std::vector<std::uint64_t> seeds;
  if (node.is_scalar()) {
    for (std::int32_t i = 1; i <= fields.count("seeds"); ++i) {
      seeds.push_back(static_cast<std::uint64_t>(i));
    }
    return seeds;
  }
  for (const YamlNode& item : node.items) {
    const std::uint64_t seed = read_whole(item, "a seed");
    if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) {
      fail(item.place, fmt::format("seed {} is given twice; expected each once", item.scalar));
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
    fail(condition.key_place,
         fmt::format("`exclude` names no axis `{}`{}", condition.key, expected_names(condition.key, names)));
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
        fail(value.place,
             fmt::format("axis `{}` has no value `{}`{}", axis.name, label, expected_names(label, labels)));
      }
      condition.choices.push_back(static_cast<std::size_t>(found - labels.begin()));
    }
    exclusion.conditions.push_back(std::move(condition));
  }
  return exclusion;
}

void read_exclusions(const YamlNode& node, SweepFile& grid) {
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
         fmt::format("there is no file `{}`; expected the path of a scenario, relative to the grid's folder",
                     path.string()));
  }
  return path.string();
}

}  // namespace

const KeyTable& sweep_keys() {
  static const KeyTable table{
      "Keys of a grid",
      "A grid is a file that names a scenario and what changes in it: a point for each combination. "
      "[`scenarios/README.md`](README.md) shows some.",
      "title: Which fleet for which load?\n"
      "base: ../quickstart.yaml\n"
      "axes:\n"
      "  traffic.scale: [0.5, 1, 2]\n"
      "  pools.chat.replicas.start: {from: 2, to: 8, step: 2}\n"
      "seeds: 3\n"
      "exclude: [impossible]\n",
      {{.name = "title",
        .form = text_form("one line that says what is asked"),
        .must = true,
        .help = "one line that says what is asked"},
       {.name = "base",
        .form = text_form("the path of a scenario"),
        .must = true,
        .help = "path of the scenario, relative to this file"},
       {.name = "set",
        .form = open_form("fields and values such as `{horizon: 1 h}`").left_to_reader(),
        .without = "nothing",
        .help = "fields and values that hold in all points"},
       {.name = "axes",
        .form =
            by_name_form(axis_form(), "axis").expecting("fields and their values such as `traffic.scale: [0.5, 1, 2]`"),
        .must = true,
        .help =
            "fields and their values: a list, a range, fields that change together, named sets of changes; `variant` "
            "takes names of the base's variants, or `all`"},
       {.name = "seeds",
        .form =
            either_form({count_form(1, kMostSeeds), list_form(whole_form()).named("a seed")}).expecting(kExpectedSeeds),
        .without = "the scenario's own",
        .help = "a number of seeds, from 1, or a list of seeds"},
       {.name = "exclude",
        .form = list_form(open_form("`impossible`, or axes and values such as `{fleet: t4, traffic.scale: 2}`"), 0)
                    .expecting("entries such as `- {fleet: t4, traffic.scale: 2}`"),
        .without = "none",
        .help = "points to leave out: `impossible` ones, which the hardware cannot do, or values of axes"}}};
  return table;
}

std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const std::string& path, const LoadOptions& options) {
  return read_sweep(parse_yaml(read_text_file(path), path), path, options);
}

std::pair<SweepFile, std::unique_ptr<ScenarioSource>> read_sweep(const YamlNode& root, const std::string& path,
                                                                 const LoadOptions& options) {
  if (root.is_map() && root.find("pools") != nullptr && root.find("base") == nullptr) {
    fail(root.place, "this is a scenario, no grid; expected `base:` with its path, and `axes:`");
  }
  Problems problems;
  KeyCheck(problems, nullptr).map(root, "the grid", sweep_keys());
  problems.throw_any();
  const Section fields(root, "the grid", sweep_keys());
  SweepFile grid;
  grid.path = path;
  grid.title = fields.text("title");
  const YamlNode& base = fields.at("base");
  grid.base = base_path(base, path);
  grid.base_as_written = base.scalar;
  auto source = std::make_unique<ScenarioSource>(grid.base, options);
  problems.note([&] {
    if (const YamlNode* set = fields.find("set")) {
      grid.set = variant_overrides("", *set);
    }
  });
  problems.note([&] {
    if (fields.has("seeds")) {
      grid.seeds = read_seeds(fields);
    }
  });
  const bool axes = problems.note([&] { grid.axes = read_axes(fields.at("axes"), source->variants()); });
  const YamlNode* exclude = fields.find("exclude");
  if (axes && exclude != nullptr) {
    problems.note([&] { read_exclusions(*exclude, grid); });
  }
  problems.throw_any();
  return {std::move(grid), std::move(source)};
}

}  // namespace idlewatt
