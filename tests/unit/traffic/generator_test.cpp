#include "traffic/generator.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/statistics.hpp"

namespace idlewatt {
namespace {

GeneratedTraffic constant(double rate_rps, double duration_s) {
  GeneratedTraffic traffic = test::chat_spiky_day();
  traffic.name = "constant";
  traffic.hour_profile.clear();
  traffic.spikes = {};
  traffic.mean_rate_rps = rate_rps;
  traffic.duration_s = duration_s;
  return traffic;
}

std::vector<Request> generated(const GeneratedTraffic& traffic, double scale = 1.0, std::uint64_t seed = 1) {
  return test::read_all(*generate(traffic, scale, seed));
}

TrafficStatistics statistics(const GeneratedTraffic& traffic, double scale = 1.0, std::uint64_t seed = 1) {
  TrafficStatistics result;
  const std::unique_ptr<TraceReader> reader = generate(traffic, scale, seed);
  for (Request request; reader->next(request);) {
    result.add(request);
  }
  return result;
}

}  // namespace

TEST_CASE("Constant traffic has exponential gaps of the stated mean") {
  const std::vector<Request> requests = generated(constant(10.0, 20'000.0));
  // 200,000 +- 5 standard deviations of a Poisson count.
  CHECK(static_cast<double>(requests.size()) == Approx(200'000.0).margin(5.0 * std::sqrt(200'000.0)));
  double square_sum = 0.0;
  for (std::size_t i = 1; i < requests.size(); ++i) {
    REQUIRE(requests[i].arrival >= requests[i - 1].arrival);
    const double gap = to_seconds(requests[i].arrival - requests[i - 1].arrival);
    square_sum += gap * gap;
  }
  CHECK(square_sum / static_cast<double>(requests.size()) == Approx(2.0 / 100.0).epsilon(0.03));
  CHECK(to_seconds(requests.back().arrival) < 20'000.0);
}

TEST_CASE("The rate follows the hour profile, linear between the hours' middles, mean 1 over the day") {
  GeneratedTraffic traffic = constant(100.0, 86400.0 * 2);
  traffic.hour_profile = {1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 0, 0, 3, 3, 3, 1, 1, 1, 1, 1, 1};
  double sum = 0.0;
  for (const double relative : traffic.hour_profile) {
    sum += relative;
  }
  std::array<double, 48> half_hours{};  // both days together
  const std::unique_ptr<TraceReader> reader = generate(traffic, 1.0, 1);
  for (Request request; reader->next(request);) {
    half_hours[static_cast<std::size_t>(request.arrival / (1800 * kTicksPerSecond)) % 48] += 1.0;
  }
  double total = 0.0;
  for (std::size_t half = 0; half < 48; ++half) {
    const std::size_t hour = half / 2;
    const std::size_t neighbour = half % 2 == 0 ? (hour + 23) % 24 : (hour + 1) % 24;
    // The mean of a line from the middle of the hour to the edge, which is half-way to its neighbour's middle.
    const double relative = 0.75 * traffic.hour_profile[hour] + 0.25 * traffic.hour_profile[neighbour];
    const double expected = 2.0 * 1800.0 * 100.0 * relative / (sum / 24.0);
    CHECK(half_hours[half] == Approx(expected).margin(5.0 * std::sqrt(expected) + 0.5));
    total += half_hours[half];
  }
  CHECK(total == Approx(2.0 * 86400.0 * 100.0).epsilon(0.002));
  CHECK(half_hours[27] + half_hours[28] == 0.0);  // 13:30 to 14:30, between two middles at 0
}

TEST_CASE("A spike rises at once and decays exponentially; overlapping spikes add up") {
  GeneratedTraffic traffic = constant(1.0, 86400.0 * 10);
  traffic.spikes = {200.0, 4.0, 6.0, 300.0};
  // Mean height 5; the count of spikes varies (2000 +- 45), and so do their heights.
  const double expected = 10.0 * 200.0 * 5.0 * 300.0;
  CHECK(static_cast<double>(statistics(traffic).count()) - traffic.duration_s == Approx(expected).epsilon(0.08));

  // A single spike, of known height: how its excess decays.
  traffic.spikes = {1.0, 1000.0, 1000.0, 600.0};
  traffic.duration_s = 86400.0;
  traffic.mean_rate_rps = 1.0;
  std::vector<double> minutes(1440);
  for (const Request& request : generated(traffic, 1.0, 3)) {
    minutes[static_cast<std::size_t>(request.arrival / (60 * kTicksPerSecond))] += 1.0;
  }
  const auto peak = static_cast<std::size_t>(std::max_element(minutes.begin(), minutes.end()) - minutes.begin());
  REQUIRE(peak > 1);
  REQUIRE(peak < 1400);
  CHECK(minutes[peak - 2] < 200.0);
  CHECK(minutes[peak] > 50'000.0);
  CHECK(minutes[peak + 11] / minutes[peak + 1] == Approx(std::exp(-1.0)).epsilon(0.03));
  CHECK(minutes[peak + 31] / minutes[peak + 1] == Approx(std::exp(-3.0)).epsilon(0.06));
}

TEST_CASE("The spiky day of chat has a busiest minute of at least 4 times the mean minute") {
  const GeneratedTraffic traffic = test::chat_spiky_day();
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    const TrafficStatistics day = statistics(traffic, 1.0, seed);
    const Ticks duration = to_ticks(traffic.duration_s);
    CHECK(day.peak_to_mean_1min(duration) >= 4.0);
    CHECK(day.peak_to_mean_1s(duration) >= day.peak_to_mean_10s(duration));
    CHECK(day.peak_to_mean_10s(duration) >= day.peak_to_mean_1min(duration));
    CHECK(day.mean_rate_rps(duration) == Approx(20.0 * (1.0 + 12.0 * 5.0 * 120.0 / 86400.0)).epsilon(0.08));
  }
}

TEST_CASE("Token lengths follow their quantiles, and the trace's means within 1 %") {
  const GeneratedTraffic traffic = test::chat_spiky_day();
  const TrafficStatistics day = statistics(traffic);
  CHECK(day.prompt_tokens().mean() == Approx(1154.7).epsilon(0.01));
  CHECK(day.output_tokens().mean() == Approx(211.1).epsilon(0.01));
  CHECK(traffic.prompt_tokens.mean() == Approx(1154.7).epsilon(0.01));
  CHECK(traffic.output_tokens.mean() == Approx(211.1).epsilon(0.01));
  for (const double p : {0.03, 0.1, 0.3, 0.5, 0.65, 0.9, 0.97, 0.99}) {
    CHECK(day.prompt_tokens().quantile(p) == Approx(traffic.prompt_tokens.at(p)).epsilon(0.02));
    CHECK(day.output_tokens().quantile(p) == Approx(traffic.output_tokens.at(p)).epsilon(0.02));
  }
}

TEST_CASE("A quantile table interpolates, and tokens are at least 1") {
  const QuantileTable table{{0.0, 0.5, 1.0}, {0.0, 10.0, 110.0}};
  CHECK(table.at(0.0) == 0.0);
  CHECK(table.at(0.25) == 5.0);
  CHECK(table.at(0.5) == 10.0);
  CHECK(table.at(0.75) == 60.0);
  CHECK(table.at(1.0) == 110.0);
  CHECK(table.mean() == 32.5);

  GeneratedTraffic traffic = constant(10.0, 10'000.0);
  traffic.prompt_tokens = {{0.0, 1.0}, {0.0, 2.0}};
  traffic.output_tokens = {{0.0, 1.0}, {7.0, 7.0}};
  std::array<int, 3> counts{};
  for (const Request& request : generated(traffic)) {
    REQUIRE(request.prompt_tokens >= 1);
    REQUIRE(request.prompt_tokens <= 2);
    REQUIRE(request.output_tokens == 7);
    ++counts[static_cast<std::size_t>(request.prompt_tokens)];
  }
  CHECK(counts[1] == Approx(3.0 * counts[2]).epsilon(0.05));  // all below 1.5, of 0 to 2
}

TEST_CASE("The seed decides everything; token lengths and spikes change no other draw") {
  GeneratedTraffic traffic = test::chat_spiky_day();
  traffic.duration_s = 7200.0;
  traffic.spikes.per_day = 200.0;
  const std::vector<Request> requests = generated(traffic);
  const auto arrivals_equal = [](const std::vector<Request>& a, const std::vector<Request>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Request& x, const Request& y) { return x.arrival == y.arrival; });
  };
  const auto prompts_equal = [](const std::vector<Request>& a, const std::vector<Request>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Request& x, const Request& y) { return x.prompt_tokens == y.prompt_tokens; });
  };
  const std::vector<Request> again = generated(traffic);
  CHECK(arrivals_equal(requests, again));
  CHECK(prompts_equal(requests, again));
  CHECK_FALSE(arrivals_equal(requests, generated(traffic, 1.0, 2)));

  GeneratedTraffic other = traffic;
  other.output_tokens = {{0.0, 1.0}, {1.0, 9.0}};
  const std::vector<Request> other_lengths = generated(other);
  CHECK(arrivals_equal(requests, other_lengths));
  CHECK(prompts_equal(requests, other_lengths));
  other.name = "another";
  CHECK_FALSE(arrivals_equal(requests, generated(other)));

  // The profile's arrivals are the same with and without spikes.
  GeneratedTraffic calm = traffic;
  calm.spikes = {};
  const std::vector<Request> base = generated(calm);
  CHECK(base.size() < requests.size());
  CHECK(std::includes(requests.begin(), requests.end(), base.begin(), base.end(),
                      [](const Request& x, const Request& y) { return x.arrival < y.arrival; }));
}

TEST_CASE("Scale multiplies the rate of generated traffic") {
  const GeneratedTraffic traffic = test::chat_spiky_day();
  const auto once = static_cast<double>(statistics(traffic).count());
  CHECK(static_cast<double>(statistics(traffic, 0.25).count()) == Approx(0.25 * once).epsilon(0.01));
  CHECK(static_cast<double>(statistics(traffic, 2.5).count()) == Approx(2.5 * once).epsilon(0.01));
}

TEST_CASE("No rate or no duration gives no requests") {
  CHECK(generated(constant(0.0, 1e6)).empty());
  CHECK(generated(constant(10.0, 0.0)).empty());
}

TEST_CASE("Figures that make no sense are input errors") {
  const auto message = [](auto change, double scale = 1.0) -> std::string {
    GeneratedTraffic traffic = test::chat_spiky_day();
    change(traffic);
    try {
      generate(traffic, scale, 1);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };
  const auto nothing = [](GeneratedTraffic&) {};
  CHECK(message(nothing) == "no error");
  CHECK(message(nothing, 0.0) == "chat-spiky-day: scale makes no sense (expected a number above 0, at most 1e9)");
  CHECK(message(nothing, std::nan("")).find("scale") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.hour_profile.pop_back(); }) ==
        "chat-spiky-day: hour_profile makes no sense (expected 24 numbers, or none)");
  CHECK(message([](GeneratedTraffic& t) { t.hour_profile[3] = -1.0; }).find("hour_profile") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.hour_profile.assign(24, 0.0); }).find("hour_profile") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.mean_rate_rps = -1.0; }).find("mean_rate") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.duration_s = std::nan(""); }).find("duration") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.duration_s = 1e12; }).find("duration") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.spikes.height_min = 7.0; }).find("spikes.height") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.spikes.decay_s = 0.0; }).find("spikes.decay") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.prompt_tokens = {}; }).find("prompt_tokens") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.output_tokens.value[2] = 0.0; }).find("out of order") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) { t.output_tokens.value.back() = 1e10; }).find("1e9") != std::string::npos);
}

}  // namespace idlewatt
