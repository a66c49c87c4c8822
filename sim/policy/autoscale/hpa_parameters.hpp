// What policies share that scale as the Kubernetes HorizontalPodAutoscaler does: its metrics, and its parameters.
#pragma once

#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_rule.hpp"

namespace idlewatt {

/// In the order of the choices of hpa_metric_parameter().
enum class HpaMetric { ongoing, queue, utilisation, tokens, running, rate };

/// Which metric; the value is an HpaMetric.
ParameterSpec hpa_metric_parameter();

/// The loop and its `behavior:`, with the defaults of Kubernetes: tolerance 0.1, sync period 15 s, up by 4 pods or
/// 100 % in 15 s, whichever is more, down after 300 s (kubernetes/kubernetes,
/// pkg/controller/podautoscaler/config/v1alpha1/defaults.go; the limits from memory of its documentation).
std::vector<ParameterSpec> hpa_loop_parameters();

/// From the values of hpa_loop_parameters().
HpaNormalizer make_hpa_normalizer(const Parameters& parameters);

}  // namespace idlewatt
