#include "policy/autoscale/signal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "policy/autoscale/bucket_quantile.hpp"

namespace idlewatt {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Key = std::pair<std::optional<ReplicaId>, std::int32_t>;  // replica, bucket
Key key_of(const Series& series) {
  return {series.replica, series.bucket};
}

SignalValue scalar(double value) {
  return {.is_scalar = true, .scalar = value, .series = {}};
}

double compute(Signal::Operation operation, double a, double b) {
  using enum Signal::Operation;
  switch (operation) {
    case add:
      return a + b;
    case subtract:
      return a - b;
    case multiply:
      return a * b;
    case divide:
      return a / b;
    case modulo:
      return std::fmod(a, b);
    case power:
      return std::pow(a, b);
    case equal:
      return a == b ? 1.0 : 0.0;
    case unequal:
      return a != b ? 1.0 : 0.0;
    case greater:
      return a > b ? 1.0 : 0.0;
    case less:
      return a < b ? 1.0 : 0.0;
    case at_least:
      return a >= b ? 1.0 : 0.0;
    case at_most:
      return a <= b ? 1.0 : 0.0;
    case both:
      return a != 0.0 && b != 0.0 ? 1.0 : 0.0;
    case any:
      return a != 0.0 || b != 0.0 ? 1.0 : 0.0;
  }
  return kNan;
}

bool is_comparison(Signal::Operation operation) {
  return operation >= Signal::Operation::equal && operation <= Signal::Operation::at_most;
}

SignalValue binary(const Signal& signal, const SignalValue& left, const SignalValue& right) {
  const auto value_of = [&](double a, double b) { return compute(signal.operation, a, b); };
  if (left.is_scalar && right.is_scalar) {
    return scalar(value_of(left.scalar, right.scalar));
  }
  const bool filters = is_comparison(signal.operation) && !signal.as_bool;
  SignalValue result;
  const auto put = [&](Series series, double a, double b, double kept) {
    const double value = value_of(a, b);
    series.value = filters ? kept : value;
    if (!filters || value != 0.0) {
      result.series.push_back(series);
    }
  };
  if (left.is_scalar) {
    for (const Series& series : right.series) {
      put(series, left.scalar, series.value, series.value);
    }
  } else if (right.is_scalar) {
    for (const Series& series : left.series) {
      put(series, series.value, right.scalar, series.value);
    }
  } else {
    std::map<Key, double> others;
    for (const Series& series : right.series) {
      others[key_of(series)] = series.value;
    }
    for (const Series& series : left.series) {
      if (const auto other = others.find(key_of(series)); other != others.end()) {
        put(series, series.value, other->second, series.value);
      }
    }
  }
  return result;
}

SignalValue aggregate(const Signal& signal, const SignalValue& operand) {
  std::map<Key, std::vector<double>> groups;
  for (const Series& series : operand.series) {
    groups[{signal.by_replica ? series.replica : std::nullopt, signal.by_bucket ? series.bucket : -1}].push_back(
        series.value);
  }
  SignalValue result;
  for (const auto& [key, values] : groups) {
    double value = 0.0;
    for (const double v : values) {
      value += v;
    }
    switch (signal.aggregation) {
      case Signal::Aggregation::sum:
        break;
      case Signal::Aggregation::avg:
        value /= static_cast<double>(values.size());
        break;
      case Signal::Aggregation::max:
        value = *std::max_element(values.begin(), values.end());
        break;
      case Signal::Aggregation::min:
        value = *std::min_element(values.begin(), values.end());
        break;
      case Signal::Aggregation::count:
        value = static_cast<double>(values.size());
        break;
    }
    result.series.push_back({key.first, key.second, value});
  }
  return result;
}

SignalValue quantile(double q, const SignalValue& operand) {
  std::map<std::optional<ReplicaId>, std::vector<double>> by_replica;
  for (const Series& series : operand.series) {
    std::vector<double>& cumulative = by_replica[series.replica];
    cumulative.resize(kLatencyEdges.size() + 1, 0.0);
    if (series.bucket >= 0) {
      cumulative[static_cast<std::size_t>(series.bucket)] = series.value;
    }
  }
  SignalValue result;
  for (const auto& [replica, cumulative] : by_replica) {
    result.series.push_back({replica, -1, bucket_quantile(q, cumulative)});
  }
  return result;
}

double function_of(Signal::Function function, const std::vector<double>& a) {
  using enum Signal::Function;
  double sum = 0.0;
  for (const double value : a) {
    sum += value;
  }
  switch (function) {
    case negate:
      return -a[0];
    case invert:
      return a[0] == 0.0 ? 1.0 : 0.0;
    case absolute:
      return std::abs(a[0]);
    case ceil:
      return std::ceil(a[0]);
    case floor:
      return std::floor(a[0]);
    case round:
      return std::floor(a[0] + 0.5);  // ties upwards, as Prometheus has it
    case clamp_min:
      return std::max(a[0], a[1]);
    case clamp_max:
      return std::min(a[0], a[1]);
    case largest:
      return *std::max_element(a.begin(), a.end());
    case smallest:
      return *std::min_element(a.begin(), a.end());
    case mean:
      return sum / static_cast<double>(a.size());
    case total:
      return sum;
  }
  return kNan;
}

/// The first operand may be series, of each of which the function is taken.
SignalValue mapped(Signal::Function function, const std::vector<SignalValue>& operands) {
  std::vector<double> values;
  for (const SignalValue& operand : operands) {
    values.push_back(operand.total());
  }
  if (operands.front().is_scalar) {
    return scalar(function_of(function, values));
  }
  SignalValue result = operands.front();
  for (Series& series : result.series) {
    values.front() = series.value;
    series.value = function_of(function, values);
  }
  return result;
}

std::vector<double> cumulative(const LatencyCounts& counts) {
  std::vector<double> result;
  double sum = 0.0;
  for (const std::int64_t in_bucket : counts.in_bucket) {
    sum += static_cast<double>(in_bucket);
    result.push_back(sum);
  }
  return result;
}

/// All series of a metric's part, as they are: of the replicas, then of what is at none.
std::vector<Series> series_of(const Signal& signal, const std::vector<ReplicaSample>& replicas,
                              const AutoscaleView& view) {
  const MetricInfo& info = metric_info(signal.metric);
  std::vector<Series> result;
  if (info.type == MetricType::latency) {
    const LatencyCounts& counts = *info.latencies(view);
    if (signal.part == MetricPart::sum) {
      result.push_back({std::nullopt, -1, counts.sum_s});
    } else if (signal.part == MetricPart::count) {
      result.push_back({std::nullopt, -1, static_cast<double>(counts.count)});
    } else {
      std::int32_t bucket = 0;
      for (const double value : cumulative(counts)) {
        result.push_back({std::nullopt, bucket++, value});
      }
    }
    return result;
  }
  if (info.of_replica != nullptr) {
    for (const ReplicaSample& replica : replicas) {
      result.push_back({replica.replica, -1, info.of_replica(replica) * signal.factor});
    }
  }
  if (info.of_pool != nullptr) {
    const double value = info.of_pool(view) * signal.factor;
    if (info.of_replica == nullptr || value != 0.0) {
      result.push_back({std::nullopt, -1, value});
    }
  }
  return result;
}

/// Slope of the line that fits the points best, per second.
double slope(const std::vector<std::pair<double, double>>& points) {
  double n = 0.0;
  double sum_t = 0.0;
  double sum_v = 0.0;
  double sum_tv = 0.0;
  double sum_tt = 0.0;
  for (const auto& [t, v] : points) {
    n += 1.0;
    sum_t += t;
    sum_v += v;
    sum_tv += t * v;
    sum_tt += t * t;
  }
  const double spread = sum_tt - sum_t * sum_t / n;
  return spread > 0.0 ? (sum_tv - sum_t * sum_v / n) / spread : 0.0;
}

}  // namespace

double SignalValue::total() const {
  double sum = scalar;
  for (const Series& one : series) {
    sum += one.value;
  }
  return sum;
}

void SignalHistory::expect(const Signal& signal) {
  if (signal.kind == Signal::Kind::over_time) {
    needed_ = true;
    longest_ = std::max(longest_, signal.window);
  }
  for (const Signal& operand : signal.operands) {
    expect(operand);
  }
}

void SignalHistory::look(const AutoscaleView& view) {
  if (!needed_) {
    return;
  }
  if (!looks_.empty() && looks_.back().at == view.now) {
    looks_.pop_back();
  }
  Look look{.at = view.now, .replicas = view.replicas, .pool = view, .counters = {}};
  look.pool.replicas.clear();
  look.pool.counters = nullptr;
  if (view.counters != nullptr) {
    look.counters = *view.counters;
  }
  looks_.push_back(std::move(look));
  // The last one before the longest window stays, and the one before the last for what is since the last look.
  while (looks_.size() > 2 && looks_[1].at <= view.now - longest_) {
    looks_.pop_front();
  }
}

SignalValue SignalHistory::metric_now(const Signal& signal, const AutoscaleView& view) {
  return {.series = series_of(signal, view.replicas, view)};
}

SignalValue SignalHistory::over_time(const Signal& signal, const AutoscaleView& view) const {
  using enum Signal::Range;
  SignalValue result;
  const bool since_last = signal.window == 0 || signal.range == irate;
  if (looks_.empty() || (since_last && looks_.size() < 2)) {
    return result;
  }
  const Ticks begin = since_last ? looks_[looks_.size() - 2].at : view.now - signal.window;
  struct Points {
    double before = 0.0;  ///< at the beginning of the window
    std::vector<std::pair<double, double>> inside;
  };
  std::map<Key, Points> all;
  std::map<Key, double> earlier;
  Ticks earlier_at = begin;
  for (const Look& look : looks_) {
    AutoscaleView pool = look.pool;
    pool.counters = &look.counters;
    const std::vector<Series> series = series_of(signal, look.replicas, pool);
    if (look.at <= begin) {
      earlier.clear();
      earlier_at = look.at;
      for (const Series& one : series) {
        earlier[key_of(one)] = one.value;
      }
      continue;
    }
    for (const Series& one : series) {
      Points& points = all[key_of(one)];
      if (points.inside.empty()) {
        // A series that was not there when the window began counts from its first value on.
        const auto known = earlier.find(key_of(one));
        const double part = known == earlier.end()
                                ? 1.0
                                : static_cast<double>(begin - earlier_at) / static_cast<double>(look.at - earlier_at);
        const double from = known == earlier.end() ? one.value : known->second;
        points.before = from + part * (one.value - from);
      }
      points.inside.emplace_back(to_seconds(look.at - begin), one.value);
    }
    earlier.clear();  // only the first look inside the window has one before it
  }
  for (const auto& [key, points] : all) {
    double value = 0.0;
    double sum = 0.0;
    double least = points.inside.front().second;
    double most = least;
    for (const auto& [t, v] : points.inside) {
      sum += v;
      least = std::min(least, v);
      most = std::max(most, v);
    }
    const auto samples = static_cast<double>(points.inside.size());
    switch (signal.range) {
      case rate:
      case irate:
      case increase:
        value = points.inside.back().second - points.before;
        value = signal.range == increase ? value : value / to_seconds(view.now - begin);
        break;
      case avg:
        value = sum / samples;
        break;
      case max:
        value = most;
        break;
      case min:
        value = least;
        break;
      case Signal::Range::sum:
        value = sum;
        break;
      case count:
        value = samples;
        break;
      case last:
        value = points.inside.back().second;
        break;
      case deriv:
        if (points.inside.size() < 2) {
          continue;  // one point has no slope
        }
        value = slope(points.inside);
        break;
    }
    result.series.push_back({key.first, key.second, value});
  }
  return result;
}

SignalValue SignalHistory::evaluate(const Signal& signal, const AutoscaleView& view,
                                    const std::vector<double>& values) const {
  using enum Signal::Kind;
  const auto operand = [&](std::size_t i) { return evaluate(signal.operands[i], view, values); };
  switch (signal.kind) {
    case number:
      return scalar(signal.number);
    case variable:
      return scalar(values[signal.index]);
    case Signal::Kind::metric:
      return metric_now(signal, view);
    case over_pool:
      return scalar(metric_info(signal.metric).over_pool(view) * signal.factor);
    case over_time:
      return this->over_time(signal, view);
    case Signal::Kind::aggregate:
      return ::idlewatt::aggregate(signal, operand(0));
    case Signal::Kind::quantile:
      return ::idlewatt::quantile(operand(0).total(), operand(1));
    case Signal::Kind::binary:
      return ::idlewatt::binary(signal, operand(0), operand(1));
    case either: {
      SignalValue left = operand(0);
      if (left.is_scalar || !left.series.empty()) {
        return left;
      }
      return operand(1);
    }
    case conditional:
      return operand(0).total() != 0.0 ? operand(1) : operand(2);
    case function: {
      std::vector<SignalValue> operands;
      for (const Signal& one : signal.operands) {
        operands.push_back(evaluate(one, view, values));
      }
      return mapped(signal.function, operands);
    }
    case to_vector:
      return {.series = {{std::nullopt, -1, operand(0).total()}}};
    case to_scalar: {
      const SignalValue value = operand(0);
      return scalar(value.series.size() == 1 ? value.series.front().value : kNan);
    }
  }
  return scalar(kNan);
}

}  // namespace idlewatt
