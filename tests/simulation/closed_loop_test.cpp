// Clients that wait for their answers: never more requests than clients, and the interactive response time law.
#include <algorithm>
#include <map>
#include <vector>

#include "simulation/forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kClients = 12;
constexpr double kThink_s = 5.0;

Scenario with_clients(std::int32_t replicas) {
  Scenario scenario = small_scenario(0.0, replicas);
  GeneratedTraffic& traffic = *scenario.traffic[StreamId(0)].generated;
  traffic.closed_loop = {.clients = kClients, .think_time = {.median_s = kThink_s, .sigma = 0.0}};
  scenario.horizon = 3600 * kTicksPerSecond;
  return scenario;
}

/// The most requests that were in the house at once.
int most_at_once(const std::vector<RequestRecord>& requests) {
  std::vector<std::pair<Ticks, int>> changes;
  for (const RequestRecord& request : requests) {
    changes.push_back({request.arrival, 1});
    changes.push_back({request.end, -1});
  }
  std::sort(changes.begin(), changes.end());
  int now = 0;
  int most = 0;
  for (const auto& [time, change] : changes) {
    now += change;
    most = std::max(most, now);
  }
  return most;
}

TEST_CASE("clients that wait obey the interactive response time law: N = X (R + Z)") {
  const RecordedRun run = forked_run(with_clients(1));
  REQUIRE(run.error == "");
  REQUIRE(run.requests.size() > 1000);
  CHECK(most_at_once(run.requests) <= kClients);
  double response_s = 0.0;
  for (const RequestRecord& request : run.requests) {
    response_s += request.end == kNever ? 0.0 : to_seconds(request.end - request.arrival);
  }
  const auto requests = static_cast<double>(run.requests.size());
  const double throughput_rps = requests / 3600.0;
  // At the ends of the hour, a think time and an answer are cut off: some 10 s in 3,600.
  CHECK(throughput_rps * (response_s / requests + kThink_s) == Approx(kClients).epsilon(0.01));
}

TEST_CASE("each client asks exactly a think time after its answer") {
  const RecordedRun run = forked_run(with_clients(2));
  REQUIRE(run.error == "");
  // With a constant think time, every arrival but the first of each client is an end plus that time.
  std::vector<Ticks> due;
  for (const RequestRecord& request : run.requests) {
    if (request.end != kNever) {
      due.push_back(request.end + to_ticks(kThink_s));
    }
  }
  std::sort(due.begin(), due.end());
  int first_ones = 0;
  for (const RequestRecord& request : run.requests) {
    first_ones += std::binary_search(due.begin(), due.end(), request.arrival) ? 0 : 1;
  }
  CHECK(first_ones == kClients);
}

TEST_CASE("a request of a trace comes when those that it waits for have ended, and its delay is over") {
  const TemporaryFolder folder;
  Scenario scenario = small_scenario(1.0, 2);
  scenario.traffic[StreamId(0)].generated.reset();
  scenario.traffic[StreamId(0)].file =
      TraceFile{.format = &trace_format("csv"),
                .path = folder.write("t.csv",
                                     "arrival_s,prompt_tokens,output_tokens,key,after,delay_s\n"
                                     "0,100,50,1,,\n0.25,100,300,2,,\n1.5,200,50,3,1,1.5\n1.75,300,20,,3 2,0.25\n"
                                     "9,10,5,,77,4\n")};  // which nobody is
  scenario.horizon = 600 * kTicksPerSecond;
  for (const Ticks sample : {60 * kTicksPerSecond, Ticks{7 * kTicksPerSecond + 1}}) {
    scenario.sample_every = sample;
    const RecordedRun run = forked_run(scenario);
    REQUIRE(run.error == "");
    REQUIRE(run.requests.size() == 5);
    std::map<std::int32_t, RequestRecord> by_prompt;
    Ticks end = 0;  // of the two first
    for (const RequestRecord& request : run.requests) {
      by_prompt[request.prompt_tokens] = request;
      if (request.prompt_tokens == 100 && request.output_tokens == 300) {
        end = std::max(end, request.end);
      }
    }
    const auto first = std::find_if(run.requests.begin(), run.requests.end(), [](const RequestRecord& one) {
      return one.prompt_tokens == 100 && one.output_tokens == 50;
    });
    CHECK(by_prompt[200].arrival == first->end + 3 * kTicksPerSecond / 2);
    CHECK(by_prompt[300].arrival == std::max(end, by_prompt[200].end) + kTicksPerSecond / 4);
    CHECK(by_prompt[10].arrival == 9 * kTicksPerSecond);
    CHECK(run.result.summary.requests_served == 5.0);
  }
}

TEST_CASE("the requests of clients bear the marks of their entry") {
  Scenario scenario = with_clients(2);
  scenario.traffic[StreamId(0)].marks.tenant = 7;
  scenario.traffic[StreamId(0)].marks.deadline = 3600 * kTicksPerSecond;
  const RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  REQUIRE(run.requests.size() > 1000);
  for (const RequestRecord& request : run.requests) {
    REQUIRE(request.tenant == 7);
    REQUIRE(request.deferrable);
  }
}

TEST_CASE("open traffic and clients share a pool; sampling changes nothing") {
  Scenario scenario = with_clients(2);
  scenario.traffic.add(poisson("others", 2.0));
  const RecordedRun minute = forked_run(scenario);
  scenario.sample_every = 7 * kTicksPerSecond + 1;
  const RecordedRun odd = forked_run(scenario);
  REQUIRE(minute.error == "");
  REQUIRE(odd.error == "");
  REQUIRE(minute.requests.size() == odd.requests.size());
  REQUIRE(minute.requests.size() > 7000);
  for (std::size_t i = 0; i < minute.requests.size(); ++i) {
    REQUIRE(text(minute.requests[i]) == text(odd.requests[i]));
  }
}

TEST_CASE("clients whose replicas all sleep are served when one has woken") {
  Scenario scenario = with_clients(2);
  scenario.traffic[StreamId(0)].generated->closed_loop = {.clients = 1,
                                                          .think_time = {.median_s = 600.0, .sigma = 0.0}};
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "unload-after");
  scenario.pools[PoolId(0)].idle.parameters.set("after", 60.0);
  const RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  CHECK(run.requests.size() >= 4);
  CHECK(run.result.summary.cold_starts >= 4);
}

}  // namespace
}  // namespace idlewatt
