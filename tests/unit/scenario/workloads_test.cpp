// The traffic described in workloads/ has the figures that it was fitted to.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "scenario/traffic/read_workload.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"
#include "traffic/token_lengths.hpp"

namespace idlewatt {
namespace {

GeneratedTraffic workload(const std::string& name) {
  const std::string path = source_dir() + "/workloads/" + name + ".yaml";
  return read_workload(parse_yaml(read_text_file(path), path));
}

using Hours = std::vector<double>;

double mean(const Hours& hours) {
  return std::accumulate(hours.begin(), hours.end(), 0.0) / static_cast<double>(hours.size());
}

double variation(const Hours& hours) {
  const double centre = mean(hours);
  double square = 0.0;
  for (const double hour : hours) {
    square += (hour - centre) * (hour - centre);
  }
  return std::sqrt(square / static_cast<double>(hours.size())) / centre;
}

/// The mean over the days of their busiest hour over their quietest.
double peak_to_trough(const Hours& hours) {
  double sum = 0.0;
  for (auto day = hours.begin(); day != hours.end(); day += 24) {
    sum += *std::max_element(day, day + 24) / *std::min_element(day, day + 24);
  }
  return sum / (static_cast<double>(hours.size()) / 24.0);
}

struct Week {
  Hours hours = Hours(168);

  Hours weekdays() const { return {hours.begin(), hours.begin() + 120}; }
  Hours weekend() const { return {hours.begin() + 120, hours.end()}; }
  double headroom(double p) const {
    Hours sorted = hours;
    std::sort(sorted.rbegin(), sorted.rend());
    return 1.0 - sorted[static_cast<std::size_t>(p * 168.0)] / sorted.front();
  }
};

// A fifth of the traffic, for speed: enough for the quietest hours.
Week sampled(const GeneratedTraffic& traffic) {
  Week week;
  const std::unique_ptr<TraceReader> reader = generate(traffic, 0.2, 1);
  for (Request request; reader->next(request);) {
    week.hours[static_cast<std::size_t>(request.arrival / (3600 * kTicksPerSecond))] += 5.0;
  }
  return week;
}

void check_quantiles(const QuantileTable& tokens, double p50, double p90, double p95, double p99) {
  CHECK(tokens.at(0.50) == p50);
  CHECK(tokens.at(0.90) == p90);
  CHECK(tokens.at(0.95) == p95);
  CHECK(tokens.at(0.99) == p99);
}

struct Hour {
  double rate_rps = 0.0;
  double gap_cv = 0.0;
  double minute_cv = 0.0;
  double peak_to_mean = 0.0;
  double longest_silence_s = 0.0;
};

// The mean over some seeds: one hour of a slow on/off rate is a small sample.
Hour sampled_hours(const GeneratedTraffic& traffic, int seeds) {
  Hour sum;
  for (int seed = 1; seed <= seeds; ++seed) {
    Hours minutes(60);
    Hours gaps;
    double last = 0.0;
    const std::unique_ptr<TraceReader> reader = generate(traffic, 1.0, static_cast<std::uint64_t>(seed));
    for (Request request; reader->next(request);) {
      const double now = to_seconds(request.arrival);
      minutes[static_cast<std::size_t>(now / 60.0)] += 1.0;
      gaps.push_back(now - last);
      last = now;
    }
    sum.rate_rps += static_cast<double>(gaps.size()) / 3600.0 / seeds;
    sum.gap_cv += variation(gaps) / seeds;
    sum.minute_cv += variation(minutes) / seeds;
    sum.peak_to_mean += *std::max_element(minutes.begin(), minutes.end()) / mean(minutes) / seeds;
    sum.longest_silence_s += *std::max_element(gaps.begin(), gaps.end()) / seeds;
  }
  return sum;
}

}  // namespace

TEST_CASE("chat-hour is like Azure's conversation trace of 2023") {
  const GeneratedTraffic traffic = workload("chat-hour");
  const Hour hour = sampled_hours(traffic, 40);
  CHECK(hour.rate_rps == Approx(5.53).epsilon(0.05));
  CHECK(hour.gap_cv == Approx(1.094).epsilon(0.04));
  CHECK(hour.minute_cv == Approx(0.22).epsilon(0.15));
  CHECK(hour.peak_to_mean == Approx(1.52).epsilon(0.12));
  CHECK(traffic.prompt_tokens.mean() == Approx(1154.7).epsilon(0.01));
  CHECK(traffic.output_tokens.mean() == Approx(211.1).epsilon(0.01));
}

TEST_CASE("code-hour has minutes of more than four times the mean, and long silences") {
  const GeneratedTraffic traffic = workload("code-hour");
  const Hour hour = sampled_hours(traffic, 40);
  CHECK(hour.rate_rps == Approx(2.5).epsilon(0.15));
  CHECK(hour.peak_to_mean > 4.0);
  CHECK(hour.longest_silence_s > 300.0);
  CHECK(traffic.prompt_tokens.at(0.5) == Approx(1500.0).epsilon(0.001));
  CHECK(traffic.output_tokens.at(0.5) == Approx(13.0).epsilon(0.001));
  CHECK(traffic.output_tokens.at(0.9) == Approx(47.0).epsilon(0.02));
}

TEST_CASE("code-week has the figures of Azure's code trace of 2024") {
  const GeneratedTraffic traffic = workload("code-week");
  const Week week = sampled(traffic);
  CHECK(168.0 * mean(week.hours) == Approx(16'803'695.0).epsilon(0.005));
  CHECK(mean(week.weekdays()) == Approx(124'202.0).epsilon(0.02));
  CHECK(mean(week.weekend()) == Approx(39'572.0).epsilon(0.02));
  CHECK(variation(week.hours) == Approx(0.848).epsilon(0.03));
  CHECK(variation(week.weekdays()) == Approx(0.716).epsilon(0.03));
  CHECK(variation(week.weekend()) == Approx(0.444).epsilon(0.05));
  CHECK(peak_to_trough(week.weekdays()) == Approx(10.0).epsilon(0.05));
  CHECK(peak_to_trough(week.weekend()) == Approx(6.4).epsilon(0.07));
  CHECK(week.headroom(0.25) == Approx(0.485).margin(0.02));
  CHECK(week.headroom(0.50) == Approx(0.798).margin(0.02));
  CHECK(week.headroom(0.75) == Approx(0.875).margin(0.02));
  const double tokens = traffic.prompt_tokens.mean() + traffic.output_tokens.mean();
  CHECK(tokens == Approx(42'579'982'075.0 / 16'803'695.0).epsilon(0.01));
  check_quantiles(traffic.output_tokens, 8, 43, 79, 271);
}

TEST_CASE("chat-week has the figures of Azure's conversation trace of 2024") {
  const GeneratedTraffic traffic = workload("chat-week");
  const Week week = sampled(traffic);
  CHECK(168.0 * mean(week.hours) == Approx(27'303'999.0).epsilon(0.005));
  CHECK(mean(week.weekdays()) == Approx(185'431.0).epsilon(0.02));
  CHECK(mean(week.weekend()) == Approx(105'255.0).epsilon(0.02));
  CHECK(variation(week.hours) == Approx(0.291).epsilon(0.03));
  CHECK(variation(week.weekdays()) == Approx(0.185).epsilon(0.03));
  CHECK(variation(week.weekend()) == Approx(0.160).epsilon(0.03));
  CHECK(peak_to_trough(week.weekdays()) == Approx(2.0).epsilon(0.03));
  CHECK(peak_to_trough(week.weekend()) == Approx(1.7).epsilon(0.03));
  CHECK(week.headroom(0.25) == Approx(0.262).margin(0.02));
  CHECK(week.headroom(0.50) == Approx(0.382).margin(0.02));
  CHECK(week.headroom(0.75) == Approx(0.541).margin(0.02));
  const double tokens = traffic.prompt_tokens.mean() + traffic.output_tokens.mean();
  CHECK(tokens == Approx(47'429'468'868.0 / 27'303'999.0).epsilon(0.01));
  check_quantiles(traffic.output_tokens, 41, 342, 455, 694);
}

TEST_CASE("Lognormal lengths have their quantiles and mean, and are clipped") {
  const QuantileTable plain = lognormal_lengths(100.0, 1.0, 1e-3, 1e6);
  CHECK(plain.at(0.5) == Approx(100.0));
  CHECK(plain.at(0.8413447460685429) == Approx(100.0 * std::exp(1.0)).epsilon(1e-4));
  CHECK(plain.mean() == Approx(100.0 * std::exp(0.5)).epsilon(0.001));
  const QuantileTable clipped = lognormal_lengths(100.0, 1.0, 50.0, 200.0);
  CHECK(clipped.at(0.0) == 50.0);
  CHECK(clipped.at(0.2) == 50.0);  // 24 % lie below
  CHECK(clipped.at(0.8) == 200.0);
  CHECK(lognormal_lengths(7.0, 0.0, 1.0, 100.0).mean() == Approx(7.0));
}

TEST_CASE("A CDF of whole numbers is met exactly") {
  // 1 with 1/2, none at 2 to 9, 10 to 13 evenly with 1/2.
  GeneratedTraffic traffic;
  traffic.name = "cdf";
  traffic.mean_rate_rps = 100.0;
  traffic.duration_s = 1000.0;
  traffic.prompt_tokens = cdf_lengths({1, 5, 9, 13, 20}, {0.5, 0.5, 0.5, 1.0, 1.0});
  traffic.output_tokens = {{0.0, 1.0}, {1.0, 1.0}};
  std::vector<double> counts(21);
  const std::unique_ptr<TraceReader> reader = generate(traffic, 1.0, 1);
  double all = 0.0;
  for (Request request; reader->next(request); all += 1.0) {
    counts.at(static_cast<std::size_t>(request.prompt_tokens)) += 1.0;
  }
  CHECK(counts[1] / all == Approx(0.5).epsilon(0.02));
  CHECK(std::accumulate(counts.begin() + 2, counts.begin() + 10, 0.0) == 0.0);
  for (std::size_t tokens = 10; tokens <= 13; ++tokens) {
    CHECK(counts[tokens] / all == Approx(0.125).epsilon(0.04));
  }
  CHECK(std::accumulate(counts.begin() + 14, counts.end(), 0.0) == 0.0);
}

}  // namespace idlewatt
