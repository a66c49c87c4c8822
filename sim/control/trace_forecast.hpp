// The future of a pool's traffic, for clairvoyant policies: a second reading of the same trace, ahead of the
// simulation.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "physics/step_model.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Seconds of one replica that works with full batches, per token.
struct TokenWork {
  double prompt_s = 0.0;
  double output_s = 0.0;
};

/// The work of a token, computed from a step with a prompt of 1,024 tokens and a step of `seats` sequences with 1,024
/// tokens of context each.
TokenWork token_work(const StepModel& physics, std::int32_t seats);

/// The future work in bins of a second, read as far ahead as it has been asked for. A request that several pools may
/// answer counts in equal parts for each of them.
class TraceForecast final : public Forecast {
 public:
  TraceForecast(const Scenario& scenario, PoolId pool, const TokenWork& work);
  double replica_seconds(Ticks from, Ticks to) override;
  /// Drops the times before `now`, which must not be asked for again.
  void forget_before(Ticks now);

 private:
  void read_until(Ticks to);

  const Scenario* scenario_;
  PoolId pool_;
  TokenWork work_;
  std::unique_ptr<TraceReader> reader_;
  Request next_;
  bool more_ = true;
  std::int64_t first_bin_ = 0;
  std::deque<double> bins_;
};

/// The arrivals of requests that a pool may answer, read as far ahead as they have been asked for. Requests of
/// closed-loop clients are left out, since their times are unknown.
class TraceArrivals final : public ArrivalForecast {
 public:
  TraceArrivals(const Scenario& scenario, PoolId pool);
  Ticks arrival(Ticks now, std::int64_t n, Ticks until) override;

 private:
  const Scenario* scenario_;
  PoolId pool_;
  std::unique_ptr<TraceReader> reader_;
  Request next_;
  bool more_ = true;
  std::deque<Ticks> arrivals_;
};

}  // namespace idlewatt
