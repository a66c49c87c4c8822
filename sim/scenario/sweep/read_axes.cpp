#include "scenario/sweep/read_axes.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <set>

#include "base/quantity.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr auto kMostPoints = static_cast<std::int32_t>(kMostChoices);
constexpr const char* kExpectedAmount = "a number, with its unit where one is due";

/// The keys of a range beside `before`.
KeyTable range_keys_behind(std::vector<Key> before, bool must) {
  const std::string without = must ? "" : "`values`";
  const std::vector<Key> range{{.name = "from",
                                .form = text_form(kExpectedAmount),
                                .must = must,
                                .without = without,
                                .help = "where the range begins"},
                               {.name = "to",
                                .form = text_form(kExpectedAmount),
                                .must = must,
                                .without = without,
                                .help = "where the range ends"},
                               {.name = "step",
                                .form = text_form(kExpectedAmount),
                                .without = "`points` stands there",
                                .help = "from one value to the next"},
                               {.name = "points",
                                .form = count_form(2, kMostPoints),
                                .without = "`step` stands there",
                                .help = "how many values there are"},
                               {.name = "scale",
                                .form = word_form("scale", {"linear", "log"}),
                                .otherwise = "linear",
                                .help = "with `points`: how the values are spaced"},
                               {.name = "whole",
                                .form = flag_form(),
                                .otherwise = "false",
                                .help = "whether values are rounded to whole numbers"}};
  before.insert(before.end(), range.begin(), range.end());
  return {"Ranges", "The values of an axis as a range.", "{from: 0.5 s, to: 8 s, points: 5, scale: log}",
          std::move(before)};
}

const KeyTable& range_keys() {
  static const KeyTable table = range_keys_behind({}, true);
  return table;
}

const KeyTable& path_keys() {
  static const KeyTable table(
      "Axes with a name of their own", "One field, or several with the same value.",
      "{path: [pools.a.replicas.start, pools.b.replicas.start], values: [1, 2, 4]}",
      range_keys_behind({{.name = "path",
                          .form = either_form({text_form("a field such as `pools.chat.servers`"),
                                               list_form(text_form("a field such as `pools.chat.servers`"), 0)})
                                      .expecting("the field, or a list of fields"),
                          .must = true,
                          .help = "the field, or a list of fields"},
                         {.name = "values",
                          .form = list_form(open_form("a value")).expecting("a list of values, or a range"),
                          .without = "a range with `from` and `to`",
                          .help = "the values"}},
                        false)
          .keys());
  return table;
}

const KeyTable& zip_keys() {
  static const KeyTable table{
      "Axes of fields that change together",
      "Fields with as many values each; the first values go together, then the second, and so on.",
      "{zip: {pools.chat.replicas.start: [1, 2], racks.0.servers: [1 x l4-8, 2 x l4-8]}}",
      {{.name = "zip",
        .form = by_name_form(either_form({list_form(open_form("a value")), map_form(range_keys)}), "field")
                    .expecting("fields and lists such as `{pools.chat.replicas.start: [1, 2]}`"),
        .must = true,
        .help = "the fields, each with its list or its range"}}};
  return table;
}

/// "0.5 s" as 0.5 and " s".
struct Amount {
  double number = 0.0;
  std::string unit;
};

Amount read_amount(const YamlNode& node, const std::string& key) {
  const std::string text = read_text(node, fmt::format("`{}` of a range", key), kExpectedAmount);
  Amount amount;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.number);
  if (error != std::errc() || !std::isfinite(amount.number)) {
    fail(node.place,
         fmt::format("`{}`: `{}` does not begin with a number; expected one such as `4` or `50 ms`", key, text));
  }
  amount.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return amount;
}

/// Free of the last digits' noise, so that a tenth is 0.1 and not 0.1000000001.
double tidy(double value) {
  if (value == 0.0) {
    return 0.0;
  }
  const double magnitude = std::pow(10.0, 11.0 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(magnitude) ? std::round(value * magnitude) / magnitude : value;
}

std::vector<double> linear_steps(const Section& fields, double from, double to) {
  const Amount step = read_amount(*fields.find("step"), "step");
  if (step.number <= 0.0 || to < from) {
    fail(fields.find("step")->place, "the range goes nowhere; expected `to` above `from` and a `step` above 0");
  }
  constexpr double slack = 1e-9;  // 0.1 + 0.1 + 0.1 still reaches 0.3
  const double count = std::floor((to - from) / step.number + slack) + 1.0;
  if (count > static_cast<double>(kMostChoices)) {
    fail(fields.find("step")->place,
         fmt::format("the range has {} values; expected at most {}", number_text(count), kMostChoices));
  }
  std::vector<double> values;
  for (int i = 0; i < static_cast<int>(count); ++i) {
    values.push_back(from + i * step.number);
  }
  return values;
}

std::vector<double> spaced_points(const Section& fields, double from, double to) {
  const int points = fields.count("points");
  const bool log = fields.word("scale") == "log";
  if (log && (from <= 0.0 || to <= 0.0)) {
    fail(fields.place(), "a logarithmic range has no 0 and nothing below; expected `from` and `to` above 0");
  }
  std::vector<double> values;
  for (int i = 0; i < points; ++i) {
    const double share = static_cast<double>(i) / (points - 1);
    values.push_back(log ? from * std::pow(to / from, share) : from + share * (to - from));
  }
  return values;
}

std::vector<YamlNode> read_range(const YamlNode& node, const KeyTable& table) {
  const Section fields(node, "a range", table);
  const Amount from = read_amount(fields.at("from"), "from");
  const Amount to = read_amount(fields.at("to"), "to");
  if (from.unit != to.unit) {
    fail(fields.find("to")->place,
         "`from` and `to` have different units; expected the same, such as `30 s` and `300 s`");
  }
  if (fields.has("step") == fields.has("points")) {
    fail(fields.has("step") ? fields.find("step")->place : node.place,
         "a range needs either `step` or `points`; expected one of them");
  }
  if (fields.has("step") && fields.has("scale")) {
    fail(fields.find("scale")->place, "`scale` goes with `points`; expected `points` instead of `step`");
  }
  std::vector<double> values =
      fields.has("step") ? linear_steps(fields, from.number, to.number) : spaced_points(fields, from.number, to.number);
  const bool whole = fields.flag("whole");
  for (double& value : values) {
    value = whole ? std::round(value) : tidy(value);
  }
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<YamlNode> nodes;
  for (const double value : values) {
    nodes.push_back({.kind = YamlNode::Kind::scalar, .place = node.place, .scalar = number_text(value) + from.unit});
  }
  return nodes;
}

std::vector<YamlNode> read_values(const YamlNode& node, const std::string& axis) {
  if (!node.is_sequence() || node.items.empty()) {
    fail(node.place, fmt::format("axis `{}` has no values; expected a list such as `[1, 2, 4]` or a range such as "
                                 "`{{from: 1, to: 9, step: 2}}`",
                                 axis));
  }
  if (node.items.size() > kMostChoices) {
    fail(node.place,
         fmt::format("axis `{}` has {} values; expected at most {}", axis, node.items.size(), kMostChoices));
  }
  return node.items;
}

Override change_of(const std::string& path, const Place& path_place, const YamlNode& value) {
  // The value's own place: an axis has many, and an error is about one of them.
  Override change{path, value, value.place.line > 0 || path_place.line == 0 ? value.place : path_place};
  change.place.layer = Layer::variant;
  mark_layer(change.value, Layer::variant, "");
  return change;
}

/// What to call values of an axis: policies by their names where these differ, everything else as it is written.
std::vector<std::string> labels_of(const std::vector<YamlNode>& values) {
  std::vector<std::string> plain;
  std::vector<std::string> policies;
  for (const YamlNode& value : values) {
    plain.push_back(value.is_scalar() ? value.scalar : flow_text(value));
    const YamlNode* policy = value.is_map() ? value.find("policy") : nullptr;
    policies.push_back(policy != nullptr ? policy->scalar : plain.back());
  }
  return std::set<std::string>(policies.begin(), policies.end()).size() == values.size() ? policies : plain;
}

SweepAxis axis_of_values(const std::string& name, const std::vector<std::pair<std::string, Place>>& paths,
                         const std::vector<YamlNode>& values) {
  SweepAxis axis{name, {}};
  const std::vector<std::string> labels = labels_of(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    SweepChoice choice{labels[i], {}};
    for (const auto& [path, place] : paths) {
      choice.changes.push_back(change_of(path, place, values[i]));
    }
    axis.choices.push_back(std::move(choice));
  }
  return axis;
}

SweepAxis read_zip(const std::string& name, const YamlNode& node) {
  const Section fields(node, fmt::format("axis `{}`", name), zip_keys());
  const YamlNode& zip = *fields.find("zip");
  if (!zip.is_map() || zip.entries.empty()) {
    fail(zip.place, "`zip` is no map; expected fields and lists such as `{pools.chat.replicas.start: [1, 2]}`");
  }
  SweepAxis axis{name, {}};
  for (const YamlEntry& entry : zip.entries) {
    const std::vector<YamlNode> values =
        entry.value.is_map() ? read_range(entry.value, range_keys()) : read_values(entry.value, name);
    if (axis.choices.empty()) {
      axis.choices.resize(values.size());
    }
    if (values.size() != axis.choices.size()) {
      fail(entry.value.place, fmt::format("`{}` has {} values, and `{}` beside it has {}; expected as many", entry.key,
                                          values.size(), zip.entries.front().key, axis.choices.size()));
    }
    const std::vector<std::string> labels = labels_of(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::string& label = axis.choices[i].label;
      label += (label.empty() ? "" : ", ") + labels[i];
      axis.choices[i].changes.push_back(change_of(entry.key, entry.key_place, values[i]));
    }
  }
  return axis;
}

SweepAxis read_named_path(const std::string& name, const YamlNode& node) {
  const bool range = node.find("from") != nullptr;
  const Section fields(node, fmt::format("axis `{}`", name), path_keys());
  for (const char* key : {"from", "to", "step", "points", "scale", "whole"}) {
    const YamlNode* given = fields.find(key);
    if (given != nullptr && fields.has("values")) {
      fail(given->place,
           fmt::format("axis `{}`: `{}` belongs to a range, and `values` stands beside it; expected one of them", name,
                       key));
    }
  }
  const YamlNode& path = fields.at("path");
  std::vector<std::pair<std::string, Place>> paths;
  for (const YamlNode& one : path.is_sequence() ? path.items : std::vector<YamlNode>{path}) {
    paths.emplace_back(read_text(one, "`path`", "a field such as `pools.chat.servers`"), one.place);
  }
  return axis_of_values(name, paths, range ? read_range(node, path_keys()) : read_values(fields.at("values"), name));
}

SweepAxis read_choices(const std::string& name, const YamlNode& node) {
  SweepAxis axis{name, {}};
  for (const YamlEntry& entry : node.entries) {
    if (!entry.value.is_map() && !entry.value.is_null()) {
      fail(entry.value.place,
           fmt::format("choice `{}` of axis `{}` is no map; expected fields and values such as `{{pools.chat.servers: "
                       "l4-8}}`, or an axis with `path` and `values`, with `from` and `to`, or with `zip`",
                       entry.key, name));
    }
    SweepChoice choice{entry.key, {}};
    for (const YamlEntry& change : entry.value.entries) {
      choice.changes.push_back(change_of(change.key, change.key_place, change.value));
      choice.changes.back().place = change.key_place;
      choice.changes.back().place.layer = Layer::variant;
    }
    axis.choices.push_back(std::move(choice));
  }
  return axis;
}

SweepAxis read_variants(const std::string& name, const YamlNode& node, const std::vector<YamlEntry>& variants) {
  std::vector<std::string> names;
  for (const YamlEntry& entry : variants) {
    names.push_back(entry.key);
  }
  SweepAxis axis{name, {}};
  const auto add = [&](const YamlEntry& entry) {
    axis.choices.push_back({entry.key, variant_overrides("", entry.value)});
  };
  const YamlNode& word = node.items.size() == 1 ? node.items.front() : node;
  if (word.is_scalar() && word.scalar == "all" && !variants.empty()) {
    std::for_each(variants.begin(), variants.end(), add);
    return axis;
  }
  for (const YamlNode& one : read_values(node, name)) {
    const std::string wanted = read_name(one, "variant of the base", names);
    add(*std::find_if(variants.begin(), variants.end(), [&](const YamlEntry& entry) { return entry.key == wanted; }));
  }
  return axis;
}

SweepAxis read_axis(const YamlEntry& entry, const std::vector<YamlEntry>& variants) {
  const YamlNode& node = entry.value;
  if (entry.key == "variant") {
    return read_variants(entry.key, node, variants);
  }
  if (!node.is_map() || node.entries.empty()) {
    return axis_of_values(entry.key, {{entry.key, entry.key_place}}, read_values(node, entry.key));
  }
  if (node.find("zip") != nullptr) {
    return read_zip(entry.key, node);
  }
  if (const YamlNode* path = node.find("path"); path != nullptr && !path->is_map()) {
    return read_named_path(entry.key, node);
  }
  if (const YamlNode* from = node.find("from"); from != nullptr && from->is_scalar()) {
    return axis_of_values(entry.key, {{entry.key, entry.key_place}}, read_range(node, range_keys()));
  }
  return read_choices(entry.key, node);
}

void check_axis(const SweepAxis& axis, const Place& place) {
  if (axis.name.empty() || axis.name == "seed") {
    fail(place, axis.name.empty() ? "an axis has no name; expected one"
                                  : "seeds are no axis like others; expected `seeds:` beside `axes:`");
  }
  std::set<std::string> labels;
  for (const SweepChoice& choice : axis.choices) {
    if (!labels.insert(choice.label).second) {
      fail(place, fmt::format("axis `{}` has `{}` twice; expected each value once", axis.name, choice.label));
    }
  }
}

}  // namespace

Form axis_form() {
  return either_form({list_form(open_form("a value")), map_form(range_keys), map_form(path_keys), map_form(zip_keys),
                      word_form("choice of variants", {"all"}),
                      by_name_form(open_form("fields and their values"), "choice")})
      .expecting("a list of values, a range, or another axis")
      .left_to_reader();
}

std::vector<SweepAxis> read_axes(const YamlNode& node, const std::vector<YamlEntry>& variants) {
  if (!node.is_map() || node.entries.empty()) {
    fail(node.place, "the axes are no map; expected fields and their values such as `traffic.scale: [0.5, 1, 2]`");
  }
  std::vector<SweepAxis> axes;
  Problems problems;
  for (const YamlEntry& entry : node.entries) {
    problems.note([&] {
      axes.push_back(read_axis(entry, variants));
      check_axis(axes.back(), entry.key_place);
    });
  }
  problems.throw_any();
  return axes;
}

SweepAxis parse_axis(const std::string& option, const std::string& text, const std::vector<YamlEntry>& variants) {
  const Place place{.origin = option + " " + text, .layer = Layer::command_line};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    fail(place, fmt::format("no field and values; expected one like `{} pools.chat.precision=bf16,int8`", option));
  }
  std::string values = text.substr(equals + 1);
  if (values[0] != '[' && values[0] != '{') {
    values = fmt::format("[{}]", values);
  }
  const YamlEntry entry{text.substr(0, equals), place, parse_yaml(values, place.origin, false)};
  const SweepAxis axis = read_axis(entry, variants);
  check_axis(axis, place);
  return axis;
}

}  // namespace idlewatt
