#include "policy/autoscale/hpa_parameters.hpp"

namespace idlewatt {
namespace {

std::vector<std::string> selections() {
  return {"max", "min", "disabled"};
}

HpaBehavior behavior(const Parameters& p, const std::string& direction) {
  return {.stabilization = to_ticks(p.get(direction + "_stabilization")),
          .pods = p.get_int(direction + "_pods"),
          .percent = p.get(direction + "_percent"),
          .period = to_ticks(p.get(direction + "_period")),
          .percent_period = to_ticks(p.get(direction + "_percent_period")),
          .select = static_cast<HpaSelect>(p.get_int(direction + "_select"))};
}

}  // namespace

ParameterSpec hpa_metric_parameter() {
  return {"metric",
          Dimension::number,
          0,
          0,
          5,
          "of a replica, in this order: requests it has, waiting ones, busy share, output tokens/s, running ones, "
          "arrivals/s",
          {"ongoing", "queue", "utilisation", "tokens", "running", "rate"}};
}

std::vector<ParameterSpec> hpa_loop_parameters() {
  return {
      {"tolerance", Dimension::number, 0.1, 0, 10, "no change while the metric is within this share of the target"},
      {"sync_period", Dimension::time, 15, 0.1, 86400, "time between two decisions"},
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

HpaNormalizer make_hpa_normalizer(const Parameters& parameters) {
  return {behavior(parameters, "up"), behavior(parameters, "down")};
}

}  // namespace idlewatt
