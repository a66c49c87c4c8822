// One replica under a stream of arrivals, driven without a fleet, a simulator or books: for what theory knows of
// queues.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "engine/replica.hpp"
#include "policy/table.hpp"
#include "support/line_model.hpp"

namespace idlewatt {

/// Every step takes `step` ticks, whatever is in it.
inline LineModel constant_steps(Ticks step) {
  return LineModel({.pieces = {{.duration_at_zero = step, .energy_at_zero_fj = 1}}});
}

inline std::unique_ptr<BatchPolicy> batch_policy(const std::string& name, double max_sequences) {
  const std::vector<BatchDeclaration> table = BatchFamily::built_in();
  const BatchDeclaration* declaration = find(table, name);
  if (declaration == nullptr) {
    throw std::logic_error("no batching policy " + name);
  }
  Parameters parameters = Parameters::defaults_of(declaration->info);
  parameters.set("max_sequences", max_sequences);
  return declaration->make(parameters);
}

/// A mean with its standard error.
struct Estimate {
  double mean = 0.0;
  double standard_error = 0.0;
};

/// Batch means over requests in the order of their ids (Law, Simulation Modeling and Analysis, chapter 9): waits of
/// neighbours depend on each other, means of long batches hardly. The first batch is the warm-up.
class BatchMeans {
 public:
  BatchMeans(std::int64_t requests, std::int64_t batches) : length_(requests / batches), sums_(to_size(batches)) {}

  void add(std::int64_t id, double value) { sums_[to_size(id / length_)] += value; }

  Estimate estimate() const {
    const auto n = static_cast<double>(sums_.size() - 1);
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 1; i < sums_.size(); ++i) {
      sum += batch_mean(i);
    }
    for (std::size_t i = 1; i < sums_.size(); ++i) {
      const double deviation = batch_mean(i) - sum / n;
      squares += deviation * deviation;
    }
    return {.mean = sum / n, .standard_error = std::sqrt(squares / (n - 1.0) / n)};
  }

 private:
  static std::size_t to_size(std::int64_t value) { return static_cast<std::size_t>(value); }
  double batch_mean(std::size_t i) const { return sums_[i] / static_cast<double>(length_); }

  std::int64_t length_;
  std::vector<double> sums_;
};

/// First come first served by several equal servers in continuous time (Kiefer and Wolfowitz, 1955).
class ServerRecursion {
 public:
  explicit ServerRecursion(std::int32_t servers) : free_at_(static_cast<std::size_t>(servers), 0) {}

  /// The next request's start of service.
  Ticks start(Ticks arrival, Ticks service) {
    const auto first = std::min_element(free_at_.begin(), free_at_.end());
    const Ticks start = std::max(arrival, *first);
    *first = start + service;
    return start;
  }

 private:
  std::vector<Ticks> free_at_;
};

/// Poisson arrivals of `rate_rps` at one replica.
struct LoneReplicaRun {
  Ticks step = 0;  ///< of every step
  double rate_rps = 0.0;
  std::int64_t requests = 0;
  std::int64_t batches = 0;  ///< a divisor of `requests`
};

struct WaitsBeforeFirstStep {
  Estimate wait_s;
  Ticks least_delay = kNever;  ///< of a request's start behind the recursion with the same draws
  double mean_delay_s = 0.0;
};

/// How long requests wait before their first step: the i-th has one prompt token and `tokens(i)` output tokens, a step
/// each.
template <class Tokens>
WaitsBeforeFirstStep run_lone_replica(std::unique_ptr<BatchPolicy> policy, const LoneReplicaRun& run, Tokens tokens,
                                      RandomStream arrivals) {
  struct Observer final : ReplicaObserver {
    explicit Observer(const LoneReplicaRun& run) : batch_means(run.requests, run.batches) {}
    void worked(const Work&) override {}
    void finished(Finished&& done) override {
      const Ticks delay = done.admitted - expected_start[static_cast<std::size_t>(done.request.id)];
      batch_means.add(done.request.id, to_seconds(done.admitted - done.request.arrival));
      least_delay = std::min(least_delay, delay);
      sum_of_delays += delay;
      ++count;
    }
    BatchMeans batch_means;
    std::vector<Ticks> expected_start;
    Ticks least_delay = kNever;
    Ticks sum_of_delays = 0;
    std::int64_t count = 0;
  };
  Observer observer(run);
  const LineModel model = constant_steps(run.step);
  ServerRecursion recursion(policy->max_sequences());
  // KV memory without end: only seats are scarce.
  const ReplicaSpec spec(model, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(),
                         policy->max_sequences());
  Replica replica(spec, std::move(policy));
  Ticks now = 0;
  for (std::int64_t id = 0; id < run.requests; ++id) {
    now += to_ticks(arrivals.exponential() / run.rate_rps);
    replica.advance_to(now, observer);
    Request request;
    request.arrival = now;
    request.id = id;
    request.prompt_tokens = 1;
    request.output_tokens = tokens(id);
    observer.expected_start.push_back(recursion.start(now, request.output_tokens * run.step));
    replica.enqueue(std::move(request), now);
  }
  while (replica.next_change() != kNoChange) {
    replica.change(static_cast<Ticks>(replica.next_change() / 2), observer);
  }
  if (observer.count != run.requests) {
    throw std::logic_error("a request was lost");
  }
  return {.wait_s = observer.batch_means.estimate(),
          .least_delay = observer.least_delay,
          .mean_delay_s = to_seconds(observer.sum_of_delays) / static_cast<double>(run.requests)};
}

}  // namespace idlewatt
