// Metrics that manifests name, as signals.
#pragma once

#include <string>

#include "policy/autoscale/metrics.hpp"
#include "policy/autoscale/signal.hpp"

namespace idlewatt {

/// The signal of a metric's name in some monitoring system.
Signal alias_signal(const MetricAlias& alias);

/// The signal of a metric as the parameter `metric` reads it: a gauge's present value, a counter's rate since the last
/// look.
Signal chosen_signal(Metric metric);

/// The sum of all series of a signal, as a signal.
Signal summed(Signal signal);

/// The message for a metric that is not simulated: "`x` is not simulated: it is ...; expected one such as ...".
std::string unknown_metric(const std::string& name);

}  // namespace idlewatt
