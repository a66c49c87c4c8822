// Metrics that manifests name, as signals.
#pragma once

#include <string>

#include "policy/autoscale/metrics.hpp"
#include "policy/autoscale/signal.hpp"

namespace idlewatt {

/// What a name of some monitoring stands for.
Signal alias_signal(const MetricAlias& alias);

/// The metric as the parameter `metric` means it: a gauge now, a counter's rate since the last look.
Signal chosen_signal(Metric metric);

/// The sum of all series, as one.
Signal summed(Signal signal);

/// "`x` is not simulated: it is ...; expected one such as ...".
std::string unknown_metric(const std::string& name);

}  // namespace idlewatt
