// Queries of Prometheus as manifests of autoscalers use them. The following are understood: a metric with labels;
// `sum`, `avg`, `max`, `min` and `count` with `by`; `rate`, `irate`, `increase`, `deriv` and the `..._over_time` of
// avg, max, min, sum, count and last over a range; `histogram_quantile` of the buckets of a latency; arithmetic and
// comparisons of numbers and metrics; `or`, `vector`, `scalar`, `abs`, `ceil`, `floor`, `round`, `clamp_min`,
// `clamp_max`. Source: prometheus.io, "Querying basics", "Operators", "Functions".
#pragma once

#include "policy/autoscale/signal.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A parsed query of Prometheus.
struct PrometheusQuery {
  Signal signal;
  bool several_series = false;  ///< true: the query gives a series for each replica
  bool engine_metrics = false;  ///< true: some metric is reported by replicas, so there is no value before there is a
                                ///< replica
};

/// Parses a query. Throws InputError with the position of the part that is not understood or not simulated.
PrometheusQuery parse_promql(const YamlNode& query);

}  // namespace idlewatt
