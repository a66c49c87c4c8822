// The known words of Prometheus' queries, and the labels with a meaning: the tables of promql.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "policy/autoscale/signal.hpp"

namespace idlewatt {

struct NamedRange {
  std::string_view name;
  Signal::Range range;
};
inline constexpr std::array<NamedRange, 10> kRanges{{{"rate", Signal::Range::rate},
                                                     {"irate", Signal::Range::irate},
                                                     {"increase", Signal::Range::increase},
                                                     {"avg_over_time", Signal::Range::avg},
                                                     {"max_over_time", Signal::Range::max},
                                                     {"min_over_time", Signal::Range::min},
                                                     {"sum_over_time", Signal::Range::sum},
                                                     {"count_over_time", Signal::Range::count},
                                                     {"last_over_time", Signal::Range::last},
                                                     {"deriv", Signal::Range::deriv}}};

struct NamedAggregation {
  std::string_view name;
  Signal::Aggregation aggregation;
};
inline constexpr std::array<NamedAggregation, 5> kAggregations{{{"sum", Signal::Aggregation::sum},
                                                                {"avg", Signal::Aggregation::avg},
                                                                {"max", Signal::Aggregation::max},
                                                                {"min", Signal::Aggregation::min},
                                                                {"count", Signal::Aggregation::count}}};

struct NamedFunction {
  std::string_view name;
  Signal::Function function;
  std::size_t arguments;
};
inline constexpr std::array<NamedFunction, 6> kFunctions{{{"abs", Signal::Function::absolute, 1},
                                                          {"ceil", Signal::Function::ceil, 1},
                                                          {"floor", Signal::Function::floor, 1},
                                                          {"round", Signal::Function::round, 1},
                                                          {"clamp_min", Signal::Function::clamp_min, 2},
                                                          {"clamp_max", Signal::Function::clamp_max, 2}}};

struct NamedOperation {
  std::string_view sign;
  Signal::Operation operation;
};
inline constexpr std::array<NamedOperation, 6> kComparisons{{{"==", Signal::Operation::equal},
                                                             {"!=", Signal::Operation::unequal},
                                                             {">=", Signal::Operation::at_least},
                                                             {"<=", Signal::Operation::at_most},
                                                             {">", Signal::Operation::greater},
                                                             {"<", Signal::Operation::less}}};

template <class Table>
auto named(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

/// True for labels that tell one replica from another.
inline bool names_replica(std::string_view label) {
  constexpr std::array<std::string_view, 10> kLabels{"pod",          "instance",
                                                     "pod_name",     "exported_pod",
                                                     "hostname",     "exported_instance",
                                                     "node",         "kubernetes_pod_name",
                                                     "k8s_pod_name", "replica"};
  return std::find(kLabels.begin(), kLabels.end(), label) != kLabels.end();
}

/// True for labels whose values select some requests of a metric. Requests are not counted by these values here.
inline bool selects_requests(std::string_view label) {
  constexpr std::array<std::string_view, 9> kLabels{"code",          "status",         "status_code",
                                                    "response_code", "response_flags", "finished_reason",
                                                    "error",         "error_type",     "envoy_response_code_class"};
  return std::find(kLabels.begin(), kLabels.end(), label) != kLabels.end();
}

}  // namespace idlewatt
