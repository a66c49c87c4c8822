// Scaling, merging and opening of streams, and their statistics.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/merge.hpp"
#include "traffic/open.hpp"
#include "traffic/scale.hpp"
#include "traffic/statistics.hpp"

namespace idlewatt {
namespace {

/// A request every second, each told by its prompt tokens.
std::vector<Request> one_a_second(int count) {
  std::vector<Request> requests;
  for (int i = 0; i < count; ++i) {
    requests.push_back(test::request_at(i * kTicksPerSecond, i + 1));
  }
  return requests;
}

std::vector<Request> scaled(const std::vector<Request>& requests, double scale, std::uint64_t seed = 1) {
  return test::read_all(*scale_rate(std::make_unique<test::ListReader>(requests), scale, seed, "trace"));
}

template <class... Lists>
std::vector<Request> merged(const Lists&... lists) {
  std::vector<std::unique_ptr<TraceReader>> streams;
  (streams.push_back(std::make_unique<test::ListReader>(lists)), ...);
  return test::read_all(*merge(std::move(streams)));
}

TrafficSource source(GeneratedTraffic traffic, double scale = 1.0) {
  TrafficSource result;
  result.name = traffic.name;
  result.generated = std::move(traffic);
  result.scale = scale;
  return result;
}

GeneratedTraffic ten_minutes() {
  GeneratedTraffic traffic = test::chat_spiky_day();
  traffic.duration_s = 600.0;
  return traffic;
}

}  // namespace

TEST_CASE("Scale 1 changes nothing") {
  const std::vector<Request> requests = one_a_second(100);
  const std::vector<Request> same = scaled(requests, 1.0);
  REQUIRE(same.size() == requests.size());
  for (std::size_t i = 0; i < same.size(); ++i) {
    CHECK(same[i].arrival == requests[i].arrival);
    CHECK(same[i].prompt_tokens == requests[i].prompt_tokens);
  }
}

TEST_CASE("Scale 3 keeps each arrival and adds two copies within a minute") {
  const std::vector<Request> requests = scaled(one_a_second(1000), 3.0);
  REQUIRE(requests.size() == 3000);
  std::map<std::int32_t, std::vector<Ticks>> delays;
  Ticks last = 0;
  for (const Request& request : requests) {
    REQUIRE(request.arrival >= last);
    last = request.arrival;
    delays[request.prompt_tokens].push_back(request.arrival - (request.prompt_tokens - 1) * kTicksPerSecond);
  }
  double sum_s = 0.0;
  for (const auto& [number, of_request] : delays) {
    REQUIRE(of_request.size() == 3);
    REQUIRE(of_request.front() == 0);
    REQUIRE(of_request.back() < 60 * kTicksPerSecond);
    sum_s += to_seconds(of_request[1]) + to_seconds(of_request[2]);
  }
  CHECK(sum_s / 2000.0 == Approx(30.0).epsilon(0.05));
}

TEST_CASE("A fraction is a coin for each request, and smaller fractions keep a subset") {
  const std::vector<Request> trace = one_a_second(20'000);
  const std::vector<Request> half = scaled(trace, 0.5);
  CHECK(static_cast<double>(half.size()) == Approx(10'000.0).margin(5.0 * std::sqrt(5000.0)));
  for (const Request& request : half) {
    REQUIRE(request.arrival == (request.prompt_tokens - 1) * kTicksPerSecond);
  }
  const std::vector<Request> third = scaled(trace, 1.0 / 3.0);
  CHECK(std::includes(half.begin(), half.end(), third.begin(), third.end(),
                      [](const Request& a, const Request& b) { return a.arrival < b.arrival; }));
  CHECK(static_cast<double>(scaled(trace, 2.25).size()) == Approx(45'000.0).margin(5.0 * std::sqrt(3750.0)));
}

TEST_CASE("Scaling is decided by the seed") {
  const std::vector<Request> trace = one_a_second(1000);
  const auto arrivals = [](const std::vector<Request>& requests) {
    std::vector<Ticks> result;
    for (const Request& request : requests) {
      result.push_back(request.arrival);
    }
    return result;
  };
  CHECK(arrivals(scaled(trace, 1.5, 7)) == arrivals(scaled(trace, 1.5, 7)));
  CHECK(arrivals(scaled(trace, 1.5, 7)) != arrivals(scaled(trace, 1.5, 8)));
}

TEST_CASE("A scale that makes no sense is an input error") {
  for (const double scale : {0.0, -1.0, 1e7, std::nan("")}) {
    CHECK_THROWS_AS(scaled({}, scale), InputError);
  }
  CHECK(scaled({}, 2.0).empty());
}

TEST_CASE("Streams merge in order of arrival, ties to the lower stream, numbered from 0") {
  const std::vector<Request> a = {test::request_at(10, 1), test::request_at(20, 2), test::request_at(20, 3)};
  const std::vector<Request> b = {test::request_at(5, 4), test::request_at(20, 5), test::request_at(kNever, 6)};
  const std::vector<Request> empty;
  const std::vector<Request> requests = merged(a, empty, b);
  REQUIRE(requests.size() == 6);
  const std::vector<std::int32_t> expected_prompts = {4, 1, 2, 3, 5, 6};
  const std::vector<std::int32_t> expected_streams = {2, 0, 0, 0, 2, 2};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(requests[i].id == static_cast<std::int64_t>(i));
    CHECK(requests[i].prompt_tokens == expected_prompts[i]);
    CHECK(requests[i].stream.value() == expected_streams[i]);
  }
}

TEST_CASE("One stream is numbered, and none is empty") {
  const std::vector<Request> requests = merged(one_a_second(3));
  REQUIRE(requests.size() == 3);
  CHECK(requests[2].id == 2);
  CHECK(requests[2].stream == StreamId(0));
  CHECK(merged().empty());
  CHECK(merged(std::vector<Request>{}, std::vector<Request>{}).empty());
}

TEST_CASE("Traffic opens as one numbered stream; equal sources are independent") {
  const std::vector<Request> requests =
      test::read_all(*open_traffic({source(ten_minutes()), source(ten_minutes(), 2.0)}, 1));
  std::array<std::vector<Ticks>, 2> arrivals;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    REQUIRE(requests[i].id == static_cast<std::int64_t>(i));
    arrivals[requests[i].stream.index()].push_back(requests[i].arrival);
  }
  // The first is what it would be alone; the second is not the first again.
  const std::vector<Request> alone = test::read_all(*open_traffic({source(ten_minutes())}, 1));
  REQUIRE(alone.size() == arrivals[0].size());
  CHECK(alone.back().arrival == arrivals[0].back());
  std::vector<Ticks> both;
  std::set_intersection(arrivals[0].begin(), arrivals[0].end(), arrivals[1].begin(), arrivals[1].end(),
                        std::back_inserter(both));
  CHECK(both.size() < 10);
}

TEST_CASE("A source that names both or neither of its kinds is an input error") {
  CHECK_THROWS_AS(open_traffic({TrafficSource{}}, 1), InputError);
  TrafficSource both = source(ten_minutes());
  both.file = TraceFile{.format = &trace_format("azure-llm"), .path = "trace.csv"};
  CHECK_THROWS_AS(open_traffic({both}, 1), InputError);
}

TEST_CASE("Statistics count peaks in aligned windows") {
  TrafficStatistics statistics;
  for (const Request& request : one_a_second(120)) {
    statistics.add(request);
  }
  for (int extra = 0; extra < 60; ++extra) {
    statistics.add(test::request_at(120 * kTicksPerSecond + extra, 500));
  }
  const Ticks duration = 180 * kTicksPerSecond;
  CHECK(statistics.count() == 180);
  CHECK(statistics.mean_rate_rps(duration) == Approx(1.0));
  CHECK(statistics.peak_to_mean_1s(duration) == Approx(60.0));
  CHECK(statistics.peak_to_mean_10s(duration) == Approx(6.0));
  CHECK(statistics.peak_to_mean_1min(duration) == Approx(1.0));
  CHECK(statistics.prompt_tokens().mean() == Approx((121.0 * 60.0 + 60.0 * 500.0) / 180.0));
  CHECK(TrafficStatistics().peak_to_mean_1s(duration) == 0.0);
}

TEST_CASE("The token histogram is exact below 256 tokens and within 0.4 % above") {
  TokenHistogram small;
  for (std::int32_t tokens = 1; tokens <= 200; ++tokens) {
    small.add(tokens);
  }
  CHECK(small.quantile(0.0) == 1.0);
  CHECK(small.quantile(0.5) == 100.0);
  CHECK(small.quantile(1.0) == 200.0);
  for (const std::int32_t tokens : {0, 255, 256, 257, 511, 512, 1000, 123'456, 2'147'483'647}) {
    TokenHistogram one;
    one.add(tokens);
    CHECK(one.quantile(0.5) == Approx(static_cast<double>(tokens)).epsilon(0.004));
    CHECK(one.mean() == static_cast<double>(tokens));
  }
  CHECK(TokenHistogram().quantile(0.5) == 0.0);
}

}  // namespace idlewatt
