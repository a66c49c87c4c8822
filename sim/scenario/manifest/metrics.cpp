#include "scenario/manifest/metrics.hpp"

#include <utility>

namespace idlewatt {

Signal alias_signal(const MetricAlias& alias) {
  Signal signal;
  signal.kind = alias.part == MetricPart::per_second ? Signal::Kind::over_time : Signal::Kind::metric;
  signal.range = Signal::Range::rate;  // since the last look
  signal.metric = alias.metric;
  signal.part = alias.part;
  signal.factor = alias.factor;
  return signal;
}

Signal chosen_signal(Metric metric) {
  const bool gauge = metric_info(metric).type == MetricType::gauge;
  return alias_signal({.name = "", .metric = metric, .part = gauge ? MetricPart::value : MetricPart::per_second});
}

Signal summed(Signal signal) {
  return Signal{.kind = Signal::Kind::aggregate, .operands = {std::move(signal)}};
}

std::string unknown_metric(const std::string& name) {
  constexpr std::size_t kQuoted = 80;
  const std::string_view what = unsimulated_metric(name);
  const std::string quoted = name.size() > kQuoted ? name.substr(0, kQuoted) + "..." : name;
  return "the metric `" + quoted + "` is not simulated" + (what.empty() ? "" : ": it is " + std::string(what)) +
         "; expected one such as `vllm:num_requests_running`, `vllm:num_requests_waiting`, `DCGM_FI_DEV_GPU_UTIL` or "
         "`http_requests_total`, or a `metric:` beside `manifest:`";
}

}  // namespace idlewatt
