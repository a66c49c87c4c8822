// The future of a pool's traffic, for clairvoyant policies: a second reading of the same trace, a little ahead.
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

/// Seconds that one replica at work with full batches spends on a token.
struct TokenWork {
  double prompt_s = 0.0;
  double output_s = 0.0;
};

/// From steps of a prompt of 1,024 tokens, and of `seats` sequences with 1,024 tokens of context each.
TokenWork token_work(const StepModel& physics, std::int32_t seats);

/// Work in bins of a second, read as far as anybody asked. Of requests that several pools may answer, each is expected
/// to get an equal part.
class TraceForecast final : public Forecast {
 public:
  TraceForecast(const Scenario& scenario, PoolId pool, const TokenWork& work);
  double replica_seconds(Ticks from, Ticks to) override;
  /// Nobody will ask about times before `now` any more.
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

/// When the requests come that a pool may answer, read as far as anybody asked. Requests of clients that wait for their
/// answers are not among them: nobody knows when they come.
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
