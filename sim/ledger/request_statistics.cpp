#include "ledger/request_statistics.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace idlewatt {
namespace {

Quantiles quantiles_s(const LogHistogram& ticks) {
  const auto at = [&](double p) { return ticks.quantile(p) / static_cast<double>(kTicksPerSecond); };
  return {.p50 = at(0.50), .p90 = at(0.90), .p99 = at(0.99)};
}

/// The bins of analysis/FORMAT.md: one for all below 2^23 ticks (84 us), then 16 per power of two.
std::vector<LatencyHistogram::Bin> binned(const LogHistogram& ticks) {
  constexpr unsigned first_power = 23;
  constexpr unsigned per_power = 4;  // bits
  std::vector<LatencyHistogram::Bin> bins;
  ticks.for_each([&](std::int64_t value, std::int64_t count) {
    LatencyHistogram::Bin bin{.from = 0, .to = Ticks{1} << first_power, .requests = count};
    const auto bits = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value)));
    if (bits > first_power) {
      const unsigned shift = bits - 1 - per_power;
      bin.from = value >> shift << shift;
      bin.to = bin.from + (Ticks{1} << shift);
    }
    if (!bins.empty() && bins.back().from == bin.from) {
      bins.back().requests += count;
    } else {
      bins.push_back(bin);
    }
  });
  return bins;
}

}  // namespace

void RequestStatistics::arrived(Ticks arrival) {
  ++arrivals_;
  measured_arrivals_ += arrival >= warm_up_ ? 1 : 0;
}

void RequestStatistics::ended(const RequestRecord& record, const SloTicks& slo, bool short_of_replicas) {
  ++all_[record.outcome];
  output_tokens_ += record.output_tokens + record.discarded_tokens;
  if (record.arrival < warm_up_) {
    return;
  }
  ++measured_[record.outcome];
  preemptions_ += record.preemptions;
  retries_ += record.attempts - 1;
  discarded_j_ +=
      record.outcome == Outcome::timed_out || record.outcome == Outcome::failed ? record.energy_j : record.discarded_j;
  if (record.outcome == Outcome::cached) {
    // The whole answer comes at once, when the lookup ends.
    const Ticks latency = record.end - record.arrival;
    ttft_.add(latency);
    e2e_.add(latency);
    wrong_hits_ += record.wrong ? 1 : 0;
    within_slo_ += (record.deferrable ? record.end <= record.deadline : latency <= slo.ttft) ? 1 : 0;
    return;
  }
  if (record.outcome != Outcome::served) {
    missed_while_short_ += short_of_replicas && record.outcome != Outcome::rejected_too_long ? 1 : 0;
    return;
  }
  served_prompt_tokens_ += record.prompt_tokens;
  served_output_tokens_ += record.output_tokens;
  prefix_tokens_ += record.prefix_tokens;
  worst_gap_ = std::max(worst_gap_, record.worst_gap);
  if (record.output_tokens > 1) {
    gap_.add(record.worst_gap);
  }
  const Ticks ttft = record.first_token - record.arrival;
  queue_.add(record.admitted - record.arrival);
  ttft_.add(ttft);
  e2e_.add(record.end - record.arrival);
  bool within = ttft <= slo.ttft;
  if (record.output_tokens > 1) {
    const Ticks tpot = (record.end - record.first_token) / (record.output_tokens - 1);
    tpot_.add(tpot);
    within = within && tpot <= slo.tpot;
  }
  if (record.deferrable) {
    within = record.end <= record.deadline;
  }
  within_slo_ += within ? 1 : 0;
  missed_while_short_ += !within && short_of_replicas ? 1 : 0;
}

void RequestStatistics::fill(Summary& summary, Ticks horizon) const {
  const auto with = [this](Outcome outcome) { return static_cast<double>(measured_[outcome]); };
  summary.requests_in = static_cast<double>(measured_arrivals_);
  summary.requests_served = with(Outcome::served);
  summary.requests_cached = with(Outcome::cached);
  summary.requests_rejected_too_long = with(Outcome::rejected_too_long);
  summary.requests_rejected = with(Outcome::rejected);
  summary.requests_failed = with(Outcome::failed);
  summary.requests_unfinished = with(Outcome::unfinished);
  summary.requests_timed_out = with(Outcome::timed_out);
  summary.retries = static_cast<double>(retries_);
  summary.discarded_kwh = discarded_j_ / 3.6e6;
  summary.prompt_tokens = static_cast<double>(served_prompt_tokens_);
  summary.output_tokens = static_cast<double>(served_output_tokens_);
  summary.prefix_tokens = static_cast<double>(prefix_tokens_);
  summary.cache_lookups = static_cast<double>(lookups_);
  summary.cache_hit_share = lookups_ > 0 ? summary.requests_cached / summary.cache_lookups : 0.0;
  summary.cache_wrong_hits = static_cast<double>(wrong_hits_);
  summary.preemptions = static_cast<double>(preemptions_);
  summary.queue_s = quantiles_s(queue_);
  summary.ttft_s = quantiles_s(ttft_);
  summary.tpot_s = quantiles_s(tpot_);
  summary.e2e_s = quantiles_s(e2e_);
  summary.worst_gap_s = to_seconds(worst_gap_);
  const auto share = [this](std::int64_t requests) {
    return measured_arrivals_ > 0 ? static_cast<double>(requests) / static_cast<double>(measured_arrivals_)
                                  : std::numeric_limits<double>::quiet_NaN();
  };
  summary.slo_share = share(within_slo_);
  summary.goodput_rps = static_cast<double>(within_slo_) / to_seconds(horizon - warm_up_);
  summary.slo_lost_to_lag_share = share(missed_while_short_);
}

std::vector<LatencyHistogram> RequestStatistics::latencies() const {
  return {{"ttft", "time to first token", binned(ttft_)},
          {"tpot", "time per output token after the first, mean of a request", binned(tpot_)},
          {"gap", "gap between two tokens, longest of a request", binned(gap_)},
          {"e2e", "end to end: from arrival to last token", binned(e2e_)},
          {"queue", "queueing: from arrival to the first batch step", binned(queue_)}};
}

}  // namespace idlewatt
