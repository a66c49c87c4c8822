// Deferrable requests are judged by their deadline alone.
#include "ledger/request_statistics.hpp"
#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("a deferrable request is well served when it ends by its deadline, however slowly") {
  const auto share = [](Ticks end, Ticks deadline, Outcome outcome, bool deferrable = true) {
    RequestStatistics statistics(0);
    statistics.arrived(0);
    RequestRecord record;
    record.outcome = outcome;
    record.admitted = 90;
    record.first_token = 95;
    record.end = end;
    record.prompt_tokens = 10;
    record.output_tokens = 2;
    record.deferrable = deferrable;
    record.deadline = deadline;
    statistics.ended(record, {.ttft = 10, .tpot = 1});
    Summary summary;
    statistics.fill(summary, kTicksPerSecond);
    return summary.slo_share;
  };
  CHECK(share(100, 100, Outcome::served) == 1.0);
  CHECK(share(101, 100, Outcome::served) == 0.0);
  CHECK(share(101, kNever, Outcome::served) == 1.0);
  CHECK(share(100, 100, Outcome::served, false) == 0.0);  // an interactive one misses its TTFT
  CHECK(share(100, 100, Outcome::cached) == 1.0);
  CHECK(share(101, 100, Outcome::cached) == 0.0);
  CHECK(share(100, 100, Outcome::rejected) == 0.0);
  CHECK(share(kNever, kNever, Outcome::unfinished) == 0.0);
}

}  // namespace idlewatt
