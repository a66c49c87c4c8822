#include "scenario/policy/read_policy.hpp"

#include <algorithm>

#include "scenario/policy/policy_keys.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

Schedule read_schedule(const Section& section, const ParameterSpec& spec) {
  section.at(spec.name);
  Schedule schedule;
  for (const Section& moment_section : section.items(spec.name)) {
    const Place& place = moment_section.at("at").place;
    std::string problem;
    const std::optional<WeekTime> time = parse_week_time(moment_section.text("at"), problem);
    if (!time) {
      fail(place, "`at`: " + problem);
    }
    schedule.push_back({*time, moment_section.count("replicas")});
    if (const auto twice = moment_named_twice(schedule)) {
      WeekTime moment;
      moment.days[static_cast<std::size_t>(*twice / kSecondsPerDay)] = true;
      moment.second_of_day = static_cast<std::int32_t>(*twice % kSecondsPerDay);
      fail(place, "`at`: an entry before names `" + week_time_text(moment) + "` too; expected each time once");
    }
  }
  return schedule;
}

}  // namespace

PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, KeyTableOf beside) {
  if (node == nullptr) {
    return {family.policies.front().name, Parameters::defaults_of(family.policies.front())};
  }
  const PolicyInfo& info = named_policy(*node, family);
  PolicyChoice choice{info.name, Parameters::defaults_of(info)};
  read_parameters(*node, policy_keys(info, beside), family.kind, info, choice.parameters);
  return choice;
}

void read_parameters(const YamlNode& node, const KeyTable& table, const std::string& kind, const PolicyInfo& info,
                     Parameters& parameters) {
  const Section section(node, kind + " `" + info.name + "`", table);
  for (const ParameterSpec& spec : info.parameters) {
    if (spec.is_schedule()) {
      parameters.set_schedule(spec.name, read_schedule(section, spec));
    } else if (section.has(spec.name)) {
      parameters.set(spec.name, spec.choices.empty() ? section.quantity(spec.name)
                                                     : static_cast<double>(section.choice(spec.name)));
    }
  }
}

}  // namespace idlewatt
