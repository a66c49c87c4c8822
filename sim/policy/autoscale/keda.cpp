// Autoscaling `keda`: event-driven autoscaling. KEDA itself decides between none and some, every polling interval: some
// as soon as any trigger is active, none after a cooldown without that. In between the Kubernetes
// HorizontalPodAutoscaler scales, in its own loop, to the largest number that any trigger wants. Where both loops are
// due at one instant, the HorizontalPodAutoscaler looks first: it has not seen yet what KEDA starts then. Source:
// keda.sh, ScaledObject specification (polling interval 30 s, cooldown 300 s), and kedacore/keda,
// pkg/scaling/executor/scale_scaledobjects.go, pkg/fallback/fallback.go, pkg/scalers: after the cooldown it goes to
// none from however many the HorizontalPodAutoscaler left.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_parameters.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

/// A trigger's value; nothing when its source failed.
using Reading = std::optional<double>;

class TriggerReader {
 public:
  explicit TriggerReader(KedaTrigger trigger) : trigger_(std::move(trigger)) {}

  const KedaTrigger& trigger() const { return trigger_; }

  Reading read(const SignalHistory& history, const AutoscaleView& view, std::int32_t partitions) {
    if (trigger_.cron) {
      return in_window(view) ? trigger_.cron->replicas : 1;  // 1 is what KEDA says outside the window
    }
    Reading reading = read_signal(trigger_.signal, history, view);
    if (reading && trigger_.one_replica_a_partition && partitions > 0) {
      reading = std::min(*reading, partitions * trigger_.target);
    }
    return reading;
  }

  bool is_active(const Reading& reading, const SignalHistory& history, const AutoscaleView& view) {
    if (trigger_.cron) {
      return in_window(view);
    }
    const auto above = [&](const Reading& value) { return value && *value > trigger_.activation; };
    return above(reading) || (trigger_.also_active && above(read_signal(*trigger_.also_active, history, view)));
  }

  void polled(const Reading& reading) { last_poll_ = reading; }
  const Reading& last_poll() const { return last_poll_; }

 private:
  /// KEDA's scalers take one value: of no series 0 (a failure if the trigger says so), of several a failure.
  Reading read_signal(const Signal& signal, const SignalHistory& history, const AutoscaleView& view) const {
    const SignalValue value = history.evaluate(signal, view);
    if (value.is_scalar) {
      return value.scalar;
    }
    if (value.series.empty()) {
      return trigger_.null_is_failure ? std::nullopt : Reading(0.0);
    }
    return value.series.size() == 1 ? Reading(value.series.front().value) : std::nullopt;
  }

  bool in_window(const AutoscaleView& view) {
    const std::int64_t unix_s = view.start_unix_s + view.now / kTicksPerSecond;
    if (unix_s >= window_.until_unix_s || !window_known_) {
      window_ = trigger_.cron->state(unix_s);
      window_known_ = true;
    }
    return window_.active;
  }

  KedaTrigger trigger_;
  Reading last_poll_ = 0.0;
  CronWindow::State window_;
  bool window_known_ = false;
};

std::vector<TriggerReader> readers_of(const Parameters& p) {
  std::vector<TriggerReader> readers;
  for (const KedaTrigger& trigger : scaling_setup(p).triggers) {
    readers.emplace_back(trigger);
  }
  if (readers.empty()) {
    // Over the whole pool, what waits for a replica included: none need be ready for it to be seen.
    KedaTrigger trigger{.target = p.get("target"), .activation = p.get("activation_threshold")};
    trigger.signal.kind = Signal::Kind::over_pool;
    trigger.signal.metric = static_cast<Metric>(p.get_int("metric"));
    readers.emplace_back(trigger);
  }
  return readers;
}

class Keda final : public AutoscalePolicy {
 public:
  explicit Keda(const Parameters& p)
      : triggers_(readers_of(p)),
        formula_(scaling_setup(p).formula),
        fallback_(scaling_setup(p).fallback),
        failures_(formula_ ? 1 : triggers_.size(), 0),
        partitions_(p.get_int("partitions")),
        polling_interval_(to_ticks(p.get("polling_interval"))),
        cooldown_(to_ticks(p.get("cooldown"))),
        none_before_(to_ticks(p.get("initial_cooldown"))),
        active_min_(p.get_int("active_min")),
        tolerance_(hpa_tolerance(p)),
        sync_period_(to_ticks(p.get("sync_period"))),
        loop_(make_hpa_loop(p)) {
    for (const TriggerReader& reader : triggers_) {
      history_.expect(reader.trigger().signal);
      if (reader.trigger().also_active) {
        history_.expect(*reader.trigger().also_active);
      }
    }
  }

  /// What scales from zero by a metric watches a queue that exists without replicas.
  AtZero at_zero() const override { return AtZero::holds; }

  AutoscaleDecision decide(const AutoscaleView& view) override {
    history_.look(view);
    const std::int32_t minimum = std::clamp(active_min_, std::max(view.minimum, 1), std::max(view.maximum, 1));
    std::int32_t replicas = view.target;
    if (view.now >= next_sync_) {
      next_sync_ = view.now + sync_period_;
      if (replicas > 0) {  // at none the HorizontalPodAutoscaler is disabled
        replicas = loop_.sync(view.now, replicas, wanted(view), minimum, view.maximum);
      }
    }
    if (view.now >= next_poll_) {
      next_poll_ = view.now + polling_interval_;
      replicas = poll(view, replicas, minimum);
    }
    return {.replicas = replicas, .wake_at = std::min(next_poll_, next_sync_)};
  }

 private:
  std::int32_t poll(const AutoscaleView& view, std::int32_t replicas, std::int32_t minimum) {
    bool active = false;
    std::vector<Reading> readings;
    for (TriggerReader& trigger : triggers_) {
      readings.push_back(trigger.read(history_, view, partitions_));
      trigger.polled(readings.back());
      active = trigger.is_active(readings.back(), history_, view) || active;
    }
    if (formula_) {
      const Reading value = composed(view, readings);
      active = value && *value > formula_->activation;
    }
    if (active) {
      none_before_ = view.now + cooldown_;
      return std::max(replicas, minimum);
    }
    return view.minimum == 0 && view.now >= none_before_ ? 0 : replicas;
  }

  /// What the HorizontalPodAutoscaler makes of the external metrics that KEDA serves it.
  std::optional<std::int32_t> wanted(const AutoscaleView& view) {
    std::vector<Reading> readings;
    for (TriggerReader& trigger : triggers_) {
      readings.push_back(trigger.trigger().cached ? trigger.last_poll() : trigger.read(history_, view, partitions_));
    }
    std::vector<std::optional<std::int32_t>> proposals;
    if (formula_) {
      const Reading value = composed(view, readings);
      proposals.push_back(propose(view, value, formula_->target, formula_->by_value, failures_[0]));
    } else {
      for (std::size_t i = 0; i < triggers_.size(); ++i) {
        const KedaTrigger& trigger = triggers_[i].trigger();
        proposals.push_back(propose(view, readings[i], trigger.target, trigger.by_value, failures_[i]));
      }
    }
    return hpa_largest(proposals, view.target);
  }

  Reading composed(const AutoscaleView& view, const std::vector<Reading>& readings) const {
    std::vector<double> values;
    for (const Reading& reading : readings) {
      if (!reading) {
        return std::nullopt;
      }
      values.push_back(*reading);
    }
    return history_.evaluate(formula_->signal, view, values).total();
  }

  std::optional<std::int32_t> propose(const AutoscaleView& view, Reading value, double target, bool by_value,
                                      std::int32_t& failures) const {
    failures = value ? 0 : failures + 1;
    if (!value && fallback_ && !by_value && failures > fallback_->failures) {
      value = fallback_->replicas * target;
    }
    if (!value) {
      return std::nullopt;
    }
    const std::int64_t total = to_milli(*value);
    return by_value ? hpa_value_metric(total, to_milli(target), tolerance_, view.target, view.ready).replicas
                    : hpa_average_metric(total, to_milli(target), tolerance_, view.target).replicas;
  }

  std::vector<TriggerReader> triggers_;
  std::optional<KedaFormula> formula_;
  std::optional<KedaFallback> fallback_;
  std::vector<std::int32_t> failures_;  ///< in a row, of each metric that KEDA serves
  std::int32_t partitions_;
  Ticks polling_interval_;
  Ticks cooldown_;
  Ticks none_before_;  ///< not scaled to none before this
  std::int32_t active_min_;
  HpaTolerance tolerance_;
  Ticks sync_period_;
  HpaLoop loop_;
  SignalHistory history_;
  Ticks next_poll_ = 0;
  Ticks next_sync_ = 0;
};

}  // namespace

AutoscaleDeclaration declare_keda() {
  PolicyInfo info{
      "keda",
      "KEDA: none to some by an activation threshold and a cooldown, from there on the HorizontalPodAutoscaler",
      {hpa_metric_parameter(),
       {"target", Dimension::number, 16, 1e-3, 1e9,
        "value of the metric a replica to aim at; `threshold` of a trigger"},
       {"activation_threshold", Dimension::number, 0, 0, 1e9,
        "active while the metric of the whole pool is above this"},
       {"partitions", Dimension::count, 0, 0, 1e6,
        "partitions of the topic that a kafka trigger of a manifest reads: no more replicas than that; 0: no such "
        "limit"},
       {"polling_interval", Dimension::time, 30, 1, 86400, "time between two looks at whether there is anything to do"},
       {"cooldown", Dimension::time, 300, 0, 86400, "time since it was last found active until it goes to none"},
       {"initial_cooldown", Dimension::time, 0, 0, 86400,
        "time from the start until it may first go to none, if it was never active"},
       {"active_min", Dimension::count, 1, 1, 1e6,
        "at least so many replicas while active, `replicas.min` (none, say) while not"}}};
  for (ParameterSpec& spec : hpa_loop_parameters()) {
    info.parameters.push_back(std::move(spec));
  }
  return {std::move(info), [](const Parameters& p) { return std::make_unique<Keda>(p); }};
}

}  // namespace idlewatt
