#include "scenario/read_policy.hpp"

#include <algorithm>

#include "scenario/fields.hpp"

namespace idlewatt {
namespace {

double read_parameter(const YamlNode& node, const ParameterSpec& spec) {
  if (spec.choices.empty()) {
    return read_quantity(node, "`" + spec.name + "`", spec.dimension,
                         {.minimum = spec.minimum, .maximum = spec.maximum});
  }
  const std::string word = read_name(node, spec.name, spec.choices);
  return static_cast<double>(std::find(spec.choices.begin(), spec.choices.end(), word) - spec.choices.begin());
}

Schedule read_schedule(const YamlNode& node, const ParameterSpec& spec) {
  if (!node.is_sequence() || node.items.empty()) {
    fail(node.place,
         "`" + spec.name + "` is no list of times; expected one such as `" + schedule_text(spec.schedule) + "`");
  }
  Schedule schedule;
  for (const YamlNode& item : node.items) {
    const Fields fields(item, "an entry of `" + spec.name + "`", {"at", "replicas"});
    const std::string example = "days and a time such as `mon-fri 08:00`";
    const YamlNode& at = fields.at("at", example);
    std::string problem;
    const std::optional<WeekTime> time = parse_week_time(read_text(at, "`at`", example), problem);
    if (!time) {
      fail(at.place, "`at`: " + problem);
    }
    schedule.push_back({*time, fields.count("replicas", 0, 1'000'000)});
    if (const auto twice = moment_named_twice(schedule)) {
      WeekTime moment;
      moment.days[static_cast<std::size_t>(*twice / kSecondsPerDay)] = true;
      moment.second_of_day = static_cast<std::int32_t>(*twice % kSecondsPerDay);
      fail(at.place, "`at`: an entry before names `" + week_time_text(moment) + "` too; expected each time once");
    }
  }
  return schedule;
}

}  // namespace

PolicyChoice read_policy(const YamlNode* node, const std::string& kind, const std::vector<PolicyInfo>& infos,
                         const std::vector<std::string>& also) {
  if (node == nullptr) {
    return {infos.front().name, Parameters::defaults_of(infos.front())};
  }
  std::vector<std::string> names;
  for (const PolicyInfo& info : infos) {
    names.push_back(info.name);
  }
  const YamlNode* name = node->is_map() ? node->find("policy") : nullptr;
  if (name == nullptr) {
    fail(node->place, "the " + kind + " is not named; expected a map such as `{policy: " + names.front() +
                          "}`, with one of " + list_text(names));
  }
  const std::string chosen = read_name(*name, kind, names);
  const PolicyInfo& info = *std::find_if(infos.begin(), infos.end(), [&](const auto& i) { return i.name == chosen; });

  PolicyChoice choice{info.name, Parameters::defaults_of(info)};
  std::vector<std::string> choosers{"policy"};
  choosers.insert(choosers.end(), also.begin(), also.end());
  read_parameters(*node, choosers, kind, info, choice.parameters);
  return choice;
}

void read_parameters(const YamlNode& node, const std::vector<std::string>& choosers, const std::string& kind,
                     const PolicyInfo& info, Parameters& parameters) {
  std::vector<std::string> known = choosers;
  for (const ParameterSpec& spec : info.parameters) {
    known.push_back(spec.name);
  }
  const Fields fields(node, kind + " `" + info.name + "`", known);
  for (const ParameterSpec& spec : info.parameters) {
    if (spec.is_schedule()) {
      parameters.set_schedule(
          spec.name,
          read_schedule(fields.at(spec.name, "a list such as `" + schedule_text(spec.schedule) + "`"), spec));
    } else if (const YamlNode* value = fields.find(spec.name)) {
      parameters.set(spec.name, read_parameter(*value, spec));
    }
  }
}

}  // namespace idlewatt
