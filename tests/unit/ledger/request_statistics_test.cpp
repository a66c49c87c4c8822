// What requests experienced, and the histogram that their quantiles come from.
#include "ledger/request_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// The smallest value with at least p x n values up to it.
std::int64_t exact_quantile(const std::vector<std::int64_t>& sorted, double p) {
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

RequestRecord served(Ticks arrival, Ticks queue, Ticks ttft, Ticks tpot, std::int32_t tokens) {
  RequestRecord record;
  record.arrival = arrival;
  record.admitted = arrival + queue;
  record.first_token = arrival + ttft;
  record.end = record.first_token + tpot * (tokens - 1);
  record.prompt_tokens = 100;
  record.output_tokens = tokens;
  return record;
}

Summary summary_of(const RequestStatistics& statistics) {
  Summary summary;
  statistics.fill(summary, kTicksPerSecond);
  return summary;
}

constexpr Ticks kMs = kTicksPerMillisecond;

}  // namespace

TEST_CASE("a quantile of the histogram is within its stated error, at every size of value") {
  RandomStream random(1, "histogram");
  for (int draw = 0; draw < 200; ++draw) {
    LogHistogram histogram;
    std::vector<std::int64_t> values;
    const double spread = 43.0 * random.uniform();  // up to e^43, some 5e18
    const int count = 1 + static_cast<int>(random.uniform() * 300.0);
    for (int i = 0; i < count; ++i) {
      values.push_back(static_cast<std::int64_t>(std::exp(spread * random.uniform())));
      histogram.add(values.back());
    }
    std::sort(values.begin(), values.end());
    CHECK(histogram.count() == count);
    for (const double p : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto exact = static_cast<double>(exact_quantile(values, p));
      INFO("p " << p << " of " << count << " values, exact " << exact);
      CHECK(std::abs(histogram.quantile(p) - exact) <= LogHistogram::kRelativeError * exact);
    }
  }
}

TEST_CASE("the histogram is exact for small values and takes the largest") {
  for (const std::int64_t value : {0, 1, 2, 100, 255}) {
    LogHistogram histogram;
    histogram.add(value);
    CHECK(histogram.quantile(0.5) == static_cast<double>(value));
  }
  for (const std::int64_t value : {std::int64_t{256}, std::int64_t{257}, std::int64_t{511}, std::int64_t{512},
                                   std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    LogHistogram histogram;
    histogram.add(value);
    const auto exact = static_cast<double>(value);
    CHECK(std::abs(histogram.quantile(0.5) - exact) <= LogHistogram::kRelativeError * exact);
  }
  CHECK(std::isnan(LogHistogram().quantile(0.5)));
}

TEST_CASE("latencies are of the served requests, TPOT of those with two tokens or more") {
  RequestStatistics statistics(0);
  for (int i = 0; i < 3; ++i) {
    statistics.arrived(0);
  }
  statistics.ended(served(0, 10 * kMs, 50 * kMs, 20 * kMs, 11), {});
  statistics.ended(served(0, 10 * kMs, 50 * kMs, 20 * kMs, 1), {});
  RequestRecord unfinished = served(0, 900 * kMs, 990 * kMs, 900 * kMs, 5);
  unfinished.outcome = Outcome::unfinished;
  unfinished.worst_gap = 5000 * kMs;
  statistics.ended(unfinished, {});
  const Summary summary = summary_of(statistics);
  CHECK(summary.queue_s.p99 == Approx(0.010).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.ttft_s.p99 == Approx(0.050).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.tpot_s.p50 == Approx(0.020).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.e2e_s.p99 == Approx(0.250).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.e2e_s.p50 == Approx(0.050).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.worst_gap_s == 0.0);
  CHECK(summary.prompt_tokens == 200.0);
  CHECK(summary.output_tokens == 12.0);
  CHECK(statistics.output_tokens() == 17);
}

TEST_CASE("who was not answered missed the SLO") {
  const SloTicks slo{.ttft = 100 * kMs, .tpot = 30 * kMs};
  RequestStatistics statistics(0);
  const auto end = [&](const RequestRecord& record) {
    statistics.arrived(record.arrival);
    statistics.ended(record, slo);
  };
  end(served(0, 0, 100 * kMs, 30 * kMs, 10));      // just within both
  end(served(0, 0, 100 * kMs + 1, 30 * kMs, 10));  // TTFT missed by a tick
  end(served(0, 0, 100 * kMs, 31 * kMs, 10));      // TPOT missed
  end(served(0, 0, 100 * kMs, 0, 1));              // one token: no TPOT to miss
  for (const Outcome outcome : {Outcome::rejected, Outcome::rejected_too_long, Outcome::failed, Outcome::unfinished}) {
    RequestRecord record = served(0, 0, kMs, kMs, 2);
    record.outcome = outcome;
    end(record);
  }
  RequestRecord cached;
  cached.outcome = Outcome::cached;
  cached.first_token = cached.end = kMs;
  end(cached);
  const Summary summary = summary_of(statistics);
  CHECK(summary.requests_in == 9.0);
  CHECK(summary.slo_share == Approx(3.0 / 9.0));
  CHECK(summary.requests_in == summary.requests_served + summary.requests_cached + summary.requests_rejected_too_long +
                                   summary.requests_rejected + summary.requests_failed + summary.requests_unfinished);
}

TEST_CASE("a cached answer comes when its lookup ends: it has a TTFT, and may be too late or wrong") {
  RequestStatistics statistics(1000 * kMs);
  const auto end = [&](Ticks arrival, Ticks lookup, bool wrong) {
    RequestRecord record;
    record.outcome = Outcome::cached;
    record.arrival = arrival;
    record.first_token = arrival + lookup;
    record.end = record.first_token;
    record.wrong = wrong;
    statistics.arrived(arrival);
    statistics.looked_up(arrival);
    statistics.ended(record, {.ttft = 100 * kMs, .tpot = 10 * kMs});
  };
  end(0, 50 * kMs, true);  // in the warm-up
  end(1000 * kMs, 100 * kMs, true);
  end(1001 * kMs, 100 * kMs, false);
  end(1002 * kMs, 100 * kMs + 1, false);
  statistics.arrived(1003 * kMs);
  statistics.looked_up(1003 * kMs);
  statistics.ended(served(1003 * kMs, 0, 100 * kMs, 20 * kMs, 1), {.ttft = 100 * kMs, .tpot = 10 * kMs});
  const Summary summary = summary_of(statistics);
  CHECK(summary.requests_cached == 3.0);
  CHECK(summary.cache_lookups == 4.0);
  CHECK(summary.cache_hit_share == Approx(0.75));
  CHECK(summary.cache_wrong_hits == 1.0);
  CHECK(summary.slo_share == Approx(0.75));
  CHECK(summary.ttft_s.p50 == Approx(0.1).epsilon(LogHistogram::kRelativeError));
  CHECK(summary.e2e_s.p99 == Approx(0.1).epsilon(LogHistogram::kRelativeError));
}

TEST_CASE("requests that arrive during the warm-up are counted for the audit and not measured") {
  RequestStatistics statistics(1000 * kMs);
  for (const Ticks arrival : {Ticks{0}, 1000 * kMs - 1, 1000 * kMs}) {
    statistics.arrived(arrival);
    statistics.ended(served(arrival, 0, 50 * kMs, 20 * kMs, 4), {});
  }
  CHECK(statistics.arrivals() == 3);
  CHECK(statistics.with(Outcome::served) == 3);
  CHECK(statistics.output_tokens() == 12);
  const Summary summary = summary_of(statistics);
  CHECK(summary.requests_in == 1.0);
  CHECK(summary.requests_served == 1.0);
  CHECK(summary.output_tokens == 4.0);
}

}  // namespace idlewatt
