// The metrics and parameters shared by the policies that scale as the Kubernetes HorizontalPodAutoscaler does.
#pragma once

#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/autoscale/scaling_setup.hpp"

namespace idlewatt {

/// The parameter `metric`: one of the Metrics that are a choice.
ParameterSpec hpa_metric_parameter();

/// The loop and its `behavior:`, with the defaults of Kubernetes: tolerance 0.1, sync period 15 s, up by 4 pods or
/// 100 % in 15 s, whichever is more, down after 300 s (kubernetes/kubernetes,
/// pkg/controller/podautoscaler/config/v1alpha1/defaults.go and pkg/apis/autoscaling/v2/defaults.go).
std::vector<ParameterSpec> hpa_loop_parameters();

/// Makes the loop from the values of hpa_loop_parameters(), with a behavior where the parameter `behavior` asks for it.
HpaLoop make_hpa_loop(const Parameters& parameters);
HpaTolerance hpa_tolerance(const Parameters& parameters);

}  // namespace idlewatt
