#include "traffic/closed_loop.hpp"

#include <cmath>

#include "support.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

GeneratedTraffic clients(std::int32_t count, double sigma) {
  GeneratedTraffic traffic;
  traffic.name = "loop";
  traffic.duration_s = 3600.0;
  traffic.closed_loop = {count, {10.0, sigma}};
  traffic.prompt_tokens = {{0.0, 1.0}, {1.0, 1000.0}};
  traffic.output_tokens = {{0.0, 1.0}, {1.0, 1000.0}};
  return traffic;
}

}  // namespace

TEST_CASE("Clients send a number of requests in all, from time 0 on where they do not think") {
  GeneratedTraffic traffic = clients(2, 0.0);
  traffic.closed_loop = {.clients = 2, .think_time = {}, .requests = 3};
  ClosedLoopClients loop(traffic, 1, 100);
  Request first;
  Request second;
  Request third;
  REQUIRE(loop.take(first));
  REQUIRE(loop.take(second));
  CHECK(first.arrival == 0);
  CHECK(second.arrival == 0);
  CHECK(loop.next_arrival() == kNever);
  loop.completed(second, 5);
  CHECK(loop.next_arrival() == 5);
  REQUIRE(loop.take(third));
  CHECK(third.session == second.session);
  loop.completed(first, 6);
  loop.completed(third, 7);
  CHECK(loop.next_arrival() == kNever);
  CHECK_FALSE(loop.take(third));

  traffic.closed_loop.requests = 0;
  CHECK_THROWS_AS(ClosedLoopClients(traffic, 1), InputError);
}

TEST_CASE("A closed-loop client asks a think time after its last request ended, and not before") {
  ClosedLoopClients loop(clients(2, 0.0), 1, 100);
  CHECK(loop.next_arrival() == to_ticks(10.0));
  Request first;
  Request second;
  REQUIRE(loop.take(first));
  REQUIRE(loop.take(second));
  CHECK(first.arrival == to_ticks(10.0));
  CHECK(first.tenant == 0);  // of equal times, the lower goes first
  CHECK(first.session == 100);
  CHECK(second.tenant == 1);
  CHECK(second.session == 101);
  CHECK(first.prompt_tokens >= 1);

  CHECK(loop.next_arrival() == kNever);
  Request none;
  CHECK_FALSE(loop.take(none));
  loop.completed(second, to_ticks(12.0));
  CHECK(loop.next_arrival() == to_ticks(22.0));
  loop.completed(first, to_ticks(11.0));
  CHECK(loop.next_arrival() == to_ticks(21.0));
  loop.completed(first, to_ticks(15.0));  // it is not waiting any more
  CHECK(loop.next_arrival() == to_ticks(21.0));
  Request stranger;
  stranger.session = 99;
  loop.completed(stranger, 0);
  stranger.session = 102;
  loop.completed(stranger, 0);
  CHECK(loop.next_arrival() == to_ticks(21.0));

  // Beyond the duration nobody asks.
  REQUIRE(loop.take(first));
  REQUIRE(loop.take(second));
  loop.completed(first, to_ticks(3589.5));
  loop.completed(second, to_ticks(3590.0));
  CHECK(loop.next_arrival() == to_ticks(3599.5));
  REQUIRE(loop.take(first));
  loop.completed(first, kNever);
  CHECK(loop.next_arrival() == kNever);
}

TEST_CASE("No clients ask nothing, and think times are lognormal") {
  ClosedLoopClients nobody(clients(0, 0.0), 1);
  CHECK(nobody.next_arrival() == kNever);
  Request request;
  CHECK_FALSE(nobody.take(request));
  nobody.completed(request, 0);

  ClosedLoopClients many(clients(20'000, 0.5), 1);
  double sum = 0.0;
  double squares = 0.0;
  double count = 0.0;
  Ticks last = 0;
  while (many.take(request)) {
    REQUIRE(request.arrival >= last);
    last = request.arrival;
    const double logarithm = std::log(to_seconds(request.arrival) / 10.0);
    sum += logarithm;
    squares += logarithm * logarithm;
    count += 1.0;
  }
  CHECK(count == 20'000.0);
  CHECK(sum / count == Approx(0.0).margin(0.02));
  CHECK(std::sqrt(squares / count) == Approx(0.5).epsilon(0.03));
}

TEST_CASE("What a client asks does not depend on when others, or it, were answered") {
  const auto asked = [](Ticks service, std::int32_t whose) {
    ClosedLoopClients loop(clients(5, 1.0), 7);
    std::vector<std::int32_t> prompts;
    std::vector<Ticks> thoughts;
    std::vector<Ticks> ends(5);
    for (Request request; loop.take(request) && prompts.size() < 20;) {
      if (request.tenant == whose) {
        prompts.push_back(request.prompt_tokens);
        thoughts.push_back(request.arrival - ends[static_cast<std::size_t>(whose)]);
      }
      ends[static_cast<std::size_t>(request.tenant)] = request.arrival + service;
      loop.completed(request, request.arrival + service);
    }
    return std::pair(prompts, thoughts);
  };
  CHECK(asked(to_ticks(0.1), 3) == asked(to_ticks(5.0), 3));
  CHECK(asked(to_ticks(0.1), 3) != asked(to_ticks(0.1), 4));
}

TEST_CASE("Closed-loop clients that make no sense are input errors") {
  GeneratedTraffic traffic = clients(-1, 0.0);
  CHECK_THROWS_AS(ClosedLoopClients(traffic, 1), InputError);
  traffic = clients(1, -1.0);
  CHECK_THROWS_AS(ClosedLoopClients(traffic, 1), InputError);
}

}  // namespace idlewatt
