// The histograms behind the quantiles: every served request in one bin of each, on the grid that analysis/FORMAT.md
// gives.
#include <numeric>

#include "ledger/request_statistics.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

RequestRecord served(Ticks ttft, std::int32_t tokens, Ticks gap) {
  RequestRecord record;
  record.arrival = 1000;
  record.admitted = record.arrival;
  record.first_token = record.arrival + ttft;
  record.end = record.first_token + gap * (tokens - 1);
  record.worst_gap = tokens > 1 ? gap : 0;
  record.output_tokens = tokens;
  return record;
}

const LatencyHistogram& named(const std::vector<LatencyHistogram>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

std::int64_t total(const LatencyHistogram& histogram) {
  return std::accumulate(histogram.bins.begin(), histogram.bins.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& bin) { return sum + bin.requests; });
}

}  // namespace

TEST_CASE("every served request stands in one bin, and nothing else does") {
  RequestStatistics statistics(500);
  for (const Ticks ttft : {Ticks{0}, Ticks{1} << 23, (Ticks{1} << 23) - 1, Ticks{1} << 30, Ticks{1} << 40}) {
    statistics.ended(served(ttft, 3, to_ticks(0.02)), {});
  }
  statistics.ended(served(to_ticks(0.1), 1, 0), {});  // one token: no gap, no time per token
  RequestRecord early = served(to_ticks(0.1), 3, to_ticks(0.02));
  early.arrival = 499;
  statistics.ended(early, {});  // in the warm-up
  RequestRecord rejected;
  rejected.arrival = 1000;
  rejected.outcome = Outcome::rejected;
  statistics.ended(rejected, {});

  const std::vector<LatencyHistogram> all = statistics.latencies();
  CHECK(total(named(all, "ttft")) == 6);
  CHECK(total(named(all, "e2e")) == 6);
  CHECK(total(named(all, "queue")) == 6);
  CHECK(total(named(all, "tpot")) == 5);
  CHECK(total(named(all, "gap")) == 5);
  const std::vector<LatencyHistogram::Bin>& bins = named(all, "ttft").bins;
  CHECK((bins.front().from == 0 && bins.front().to == Ticks{1} << 23 && bins.front().requests == 2));
  for (std::size_t i = 1; i < bins.size(); ++i) {
    CHECK(bins[i - 1].to <= bins[i].from);
  }
}

TEST_CASE("a bin holds its values, and is a sixteenth of a power of two wide") {
  for (Ticks ttft = Ticks{1} << 23; ttft < Ticks{1} << 50; ttft += ttft / 7 + 1) {
    RequestStatistics statistics(0);
    statistics.ended(served(ttft, 2, 1), {});
    const LatencyHistogram::Bin bin = named(statistics.latencies(), "ttft").bins.at(0);
    REQUIRE((bin.from <= ttft && ttft < bin.to));
    REQUIRE(bin.to - bin.from <= bin.from / 16);
    REQUIRE(bin.from % (bin.to - bin.from) == 0);
  }
}
