#include "control/trace_forecast.hpp"

#include <algorithm>

#include "scenario/traffic/open_traffic.hpp"

namespace idlewatt {

namespace {

/// Whether requests of the stream may come to the pool, at once or when their prompts are computed.
bool may_come(const Scenario& scenario, StreamId stream, PoolId pool) {
  const std::vector<PoolId>& pools = scenario.traffic[stream].pools;
  return std::any_of(pools.begin(), pools.end(),
                     [&](PoolId first) { return first == pool || scenario.pools[first].decode_pool == pool; });
}

}  // namespace

TokenWork token_work(const StepModel& physics, std::int32_t seats) {
  constexpr std::int64_t kTokens = 1024;
  StepShape shape;
  shape.add_chunk(physics.attended(), 0, kTokens);
  const StepCost prompt = physics.cost(shape, 0);
  const StepCost output = physics.cost({.decode_sequences = seats}, seats * physics.attended().of(kTokens));
  return {.prompt_s = to_seconds(prompt.duration) / kTokens, .output_s = to_seconds(output.duration) / seats};
}

TraceForecast::TraceForecast(const Scenario& scenario, PoolId pool, const TokenWork& work)
    : scenario_(&scenario), pool_(pool), work_(work), reader_(open_traffic(scenario)) {
  more_ = reader_->next(next_);
}

void TraceForecast::read_until(Ticks to) {
  while (more_ && next_.arrival < to) {
    const std::vector<PoolId>& pools = scenario_->traffic[next_.stream].pools;
    if (may_come(*scenario_, next_.stream, pool_)) {
      const auto bin = static_cast<std::size_t>(next_.arrival / kTicksPerSecond - first_bin_);
      if (bin >= bins_.size()) {
        bins_.resize(bin + 1, 0.0);
      }
      const double work_s = work_.prompt_s * next_.prompt_tokens + work_.output_s * next_.output_tokens;
      bins_[bin] += work_s / static_cast<double>(pools.size());
    }
    more_ = reader_->next(next_);
  }
}

double TraceForecast::replica_seconds(Ticks from, Ticks to) {
  read_until(to);
  const std::int64_t first = from / kTicksPerSecond;
  const std::int64_t last = std::max(to / kTicksPerSecond, first + 1);
  double sum = 0.0;
  for (std::int64_t bin = first; bin < last; ++bin) {
    const std::int64_t i = bin - first_bin_;
    if (i >= 0 && i < static_cast<std::int64_t>(bins_.size())) {
      sum += bins_[static_cast<std::size_t>(i)];
    }
  }
  return sum;
}

void TraceForecast::forget_before(Ticks now) {
  for (const std::int64_t first = now / kTicksPerSecond; first_bin_ < first && !bins_.empty(); ++first_bin_) {
    bins_.pop_front();
  }
}

TraceArrivals::TraceArrivals(const Scenario& scenario, PoolId pool)
    : scenario_(&scenario), pool_(pool), reader_(open_traffic(scenario)) {
  more_ = reader_->next(next_);
}

Ticks TraceArrivals::arrival(Ticks now, std::int64_t n, Ticks until) {
  while (!arrivals_.empty() && arrivals_.front() < now) {
    arrivals_.pop_front();
  }
  const auto place = static_cast<std::size_t>(n);
  while (more_ && arrivals_.size() <= place && next_.arrival < until) {
    if (next_.arrival >= now && may_come(*scenario_, next_.stream, pool_)) {
      arrivals_.push_back(next_.arrival);
    }
    more_ = reader_->next(next_);
  }
  return place < arrivals_.size() ? std::min(arrivals_[place], until) : until;
}

}  // namespace idlewatt
