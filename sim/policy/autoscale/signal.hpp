// A signal that an autoscaler goes by: an expression over the metrics of a pool, as a query of Prometheus or a formula
// of KEDA has it, already parsed. Evaluated it gives series, one for each replica that reports, or one number.
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
    variable,     ///< the value number `index` of those that evaluate() is given
    metric,       ///< the instant vector of `metric`: a series for each ready replica, one more for what is at none
    over_pool,    ///< `metric` of the whole pool, as the parameter `metric` has it; a scalar
    over_time,    ///< `range` of a metric over `window`
    aggregate,    ///< `aggregation` over all series of the operand, or over those of each bucket (`by_bucket`)
    quantile,     ///< histogram_quantile(first operand, second)
    binary,       ///< `operation` on both operands
    either,       ///< first `or` second: the series of the second where the first has none
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
  Ticks window = 0;  ///< of over_time; 0: since the last look
  Aggregation aggregation = Aggregation::sum;
  bool by_bucket = false;   ///< the series of each bucket are kept apart
  bool by_replica = false;  ///< the series of each replica are kept apart
  Operation operation = Operation::add;
  bool as_bool = false;  ///< a comparison gives 0 or 1; otherwise it keeps the series for which it holds
  Function function = Function::negate;
  std::vector<Signal> operands = {};
};

/// One series at one time.
struct Series {
  std::optional<ReplicaId> replica = {};  ///< none: of what is at no replica, or of all
  std::int32_t bucket = -1;               ///< number of the bucket of a latency, cumulative; -1: not of a bucket
  double value = 0.0;
};

struct SignalValue {
  bool is_scalar = false;
  double scalar = 0.0;
  std::vector<Series> series = {};

  /// The sum of all series, or the scalar: how HorizontalPodAutoscalers read an external metric of several series.
  double total() const;
};

/// What a policy has seen of a pool, as long back as its signals ask for: what Prometheus has stored of it.
class SignalHistory {
 public:
  /// Keeps what `signal` will ask for.
  void expect(const Signal& signal);
  /// To be called with each view before signals are evaluated with it.
  void look(const AutoscaleView& view);

  /// `values`: of the variables. A rate is the increase of a counter over the window, divided by the window: between
  /// two looks counters count as if they grew evenly, a series that was not there when the window began counts from its
  /// first value on, and nothing is extrapolated. Gauges over time are the values at the looks in (now - window, now].
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
  bool needed_ = false;  ///< some signal looks back
  std::deque<Look> looks_;
};

}  // namespace idlewatt
