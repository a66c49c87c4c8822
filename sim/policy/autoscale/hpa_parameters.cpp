#include "policy/autoscale/hpa_parameters.hpp"

#include <algorithm>
#include <string>

namespace idlewatt {
namespace {

std::vector<std::string> selections() {
  return {"max", "min", "disabled"};
}

std::vector<ParameterSpec> behavior_parameters() {
  return {
      {"up_stabilization", Dimension::time, 0, 0, 3600, "scale up to the lowest recommendation of this window"},
      {"up_pods", Dimension::count, 4, 0, 1e6, "at most so many replicas more per up_period; 0 = no such limit"},
      {"up_percent", Dimension::number, 100, 0, 1e6, "at most so many percent more per period; 0 = no such limit"},
      {"up_period", Dimension::time, 15, 1, 1800, "period of up_pods"},
      {"up_percent_period", Dimension::time, 0, 0, 1800, "period of up_percent; 0 = up_period"},
      {"up_select", Dimension::number, 0, 0, 2,
       "of the two limits, the one that allows more (max) or less (min); disabled: never up", selections()},
      {"down_stabilization", Dimension::time, 300, 0, 3600, "scale down to the highest recommendation of this window"},
      {"down_pods", Dimension::count, 0, 0, 1e6, "at most so many replicas less per down_period; 0 = no such limit"},
      {"down_percent", Dimension::number, 100, 0, 100, "at most so many percent less per period; 0 = no such limit"},
      {"down_period", Dimension::time, 15, 1, 1800, "period of down_pods"},
      {"down_percent_period", Dimension::time, 0, 0, 1800, "period of down_percent; 0 = down_period"},
      {"down_select", Dimension::number, 0, 0, 2,
       "of the two limits, the one that allows more (max) or less (min); disabled: never down", selections()}};
}

HpaDirection direction(const Parameters& p, const std::string& prefix, const std::vector<HpaScalingPolicy>& more) {
  HpaDirection result{.stabilization = to_ticks(p.get(prefix + "_stabilization")),
                      .select = static_cast<HpaSelect>(p.get_int(prefix + "_select"))};
  const Ticks period = to_ticks(p.get(prefix + "_period"));
  const Ticks percent_period = to_ticks(p.get(prefix + "_percent_period"));
  if (const double pods = p.get(prefix + "_pods"); pods > 0.0) {
    result.policies.push_back({HpaScalingPolicy::Type::pods, pods, period});
  }
  if (const double percent = p.get(prefix + "_percent"); percent > 0.0) {
    result.policies.push_back({HpaScalingPolicy::Type::percent, percent, percent_period > 0 ? percent_period : period});
  }
  result.policies.insert(result.policies.end(), more.begin(), more.end());
  return result;
}

bool wants_behavior(const Parameters& p) {
  enum Choice { if_changed, always, never };
  const int choice = p.get_int("behavior");
  const std::vector<ParameterSpec> specs = behavior_parameters();
  const bool changed = std::any_of(specs.begin(), specs.end(),
                                   [&](const ParameterSpec& spec) { return p.get(spec.name) != spec.default_value; });
  return choice == always || (choice == if_changed && changed);
}

}  // namespace

const ScalingSetup& scaling_setup(const Parameters& parameters) {
  static const ScalingSetup kNone;
  const auto* setup = dynamic_cast<const ScalingSetup*>(parameters.setup());
  return setup == nullptr ? kNone : *setup;
}

ParameterSpec hpa_metric_parameter() {
  const std::vector<std::string> choices = metric_choices();
  std::string help;
  for (const MetricInfo& info : metric_table()) {
    if (info.over_ready != nullptr) {
      help += (help.empty() ? "of a replica, in this order: " : ", ") + std::string(info.help);
    }
  }
  return {"metric", Dimension::number, 0, 0, static_cast<double>(choices.size() - 1), help, choices};
}

std::vector<ParameterSpec> hpa_loop_parameters() {
  std::vector<ParameterSpec> specs{
      {"tolerance", Dimension::number, 0.1, 0, 10, "no change while the metric is within this share of the target"},
      {"sync_period", Dimension::time, 15, 0.1, 86400, "time between two decisions"},
      {"behavior",
       Dimension::number,
       0,
       0,
       2,
       "by the rule for a manifest with `behavior` (always), or by the older one without: the most that was wanted in "
       "the last 5 min, up to max(2 x replicas, 4) a round (never); if-changed: as soon as one of the parameters below "
       "is changed",
       {"if-changed", "always", "never"}}};
  for (ParameterSpec& spec : behavior_parameters()) {
    specs.push_back(std::move(spec));
  }
  return specs;
}

HpaLoop make_hpa_loop(const Parameters& parameters) {
  if (!wants_behavior(parameters)) {
    return HpaLoop();
  }
  const ScalingSetup& setup = scaling_setup(parameters);
  return HpaLoop(HpaBehavior{.up = direction(parameters, "up", setup.more_up),
                             .down = direction(parameters, "down", setup.more_down)});
}

HpaTolerance hpa_tolerance(const Parameters& parameters) {
  const ScalingSetup& setup = scaling_setup(parameters);
  const double both = parameters.get("tolerance");
  return {.up = setup.up_tolerance.value_or(both), .down = setup.down_tolerance.value_or(both)};
}

}  // namespace idlewatt
