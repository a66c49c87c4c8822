// In which order a replica takes its requests, and when it takes those that can wait.
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/replica.hpp"
#include "engine/request_queue.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<QueuePolicy> order_by_deadline(Ticks within, Ticks lead, double spare) {
  Parameters parameters;
  parameters.set("within", to_seconds(within));
  parameters.set("lead", to_seconds(lead));
  parameters.set("spare", spare);
  return declare_deadline().make(parameters);
}

Request request(std::int64_t id, Ticks arrival, std::int32_t prompt = 1) {
  Request result;
  result.id = id;
  result.arrival = arrival;
  result.prompt_tokens = prompt;
  result.output_tokens = 1;
  return result;
}

Request deferrable(std::int64_t id, Ticks arrival, Ticks deadline) {
  Request result = request(id, arrival);
  result.deadline_class = DeadlineClass::deferrable;
  result.deadline = deadline;
  return result;
}

std::vector<std::int64_t> ids(std::vector<Waiting> waiting) {
  std::vector<std::int64_t> result;
  for (const Waiting& one : waiting) {
    result.push_back(one.request.id);
  }
  return result;
}

using Ids = std::vector<std::int64_t>;

TEST_CASE("first come, first served, whoever was preempted at the front") {
  RequestQueue queue(nullptr, 8);
  CHECK_FALSE(queue.reorders());
  queue.push(request(3, 0), 0);
  queue.push(request(1, 5), 5);
  queue.put_back({request(7, 2), nullptr}, 9);
  CHECK(queue.size() == 3);
  CHECK(queue.joinable(9, 8) == 3);
  CHECK(queue.head(9, 8)->request.id == 7);
  CHECK(queue.waiting_since() == 2);
  CHECK(queue.next_release() == kNever);
  CHECK(ids(queue.take_all(9)) == Ids{7, 3, 1});
  CHECK(queue.empty());
}

TEST_CASE("shortest prompt first, equals by arrival and id") {
  Parameters parameters;
  parameters.set("by", 0);
  parameters.set("error", 0);
  const auto order = declare_shortest_first().make(parameters);
  RequestQueue queue(order.get(), 8);
  CHECK(queue.reorders());
  queue.push(request(0, 0, 50), 0);
  queue.push(request(2, 1, 20), 1);
  queue.push(request(1, 1, 20), 1);
  queue.push(request(3, 0, 20), 1);
  queue.push(request(4, 1, 10), 1);
  CHECK(queue.waiting_since() == 0);
  CHECK(queue.head(1, 0)->request.id == 4);
  queue.pop_head();
  queue.put_back({request(4, 1, 10), nullptr}, 2);
  CHECK(ids(queue.take_all(2)) == Ids{4, 3, 1, 2, 0});
}

TEST_CASE("shortest prediction first: right without an error, near the truth with one") {
  Parameters parameters;
  parameters.set("by", 1);
  parameters.set("error", 0);
  Request long_answer = request(5, 0);
  long_answer.output_tokens = 400;
  CHECK(declare_shortest_first().make(parameters)->place(long_answer).rank == 400);
  parameters.set("error", 0.5);
  const auto order = declare_shortest_first().make(parameters);
  int above = 0;
  int within_sigma = 0;
  for (std::int64_t id = 0; id < 10'000; ++id) {
    long_answer.id = id;
    const std::int64_t rank = order->place(long_answer).rank;
    CHECK(rank == order->place(long_answer).rank);
    above += rank > 400 ? 1 : 0;
    const double log_ratio = std::log(static_cast<double>(rank) / 400.0);
    within_sigma += log_ratio > -0.5 && log_ratio < 0.5 ? 1 : 0;
  }
  CHECK(above == Approx(5000).margin(200));
  CHECK(within_sigma == Approx(6827).margin(200));
}

TEST_CASE("highest priority first") {
  const auto order = declare_priority().make({});
  RequestQueue queue(order.get(), 8);
  for (std::int64_t id = 0; id < 4; ++id) {
    Request urgent = request(id, id);
    urgent.priority = static_cast<std::int16_t>(id == 2 ? 9 : id == 1 ? -3 : 0);
    queue.push(urgent, id);
  }
  CHECK(ids(queue.take_all(4)) == Ids{2, 0, 3, 1});
}

TEST_CASE("earliest deadline first; deferrable requests stand behind until they are let go") {
  const auto order = order_by_deadline(100, 50, 0.5);
  RequestQueue queue(order.get(), 4);
  queue.push(deferrable(0, 0, 1000), 0);
  queue.push(deferrable(1, 0, 500), 0);
  CHECK(queue.joinable(0, 1) == 2);  // one seat of two spare ones is taken
  CHECK(queue.joinable(0, 2) == 0);
  CHECK(queue.head(0, 2) == nullptr);
  CHECK(queue.next_release() == 450);
  queue.push(request(2, 440), 440);
  CHECK(queue.joinable(440, 2) == 1);
  CHECK(queue.head(440, 2)->request.id == 2);
  // At 450 the second is let go: due at 500, before the interactive one at 540.
  CHECK(queue.joinable(450, 2) == 2);
  CHECK(queue.head(450, 2)->request.id == 1);
  CHECK(queue.waiting_since() == 440);
  CHECK(queue.next_release() == 950);
  CHECK(ids(queue.take_all(450)) == Ids{1, 2, 0});
}

class OrderedBench {
 public:
  OrderedBench(std::unique_ptr<QueuePolicy> order, int seats)
      : order_(std::move(order)), bench_(constant_costs(), {.max_sequences = seats}, nullptr, nullptr, order_.get()) {}
  BenchReplica* operator->() { return &bench_; }

 private:
  std::unique_ptr<QueuePolicy> order_;
  BenchReplica bench_;
};

TEST_CASE("a replica lets deferrable work run in its spare seats, and when its deadline comes near") {
  OrderedBench bench(order_by_deadline(100, 100, 0.5), 2);
  bench->arrive(request(0, 0, 1), 40);
  bench->arrive(deferrable(1, 1, 10'000), 1);
  bench->arrive(deferrable(2, 2, 300), 1);
  bench->advance_to(100'000);
  // Steps of ten ticks. One of two seats is taken: both wait; the second is let go at 200 and joins at once.
  REQUIRE(bench->reports.size() == 3);
  CHECK(bench->reports[0].request.id == 2);
  CHECK(bench->reports[0].admitted == 200);
  // The first one waits for the seat that is free at 400, long before its time.
  CHECK(bench->reports[2].request.id == 1);
  CHECK(bench->reports[2].admitted == 400);
}

TEST_CASE("without spare seats an idle replica waits until deferrable work is let go") {
  OrderedBench bench(order_by_deadline(100, 100, 0.0), 2);
  bench->arrive(deferrable(0, 5, 1000), 1);
  bench->advance_to(10);
  CHECK(bench->replica.next_change() == at_plan(900));
  CHECK(bench->replica.outstanding() == 1);
  bench->arrive(request(1, 500), 3);  // is served at once
  bench->advance_to(100'000);
  REQUIRE(bench->reports.size() == 2);
  CHECK(bench->reports[0].admitted == 500);
  CHECK(bench->reports[1].admitted == 900);
}

TEST_CASE("what has no deadline and no spare seat waits for ever, and hurts nobody") {
  OrderedBench bench(order_by_deadline(100, 100, 0.0), 2);
  bench->arrive(deferrable(0, 5, kNever), 1);
  bench->advance_to(10);
  CHECK(bench->replica.next_change() == kNoChange);
  bench->arrive(request(1, 500), 3);
  bench->advance_to(100'000);
  REQUIRE(bench->reports.size() == 1);
  CHECK(bench->replica.take_unfinished(100'000).size() == 1);
}

TEST_CASE("a short prompt that comes while the head lacks memory joins at the next boundary") {
  Parameters parameters;
  parameters.set("by", 0);
  parameters.set("error", 0);
  const auto order = declare_shortest_first().make(parameters);
  BenchReplica bench(constant_costs(), {.blocks = 10, .context = 160}, nullptr, nullptr, order.get());
  bench.arrive(request(0, 0, 16), 100);
  bench.arrive(request(1, 1, 150), 1);
  bench.arrive(request(2, 25, 16), 1);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 3);
  CHECK(bench.reports[0].request.id == 2);
  CHECK(bench.reports[0].admitted == 30);
  CHECK(bench.reports[2].request.id == 1);
}

}  // namespace
}  // namespace idlewatt
