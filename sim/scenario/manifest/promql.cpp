#include "scenario/manifest/promql.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/autoscale/metrics.hpp"
#include "scenario/manifest/expression.hpp"
#include "scenario/manifest/metrics.hpp"
#include "scenario/manifest/promql_words.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// A part of a query with what is known of its value.
struct Part {
  enum class Type { scalar, vector, range };
  Signal signal;
  Type type = Type::vector;
  bool by_replica = false;  ///< a series for each replica
  bool buckets = false;     ///< a series for each bucket of a latency
  bool whole_pool = false;  ///< a metric whose series are not simulated one by one, not aggregated yet
};

class QueryParser {
 public:
  explicit QueryParser(const YamlNode& node)
      : words_(node, "`query`", {"==", "!=", ">=", "<=", "=~", "!~", "+", "-", "*", "/", "%", "^",
                                 ">",  "<",  "=",  "(",  ")",  "{",  "}", "[", "]", ",", "@", ":"}) {}

  PrometheusQuery parse() {
    const Part whole = either();
    if (words_.peek().kind != ExpressionToken::Kind::end) {
      words_.fail_at(words_.peek(), "the query goes on after its end; expected an operator");
    }
    if (whole.type == Part::Type::range) {
      words_.fail_at({}, "the result is a range; expected a function over it, such as `rate(...)`");
    }
    if (whole.buckets) {
      words_.fail_at({}, "the result is one series for each bucket; expected `histogram_quantile` over them");
    }
    return {.signal = whole.signal, .several_series = whole.by_replica, .engine_metrics = engine_metrics_};
  }

 private:
  // -- operators, from the loosest to the tightest
  Part either() {
    const ExpressionWords::Depth depth(words_);
    Part left = comparison();
    while (true) {
      const ExpressionToken token = words_.peek();
      if (token.kind == ExpressionToken::Kind::name && (token.text == "and" || token.text == "unless")) {
        words_.fail_at(token, "`" + token.text + "` is not read; expected `or` alone of the operators on sets");
      }
      if (!words_.take_name("or")) {
        return left;
      }
      matching();
      Part right = comparison();
      left.signal = Signal{.kind = Signal::Kind::either, .operands = {std::move(left.signal), std::move(right.signal)}};
      left.by_replica = left.by_replica || right.by_replica;
    }
  }

  Part comparison() {
    Part left = sum();
    while (true) {
      const auto* found = words_.peek().kind != ExpressionToken::Kind::sign
                              ? nullptr
                              : std::find_if(kComparisons.begin(), kComparisons.end(),
                                             [&](const NamedOperation& row) { return row.sign == words_.peek().text; });
      if (found == nullptr || found == kComparisons.end()) {
        return left;
      }
      const ExpressionToken sign = words_.take();
      const bool as_bool = words_.take_name("bool");
      matching();
      Part right = sum();
      if (!as_bool && left.type == Part::Type::scalar && right.type == Part::Type::scalar) {
        words_.fail_at(sign, "a comparison of two numbers; expected `" + sign.text + " bool`");
      }
      left = combined(found->operation, std::move(left), std::move(right), as_bool);
    }
  }

  Part sum() {
    Part left = product();
    while (words_.is_sign("+") || words_.is_sign("-")) {
      const bool plus = words_.take_sign("+");
      if (!plus) {
        words_.take();
      }
      matching();
      Part right = product();
      left = combined(plus ? Signal::Operation::add : Signal::Operation::subtract, std::move(left), std::move(right));
    }
    return left;
  }

  Part product() {
    Part left = sign();
    while (words_.is_sign("*") || words_.is_sign("/") || words_.is_sign("%")) {
      const Signal::Operation operation = words_.is_sign("*")   ? Signal::Operation::multiply
                                          : words_.is_sign("/") ? Signal::Operation::divide
                                                                : Signal::Operation::modulo;
      words_.take();
      matching();
      Part right = sign();
      left = combined(operation, std::move(left), std::move(right));
    }
    return left;
  }

  Part sign() {
    if (words_.take_sign("-")) {
      const ExpressionWords::Depth depth(words_);
      Part part = sign();
      part.signal = function_signal(Signal::Function::negate, {std::move(part.signal)});
      return part;
    }
    if (words_.take_sign("+")) {
      const ExpressionWords::Depth depth(words_);
      return sign();
    }
    return power();
  }

  Part power() {
    Part base = primary();
    if (words_.take_sign("^")) {
      const ExpressionWords::Depth depth(words_);
      matching();
      Part exponent = sign();
      return combined(Signal::Operation::power, std::move(base), std::move(exponent));
    }
    return base;
  }

  Part combined(Signal::Operation operation, Part left, Part right, bool as_bool = false) {
    if (left.type == Part::Type::range || right.type == Part::Type::range) {
      words_.fail_at(words_.peek(),
                     "an operator beside a range; expected a function over the range, such as `rate(...)`");
    }
    Part result;
    result.type = left.type == Part::Type::scalar ? right.type : left.type;
    const auto one_of = [&](bool Part::*member) {
      return (left.type == Part::Type::vector && left.*member) || (right.type == Part::Type::vector && right.*member);
    };
    result.by_replica = one_of(&Part::by_replica);
    result.buckets = one_of(&Part::buckets);
    result.whole_pool = one_of(&Part::whole_pool);
    result.signal = binary_signal(operation, std::move(left.signal), std::move(right.signal), as_bool);
    return result;
  }

  /// `on ()` says nothing more than that both sides have no labels.
  void matching() {
    const ExpressionToken token = words_.peek();
    if (words_.take_name("on")) {
      words_.expect_sign("(");
      if (!words_.take_sign(")")) {
        words_.fail_at(token, "matching by labels is not read; expected `on ()`, or aggregated sides");
      }
    } else if (token.kind == ExpressionToken::Kind::name &&
               (token.text == "ignoring" || token.text == "group_left" || token.text == "group_right")) {
      words_.fail_at(token, "`" + token.text + "` is not read; expected aggregated sides, such as `sum(...)`");
    }
  }

  // -- what operators stand between
  Part primary() {
    const ExpressionWords::Depth depth(words_);
    if (words_.take_sign("(")) {
      Part inside = either();
      words_.expect_sign(")");
      no_modifier();
      return inside;
    }
    const ExpressionToken token = words_.peek();
    if (token.kind == ExpressionToken::Kind::number) {
      words_.take();
      double value = 0.0;
      const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
      if (error != std::errc() || end != token.text.data() + token.text.size()) {
        words_.fail_at(token, "`" + token.text + "` is no number; expected one such as `0.5`");
      }
      return {.signal = number_signal(value), .type = Part::Type::scalar};
    }
    if (words_.is_sign("{")) {
      return selector(token, "");
    }
    if (token.kind != ExpressionToken::Kind::name) {
      words_.fail_at(token, "expected a metric, a number or a function");
    }
    words_.take();
    if (const NamedAggregation* row = named(kAggregations, token.text); row != nullptr && begins_operand()) {
      return aggregation(row->aggregation, token);
    }
    if (!words_.is_sign("(")) {
      return selector(token, token.text);
    }
    return call(token);
  }

  bool begins_operand() const {
    return words_.is_sign("(") || (words_.peek().kind == ExpressionToken::Kind::name &&
                                   (words_.peek().text == "by" || words_.peek().text == "without"));
  }

  Part aggregation(Signal::Aggregation aggregation, const ExpressionToken& name) {
    Signal signal;
    signal.kind = Signal::Kind::aggregate;
    signal.aggregation = aggregation;
    grouping(signal);
    words_.expect_sign("(");
    Part operand = either();
    words_.expect_sign(")");
    grouping(signal);
    no_modifier();
    if (operand.type != Part::Type::vector) {
      words_.fail_at(name, "`" + name.text + "` of a number or a range; expected metrics inside");
    }
    if (operand.whole_pool && aggregation != Signal::Aggregation::sum) {
      words_.fail_at(name, "`" + name.text +
                               "` over series that are not simulated one by one: the metric is counted for the whole "
                               "pool; expected `sum`");
    }
    Part result;
    result.by_replica = operand.by_replica && signal.by_replica;
    result.buckets = operand.buckets && signal.by_bucket;
    if (operand.buckets && !signal.by_bucket) {
      words_.fail_at(name, "the buckets of a latency are added up; expected `sum by (le) (...)`");
    }
    signal.operands = {std::move(operand.signal)};
    result.signal = std::move(signal);
    return result;
  }

  /// Labels that are the same for all replicas of a pool keep nothing apart.
  void grouping(Signal& signal) {
    const ExpressionToken token = words_.peek();
    if (words_.take_name("without")) {
      words_.fail_at(token, "`without` is not read; expected `by`, or neither");
    }
    if (!words_.take_name("by")) {
      return;
    }
    words_.expect_sign("(");
    while (!words_.take_sign(")")) {
      const ExpressionToken label = words_.take();
      if (label.kind != ExpressionToken::Kind::name) {
        words_.fail_at(label, "expected a label");
      }
      signal.by_bucket = signal.by_bucket || label.text == "le";
      signal.by_replica = signal.by_replica || names_replica(label.text);
      if (selects_requests(label.text)) {
        words_.fail_at(label, "requests are not counted apart by `" + label.text + "`; expected other labels");
      }
      if (!words_.is_sign(")")) {
        words_.expect_sign(",");
      }
    }
  }

  Part call(const ExpressionToken& name) {
    if (const NamedRange* row = named(kRanges, name.text)) {
      words_.expect_sign("(");
      Part operand = either();
      words_.expect_sign(")");
      no_modifier();
      return over_time(row->range, std::move(operand), name);
    }
    if (name.text == "histogram_quantile") {
      return quantile(name);
    }
    if (name.text == "vector" || name.text == "scalar") {
      words_.expect_sign("(");
      Part operand = either();
      words_.expect_sign(")");
      const bool to_vector = name.text == "vector";
      if ((operand.type == Part::Type::scalar) != to_vector || operand.type == Part::Type::range) {
        words_.fail_at(name, "`" + name.text + "` of something else; expected " + (to_vector ? "a number" : "metrics"));
      }
      return {.signal = Signal{.kind = to_vector ? Signal::Kind::to_vector : Signal::Kind::to_scalar,
                               .operands = {std::move(operand.signal)}},
              .type = to_vector ? Part::Type::vector : Part::Type::scalar};
    }
    const NamedFunction* row = named(kFunctions, name.text);
    if (row == nullptr) {
      words_.fail_at(name, "`" + name.text + "` is not read; expected one of " + list_text(readable()));
    }
    words_.expect_sign("(");
    Part first = either();
    std::vector<Signal> operands{first.signal};
    for (std::size_t i = 1; i < row->arguments; ++i) {
      words_.expect_sign(",");
      operands.push_back(either().signal);
    }
    words_.expect_sign(")");
    no_modifier();
    first.signal = function_signal(row->function, std::move(operands));
    return first;
  }

  static std::vector<std::string> readable() {
    std::vector<std::string> names;
    const auto add = [&](const auto& table) {
      for (const auto& row : table) {
        names.emplace_back(row.name);
      }
    };
    add(kAggregations);
    add(kRanges);
    add(kFunctions);
    names.insert(names.end(), {"histogram_quantile", "scalar", "vector"});
    return names;
  }

  Part over_time(Signal::Range range, Part operand, const ExpressionToken& name) {
    if (operand.type != Part::Type::range) {
      words_.fail_at(name, "`" + name.text + "` of no range; expected a metric with one, such as `m[5m]`");
    }
    const MetricInfo& info = metric_info(operand.signal.metric);
    const bool grows =
        range == Signal::Range::rate || range == Signal::Range::irate || range == Signal::Range::increase;
    if (operand.signal.part == MetricPart::per_second) {
      if (range != Signal::Range::avg) {
        words_.fail_at(name, "`" + name.text + "` of a rate that the engine computes; expected `avg_over_time`");
      }
      range = Signal::Range::rate;
    } else if (grows && info.type == MetricType::gauge) {
      words_.fail_at(name, "`" + name.text + "` of a gauge; expected `deriv`, or an `..._over_time`");
    } else if (!grows && info.type == MetricType::latency) {
      words_.fail_at(name, "`" + name.text + "` of a latency's counters; expected `rate` or `increase`");
    }
    operand.signal.kind = Signal::Kind::over_time;
    operand.signal.range = range;
    operand.type = Part::Type::vector;
    return operand;
  }

  Part quantile(const ExpressionToken& name) {
    words_.expect_sign("(");
    Part q = either();
    words_.expect_sign(",");
    Part buckets = either();
    words_.expect_sign(")");
    no_modifier();
    if (q.type != Part::Type::scalar || !buckets.buckets) {
      words_.fail_at(name,
                     "expected a number and the buckets of a latency, `histogram_quantile(0.95, sum by (le) "
                     "(rate(..._bucket[5m])))`");
    }
    if (buckets.whole_pool) {
      words_.fail_at(name, "a quantile of each replica is not simulated; expected `sum by (le) (...)` inside");
    }
    return {
        .signal = Signal{.kind = Signal::Kind::quantile, .operands = {std::move(q.signal), std::move(buckets.signal)}},
        .by_replica = buckets.by_replica};
  }

  Part selector(const ExpressionToken& place, std::string name) {
    std::vector<std::string> labels;
    if (words_.take_sign("{")) {
      while (!words_.take_sign("}")) {
        read_label(name, labels);
        if (!words_.is_sign("}")) {
          words_.expect_sign(",");
        }
      }
    }
    const std::optional<MetricAlias> alias = find_metric(name, labels);
    if (!alias) {
      words_.fail_at(place, unknown_metric(name));
    }
    Part part;
    part.signal = alias_signal(*alias);
    const MetricInfo& info = metric_info(alias->metric);
    part.by_replica = info.of_replica != nullptr;
    part.whole_pool = info.of_replica == nullptr;
    part.buckets = alias->part == MetricPart::bucket;
    engine_metrics_ = engine_metrics_ || part.by_replica || info.type == MetricType::latency;
    if (words_.take_sign("[")) {
      const ExpressionToken range = words_.take();
      part.signal.part = alias->part;
      part.signal.kind = Signal::Kind::metric;
      part.signal.window = duration(range);
      part.type = Part::Type::range;
      if (words_.is_sign(":")) {
        words_.fail_at(range, "a subquery is not read; expected a range such as `[5m]`");
      }
      words_.expect_sign("]");
    }
    no_modifier();
    return part;
  }

  void read_label(std::string& name, std::vector<std::string>& labels) {
    const ExpressionToken label = words_.take();
    const ExpressionToken match = words_.take();
    const ExpressionToken value = words_.take();
    const bool matches = match.text == "=" || match.text == "!=" || match.text == "=~" || match.text == "!~";
    if (label.kind != ExpressionToken::Kind::name || !matches || value.kind != ExpressionToken::Kind::text) {
      words_.fail_at(label, "expected a label, such as `model=\"m\"`");
    }
    if (label.text == "__name__") {
      if (match.text != "=") {
        words_.fail_at(label, "metrics by a pattern of their names are not read; expected one name");
      }
      name = value.text;
      return;
    }
    const bool all = match.text == "=~" && (value.text == ".*" || value.text == ".+");
    if (label.text == "le" || (selects_requests(label.text) && !all)) {
      words_.fail_at(label,
                     "the series that `" + label.text + "` selects are not simulated apart; expected no such label");
    }
    if (match.text == "=") {
      labels.push_back(label.text + "=" + value.text);
    }
  }

  /// "5m", "1h30m", "90s".
  Ticks duration(const ExpressionToken& token) {
    constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
        {{"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}, {"d", 86400.0}, {"w", 604800.0}}};
    double seconds = 0.0;
    std::string_view rest = token.text;
    const std::string problem = "expected a duration such as `5m`";
    while (!rest.empty()) {
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
      if (error != std::errc() || value > 1'000'000) {
        words_.fail_at(token, problem);
      }
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
      const std::string_view unit = rest.substr(0, rest.find_first_of("0123456789"));
      const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& u) { return u.first == unit; });
      if (found == kUnits.end()) {
        words_.fail_at(token, problem);
      }
      seconds += static_cast<double>(value) * found->second;
      rest.remove_prefix(unit.size());
    }
    constexpr double kLongest = 30 * 86400.0;
    if (seconds <= 0.0 || seconds > kLongest) {
      words_.fail_at(token, "expected a duration of at most 30 days, above 0");
    }
    return to_ticks(seconds);
  }

  void no_modifier() const {
    const ExpressionToken& token = words_.peek();
    if (words_.is_sign("@") || (token.kind == ExpressionToken::Kind::name && token.text == "offset")) {
      words_.fail_at(token, "`" + token.text + "` is not read; expected values of the present");
    }
    if (words_.is_sign("[")) {
      words_.fail_at(token, "a subquery is not read; expected a range of a metric, such as `m[5m]`");
    }
  }

  ExpressionWords words_;
  bool engine_metrics_ = false;
};

}  // namespace

PrometheusQuery parse_promql(const YamlNode& query) {
  if (!query.is_scalar() || query.scalar.empty()) {
    fail(query.place, "`query` is no text; expected a query such as `sum(vllm:num_requests_waiting)`");
  }
  return QueryParser(query).parse();
}

}  // namespace idlewatt
