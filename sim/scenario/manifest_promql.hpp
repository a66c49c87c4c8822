// Queries of Prometheus as manifests of autoscalers use them. Read are: a metric with labels, `sum`, `avg`, `max`,
// `min` and `count` with `by`, `rate`, `irate`, `increase`, `deriv` and the `..._over_time` of avg, max, min, sum,
// count and last over a range, `histogram_quantile` of the buckets of a latency, arithmetic and comparisons of numbers
// and metrics, `or`, `vector`, `scalar`, `abs`, `ceil`, `floor`, `round`, `clamp_min`, `clamp_max`. Source:
// prometheus.io, "Querying basics", "Operators", "Functions".
#pragma once

#include "policy/autoscale/signal.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

struct PrometheusQuery {
  Signal signal;
  bool several_series = false;  ///< it gives a series for each replica
  bool engine_metrics = false;  ///< some metric is one that replicas report, none before there is one
};

/// Throws InputError that says where what is not read, or not simulated, begins.
PrometheusQuery parse_promql(const YamlNode& query);

}  // namespace idlewatt
