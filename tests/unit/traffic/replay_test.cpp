// Cutting, repeating, sampling, compressing and shifting streams.
#include <cmath>
#include <set>

#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/statistics.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {
namespace {

/// `count` requests, one every second from time 0 on, in sessions of four, each with a deadline a second later.
ReplayableTrace seconds_of(int count) {
  return {[count]() {
    std::vector<Request> requests;
    for (int i = 0; i < count; ++i) {
      requests.push_back(test::request_at(i * kTicksPerSecond, i + 1));
      requests.back().session = static_cast<std::uint64_t>(1 + i / 4);
      requests.back().deadline = (i + 1) * kTicksPerSecond;
    }
    return std::make_unique<test::ListReader>(std::move(requests));
  }};
}

std::vector<Request> played(const ReplayableTrace& trace, const Transforms& transforms, double scale = 1.0,
                            std::uint64_t seed = 1) {
  return test::read_all(*transform(trace, transforms, scale, seed, "trace"));
}

}  // namespace

TEST_CASE("A cut keeps what arrives within it, and starts at time 0") {
  Transforms transforms;
  transforms.cut_from = 3 * kTicksPerSecond;
  transforms.cut_to = 5 * kTicksPerSecond;
  const auto requests = played(seconds_of(10), transforms);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].arrival == 0);
  CHECK(requests[0].prompt_tokens == 4);
  CHECK(requests[0].deadline == kTicksPerSecond);
  CHECK(transformed_end(seconds_of(10), transforms, 1.0) == kTicksPerSecond);
}

TEST_CASE("A trace repeats with its own length, its cut's, or a period given") {
  Transforms transforms;
  transforms.repeat = 3;
  auto requests = played(seconds_of(5), transforms);
  REQUIRE(requests.size() == 15);
  for (int i = 0; i < 15; ++i) {
    CHECK(requests[static_cast<std::size_t>(i)].arrival == i * kTicksPerSecond);
    CHECK(requests[static_cast<std::size_t>(i)].prompt_tokens == i % 5 + 1);
  }
  CHECK(transformed_end(seconds_of(5), transforms, 1.0) == 14 * kTicksPerSecond);
  transforms.repeat_every = 60 * kTicksPerSecond;
  requests = played(seconds_of(5), transforms);
  CHECK(requests[14].arrival == 124 * kTicksPerSecond);
  CHECK(transformed_end(seconds_of(5), transforms, 1.0) == 124 * kTicksPerSecond);
  transforms.repeat_every = 2 * kTicksPerSecond;
  CHECK_THROWS_AS(played(seconds_of(5), transforms), InputError);
  transforms.repeat_every = 0;
  transforms.cut_to = 30 * kTicksPerSecond;
  CHECK(played(seconds_of(5), transforms)[5].arrival == 30 * kTicksPerSecond);
  Transforms twice;
  twice.repeat = 2;
  CHECK(played(seconds_of(1), twice)[1].arrival == kTicksPerSecond);
}

TEST_CASE("Compression divides times by the scale, a shift adds to them") {
  Transforms transforms;
  transforms.scale_by = ScaleBy::compression;
  transforms.shift = 7 * kTicksPerSecond;
  const auto requests = played(seconds_of(5), transforms, 4.0);
  REQUIRE(requests.size() == 5);
  CHECK(requests[4].arrival == 8 * kTicksPerSecond);
  CHECK(requests[4].deadline == 9 * kTicksPerSecond);
  CHECK(transformed_end(seconds_of(5), transforms, 4.0) == 8 * kTicksPerSecond);
  CHECK_THROWS_AS(played(seconds_of(5), transforms, 1e-9), InputError);
}

TEST_CASE("A sample keeps a share, whole sessions where asked, and more at a larger share") {
  Transforms transforms;
  transforms.sample = 0.25;
  const auto few = played(seconds_of(40'000), transforms);
  CHECK(static_cast<double>(few.size()) == Approx(10'000).epsilon(0.05));
  CHECK(played(seconds_of(40'000), transforms, 1.0, 2).size() != few.size());
  transforms.sample = 0.5;
  std::set<std::int32_t> more;
  for (const Request& request : played(seconds_of(40'000), transforms)) {
    more.insert(request.prompt_tokens);
  }
  for (const Request& request : few) {
    REQUIRE(more.count(request.prompt_tokens) == 1);
  }
  transforms.sample_by = SampleBy::session;
  const auto sessions = played(seconds_of(40'000), transforms);
  CHECK(static_cast<double>(sessions.size()) == Approx(20'000).epsilon(0.05));
  for (std::size_t i = 0; i < sessions.size(); i += 4) {
    REQUIRE(sessions[i].session == sessions[i + 3].session);
  }
}

TEST_CASE("A sample does not change the period of a repetition") {
  Transforms transforms;
  transforms.repeat = 2;
  transforms.sample = 0.3;
  const auto requests = played(seconds_of(100), transforms);
  const std::size_t half = requests.size() / 2;
  REQUIRE(requests.size() % 2 == 0);
  CHECK(requests[half].arrival - requests[0].arrival == 100 * kTicksPerSecond);
}

TEST_CASE("Statistics: gaps, dispersion, hours and reuse") {
  TrafficStatistics even;
  for (int i = 0; i < 7200; ++i) {
    Request request = test::request_at(i * kTicksPerSecond);
    request.semantic_key = static_cast<std::uint64_t>(i % 10 == 0 ? 0 : 1 + i % 3);
    request.prefix_blocks = {static_cast<std::uint64_t>(i), 7};
    even.add(request);
  }
  CHECK(even.gap_cv() == Approx(0.0).margin(1e-9));
  CHECK(even.dispersion_1min() == Approx(0.0).margin(1e-9));
  CHECK(even.hour_rates_rps()[0] == Approx(1.0));
  CHECK(std::isnan(even.hour_rates_rps()[2]));
  CHECK(even.semantic_keys().count() == 6480);
  CHECK(even.semantic_keys().repeat_rate() == Approx(1.0 - 3.0 / 6480.0));
  CHECK(even.prefix_blocks().repeat_rate() == Approx(7200.0 / 14400.0));
  KeyReuse many;
  for (std::uint64_t key = 0; key < 3'000'000; ++key) {
    many.add(key);
    many.add(key);
  }
  CHECK(many.count() == 6'000'000);
  CHECK(many.repeat_rate() == Approx(0.5));
}

}  // namespace idlewatt
