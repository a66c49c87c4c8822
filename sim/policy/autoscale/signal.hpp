// A signal that an autoscaler acts on: an expression over the metrics of a pool, parsed from a query of Prometheus or a
// formula of KEDA. Its value is a set of series, one for each replica that reports, or one number.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "policy/autoscale/metrics.hpp"

namespace idlewatt {

/// A node of the expression, with its operands.
struct Signal {
  enum class Kind : std::uint8_t {
    number,       ///< `number`
    variable,     ///< value number `index` of the values passed to evaluate()
    metric,       ///< instant vector of `metric`: one series per ready replica, and one for work at no replica
    over_pool,    ///< `metric` of the whole pool, as the parameter `metric` has it; a scalar
    over_time,    ///< `range` of a metric over `window`
    aggregate,    ///< `aggregation` over all series of the operand, or over those of each bucket (`by_bucket`)
    quantile,     ///< histogram_quantile(first operand, second)
    binary,       ///< `operation` on both operands
    either,       ///< first `or` second: the second only where the first has no series
    conditional,  ///< first ? second : third
    function,     ///< `function` of the operands
    to_vector,    ///< vector(scalar)
    to_scalar,    ///< scalar(vector)
  };
  enum class Range : std::uint8_t { rate, irate, increase, avg, max, min, sum, count, last, deriv };
  enum class Aggregation : std::uint8_t { sum, avg, max, min, count };
  enum class Operation : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    modulo,
    power,
    equal,
    unequal,
    greater,
    less,
    at_least,
    at_most,
    both,
    any,  ///< of a formula: && and ||
  };
  enum class Function : std::uint8_t {
    negate,
    invert,
    absolute,
    ceil,
    floor,
    round,
    clamp_min,
    clamp_max,
    largest,
    smallest,
    mean,
    total
  };

  Kind kind = Kind::number;
  double number = 0.0;
  std::size_t index = 0;
  Metric metric = Metric::ongoing;
  MetricPart part = MetricPart::value;
  double factor = 1.0;
  Range range = Range::rate;
  Ticks window = 0;  ///< window of over_time; 0 = since the last look
  Aggregation aggregation = Aggregation::sum;
  bool by_bucket = false;   ///< true: the series of each bucket are kept apart
  bool by_replica = false;  ///< true: the series of each replica are kept apart
  Operation operation = Operation::add;
  bool as_bool = false;  ///< a comparison gives 0 or 1; otherwise it keeps the series for which it holds
  Function function = Function::negate;
  std::vector<Signal> operands = {};
};

/// One series at one time.
struct Series {
  std::optional<ReplicaId> replica = {};  ///< empty: value of work at no replica, or of the whole pool
  std::int32_t bucket = -1;               ///< number of the latency bucket, cumulative; -1 = the series is not of a
                                          ///< bucket
  double value = 0.0;
};

struct SignalValue {
  bool is_scalar = false;
  double scalar = 0.0;
  std::vector<Series> series = {};

  /// The sum of all series, or the scalar. HorizontalPodAutoscalers read an external metric of several series so.
  double total() const;
};

/// The past of a pool that a policy has seen, as far back as its signals look. It stands for the data that Prometheus
/// has stored.
class SignalHistory {
 public:
  /// Registers a signal, so that the past that it looks back to is kept.
  void expect(const Signal& signal);
  /// Records a view. Must be called with each view before signals are evaluated with it.
  void look(const AutoscaleView& view);

  /// The value of a signal. `values` are those of the variables. A rate is the increase of a counter over the window
  /// divided by the window. Between two looks counters count as growing evenly. A series that did not exist when the
  /// window began counts from its first value on, and nothing is extrapolated. Gauges over time are the values at the
  /// looks in (now - window, now].
  SignalValue evaluate(const Signal& signal, const AutoscaleView& view, const std::vector<double>& values = {}) const;

 private:
  struct Look {
    Ticks at = 0;
    std::vector<ReplicaSample> replicas;
    AutoscaleView pool;  ///< without replicas and counters
    PoolCounters counters;
  };

  SignalValue over_time(const Signal& signal, const AutoscaleView& view) const;
  static SignalValue metric_now(const Signal& signal, const AutoscaleView& view);

  Ticks longest_ = 0;
  bool needed_ = false;  ///< true: some signal looks back
  std::deque<Look> looks_;
};

}  // namespace idlewatt
