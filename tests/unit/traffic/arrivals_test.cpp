// Renewal processes, on/off rates, weekly profiles, rate tables, flash crowds, populations.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "support.hpp"
#include "support/catch.hpp"
#include "traffic/generator.hpp"
#include "traffic/rate_clock.hpp"
#include "traffic/unit_arrivals.hpp"

namespace idlewatt {
namespace {

GeneratedTraffic constant(double rate_rps, double duration_s) {
  GeneratedTraffic traffic;
  traffic.name = "constant";
  traffic.mean_rate_rps = rate_rps;
  traffic.duration_s = duration_s;
  traffic.prompt_tokens = {{0.0, 1.0}, {10.0, 10.0}};
  traffic.output_tokens = {{0.0, 1.0}, {10.0, 10.0}};
  return traffic;
}

std::vector<double> arrivals_s(const GeneratedTraffic& traffic, std::uint64_t seed = 1) {
  std::vector<double> times;
  const std::unique_ptr<TraceReader> reader = generate(traffic, 1.0, seed);
  for (Request request; reader->next(request);) {
    times.push_back(to_seconds(request.arrival));
  }
  REQUIRE(std::is_sorted(times.begin(), times.end()));
  return times;
}

struct Moments {
  double mean = 0.0;
  double cv = 0.0;
};

Moments moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double square = 0.0;
  for (const double value : values) {
    square += (value - mean) * (value - mean);
  }
  return {mean, std::sqrt(square / n) / mean};
}

Moments gaps(const std::vector<double>& times) {
  std::vector<double> differences(times.size());
  std::adjacent_difference(times.begin(), times.end(), differences.begin());
  return moments(differences);
}

std::vector<double> counts(const std::vector<double>& times, double width_s, std::size_t bins) {
  std::vector<double> result(bins);
  for (const double time : times) {
    result.at(static_cast<std::size_t>(time / width_s)) += 1.0;
  }
  return result;
}

}  // namespace

TEST_CASE("Gamma and Weibull gaps have the stated mean and coefficient of variation") {
  for (const GapLaw law : {GapLaw::gamma, GapLaw::weibull}) {
    for (const double cv : {0.3, 1.0, 2.5, 5.0}) {
      GeneratedTraffic traffic = constant(10.0, 40'000.0);
      traffic.gaps = {law, cv};
      const Moments sample = gaps(arrivals_s(traffic));
      INFO(static_cast<int>(law) << " " << cv);
      // The mean's standard error is cv / sqrt(n); the cv of heavy tails converges slowly.
      CHECK(sample.mean == Approx(0.1).epsilon(5.0 * cv / std::sqrt(400'000.0)));
      CHECK(sample.cv == Approx(cv).epsilon(cv > 2.0 ? 0.06 : 0.02));
    }
  }
}

TEST_CASE("The shape of a Weibull distribution and the normal quantile are what tables say") {
  CHECK(weibull_shape(1.0) == Approx(1.0).epsilon(1e-9));
  CHECK(weibull_shape(std::sqrt(5.0)) == Approx(0.5).epsilon(1e-9));
  CHECK(weibull_shape(std::sqrt(4.0 / 3.14159265358979 - 1.0)) == Approx(2.0).epsilon(1e-9));
  CHECK(normal_quantile(0.5) == Approx(0.0).margin(1e-12));
  CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-9));
  CHECK(normal_quantile(1e-4) == Approx(-3.719016485455709).epsilon(1e-9));
}

TEST_CASE("A bursty process begins as one that has been going on for ever") {
  for (const GapLaw law : {GapLaw::gamma, GapLaw::weibull}) {
    GeneratedTraffic traffic = constant(1.0, 3.0);
    traffic.gaps = {law, 4.0};
    double requests = 0.0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
      requests += static_cast<double>(arrivals_s(traffic, seed).size());
    }
    // Started with a whole gap it would have (cv^2 - 1) / 2 = 7.5 too many in the long run.
    CHECK(requests / 20'000.0 == Approx(3.0).epsilon(0.06));
  }
}

TEST_CASE("Under a varying rate a renewal process keeps its burstiness in rescaled time") {
  GeneratedTraffic traffic = constant(10.0, 86400.0);
  traffic.gaps = {GapLaw::gamma, 3.0};
  traffic.hour_profile = {1, 1, 1, 1, 1, 1, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2, 2, 2, 1, 1};
  const double mean = std::accumulate(traffic.hour_profile.begin(), traffic.hour_profile.end(), 0.0) / 24.0;
  std::vector<double> night;
  std::vector<double> noon;
  double last = 0.0;
  for (const double time : arrivals_s(traffic)) {
    if (time > 3600.0 && time < 6.0 * 3600.0) {
      night.push_back(time - last);
    } else if (time > 9.0 * 3600.0 && time < 17.0 * 3600.0) {
      noon.push_back(time - last);
    }
    last = time;
  }
  CHECK(moments(night).mean == Approx(mean / 10.0).epsilon(0.05));
  CHECK(moments(noon).mean == Approx(mean / 40.0).epsilon(0.05));
  CHECK(moments(night).cv == Approx(3.0).epsilon(0.06));
  CHECK(moments(noon).cv == Approx(3.0).epsilon(0.06));
}

TEST_CASE("An on/off rate keeps its mean and is silent while off") {
  GeneratedTraffic traffic = constant(10.0, 2e6);
  traffic.on_off = {30.0, 270.0, 0.0};
  const std::vector<double> silent = arrivals_s(traffic);
  // The standard error of the share of time on: variance 0.09, correlation time 27 s.
  CHECK(static_cast<double>(silent.size()) / 2e7 == Approx(1.0).margin(5.0 * 3.0 * std::sqrt(2.0 * 27.0 / 2e6)));
  std::vector<double> pauses;
  double last = 0.0;
  for (const double time : silent) {
    if (time - last > 1.0) {  // while on there are 100/s
      pauses.push_back(time - last);
    }
    last = time;
  }
  CHECK(moments(pauses).mean == Approx(270.0).epsilon(0.05));
  CHECK(moments(pauses).cv == Approx(1.0).epsilon(0.05));
  CHECK(static_cast<double>(pauses.size()) == Approx(2e6 / 300.0).epsilon(0.05));

  // With a rate while off, over a profile: the counts' mean and variance are those of the two levels.
  traffic = constant(10.0, 2e6);
  traffic.hour_profile.assign(24, 2.0);
  traffic.on_off = {600.0, 600.0, 0.5};
  const Moments minutes = moments(counts(arrivals_s(traffic), 60.0, 33'334));
  CHECK(minutes.mean == Approx(600.0).epsilon(0.05));
  CHECK(minutes.cv == Approx(1.0 / 3.0).epsilon(0.08));
}

TEST_CASE("The week follows the days' factors or its 168 hours, from time 0") {
  GeneratedTraffic traffic = constant(10.0, 14.0 * 86400.0);
  traffic.day_factors = {1, 1, 2, 1, 1, 0, 1};
  const std::vector<double> days = counts(arrivals_s(traffic), 86400.0, 14);
  for (const std::size_t week : {0U, 7U}) {
    CHECK(days[week + 3] / days[week] == Approx(1.005).epsilon(0.02));  // begins on the slope down from 2
    CHECK(days[week + 2] / days[week + 1] == Approx(1.98).epsilon(0.02));
    CHECK(days[week + 5] / days[week] < 0.02);
  }
  GeneratedTraffic hours = traffic;
  hours.day_factors.clear();
  for (const double day : traffic.day_factors) {
    hours.week_profile.insert(hours.week_profile.end(), 24, day);
  }
  CHECK(arrivals_s(hours) == arrivals_s(traffic));
}

TEST_CASE("Profiles follow the clocks of the place, also where these change") {
  GeneratedTraffic traffic = constant(10.0, 86400.0);
  traffic.hour_profile.assign(24, 0.0);
  traffic.hour_profile[6] = 1.0;  // from 05:30 to 07:30 by the clock
  const auto busiest = [&](const char* zone, std::int64_t start) {
    traffic.clock = {.zone = find_time_zone(zone).value(), .start_unix_s = start};
    double sum = 0.0;
    const std::vector<double> times = arrivals_s(traffic);
    for (const double time : times) {
      sum += time;
    }
    REQUIRE(times.size() > 1000);
    return sum / static_cast<double>(times.size()) / 3600.0;
  };
  constexpr std::int64_t kHour = 3600;
  CHECK(busiest("UTC", 1'704'067'200) == Approx(6.5).margin(0.02));                   // from midnight
  CHECK(busiest("America/Los_Angeles", 1'704'067'200) == Approx(14.5).margin(0.02));  // from 16:00 of the day before
  CHECK(busiest("UTC", 1'704'067'200 + 3 * kHour) == Approx(3.5).margin(0.02));       // from 03:00
  CHECK(busiest("Europe/Berlin", 1'711'839'600) == Approx(5.5).margin(0.02));         // midnight of a day of 23 hours
  CHECK(busiest("Europe/Berlin", 1'729'980'000) == Approx(7.5).margin(0.02));         // and of one of 25

  // The first day factor is Monday's, wherever time 0 is.
  GeneratedTraffic week = constant(10.0, 7.0 * 86400.0);
  week.day_factors = {1, 0, 0, 0, 0, 0, 0};
  week.clock.start_unix_s = 1'704'067'200 + 5 * 86400;  // a Saturday
  const std::vector<double> days = counts(arrivals_s(week), 86400.0, 7);
  CHECK(days[2] > 0.9 * (days[0] + days[1] + days[2] + days[3] + days[4] + days[5] + days[6]));
}

TEST_CASE("A rate table is linear or stepwise, holds at both ends, and is brought to the mean rate") {
  RateTable table{{100.0, 200.0, 300.0}, {10.0, 30.0, 0.0}, false};
  CHECK(mean_rate_rps(table, 100.0) == Approx(10.0));
  CHECK(mean_rate_rps(table, 400.0) == Approx((1000.0 + 2000.0 + 1500.0 + 0.0) / 400.0));
  CHECK(mean_rate_rps(table, 250.0) == Approx((1000.0 + 2000.0 + 1125.0) / 250.0));
  GeneratedTraffic traffic = constant(45.0, 400.0);  // four times the table's own mean
  traffic.rate_table = table;
  const std::vector<double> linear = counts(arrivals_s(traffic), 50.0, 8);
  const double expected[] = {500, 500, 750, 1250, 1125, 375, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(linear[i] == Approx(4.0 * expected[i]).margin(5.0 * std::sqrt(4.0 * expected[i])));
  }
  traffic.rate_table.stepwise = true;
  traffic.mean_rate_rps = mean_rate_rps(traffic.rate_table, 400.0);
  const std::vector<double> steps = counts(arrivals_s(traffic), 100.0, 4);
  const double expected_steps[] = {1000, 1000, 3000, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(steps[i] == Approx(expected_steps[i]).margin(5.0 * std::sqrt(expected_steps[i])));
  }
}

TEST_CASE("A flash crowd comes at its time, rises linearly and decays exponentially") {
  GeneratedTraffic traffic = constant(1.0, 10'000.0);
  traffic.flash_crowds = {{1000.0, 1000.0, 60.0, 300.0}, {5000.0, 500.0, 0.0, 100.0}};
  const std::vector<double> minutes = counts(arrivals_s(traffic), 20.0, 500);
  CHECK(minutes[49] < 60.0);
  CHECK(minutes[50] == Approx(20.0 + 1000.0 * 20.0 / 6.0).epsilon(0.1));   // 1/9 of the rise's area
  CHECK(minutes[52] == Approx(20.0 + 1000.0 * 50.0 / 3.0).epsilon(0.05));  // 5/9
  CHECK(minutes[53 + 15] / minutes[53] == Approx(std::exp(-1.0)).epsilon(0.05));
  CHECK(minutes[249] < 60.0);
  CHECK(minutes[250] == Approx(20.0 + 500.0 * 100.0 * (1.0 - std::exp(-0.2))).epsilon(0.05));

  // The crowds change no arrival of the rest.
  GeneratedTraffic calm = traffic;
  calm.flash_crowds.clear();
  const std::vector<double> with = arrivals_s(traffic);
  const std::vector<double> without = arrivals_s(calm);
  CHECK(std::includes(with.begin(), with.end(), without.begin(), without.end()));
  // Crowds that nobody lives to see, or that are empty.
  traffic.flash_crowds = {{9e6, 1000.0, 60.0, 300.0}, {0.0, 0.0, 0.0, 1.0}};
  CHECK(arrivals_s(traffic) == without);
}

TEST_CASE("A population's clients have their shares, and together the rate") {
  Population population;
  population.clients = 4;
  population.skew = 1.0;
  const std::vector<double> shares = client_shares(population);
  CHECK(shares[0] == Approx(12.0 / 25.0));
  CHECK(shares[3] == Approx(3.0 / 25.0));

  GeneratedTraffic traffic = constant(50.0, 20'000.0);
  traffic.population = population;
  traffic.population.gaps = {GapLaw::gamma, 2.0};
  traffic.population.cv_sigma = 0.3;
  std::map<std::int32_t, double> by_client;
  const std::unique_ptr<TraceReader> reader = generate(traffic, 1.0, 1);
  for (Request request; reader->next(request);) {
    by_client[request.tenant] += 1.0;
  }
  REQUIRE(by_client.size() == 4);
  for (std::int32_t client = 0; client < 4; ++client) {
    CHECK(by_client[client] == Approx(1e6 * shares[static_cast<std::size_t>(client)]).epsilon(0.04));
  }
}

TEST_CASE("A lognormal population is as skewed as the clients of a production service") {
  // alibaba/ServeGen, m-large: of 162 clients the first has 16 %, the first 10 have 63 %, the first 29 have 85 %.
  Population population;
  population.clients = 162;
  population.shares = Population::Shares::lognormal;
  population.skew = 1.9;
  const std::vector<double> shares = client_shares(population);
  CHECK(std::is_sorted(shares.rbegin(), shares.rend()));
  CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == Approx(1.0));
  CHECK(shares[0] == Approx(0.16).margin(0.05));
  CHECK(std::accumulate(shares.begin(), shares.begin() + 10, 0.0) == Approx(0.63).margin(0.04));
  CHECK(std::accumulate(shares.begin(), shares.begin() + 29, 0.0) == Approx(0.85).margin(0.04));
}

TEST_CASE("Arrivals that make no sense are input errors") {
  const auto message = [](auto change) -> std::string {
    GeneratedTraffic traffic = constant(1.0, 10.0);
    change(traffic);
    try {
      generate(traffic, 1.0, 1);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message([](GeneratedTraffic& t) {
          t.gaps = {GapLaw::gamma, 0.0};
        }) == "constant: arrivals.cv makes no sense (expected a coefficient of variation of 0.05 to 50)");
  CHECK(message([](GeneratedTraffic& t) { t.gaps = {GapLaw::exponential, 0.0}; }) == "no error");
  CHECK(message([](GeneratedTraffic& t) {
          t.on_off = {1.0, 0.0, 0.0};
        }) == "constant: on_off makes no sense (expected mean times of at least 1 ms)");
  CHECK(message([](GeneratedTraffic& t) {
          t.on_off = {1.0, 1.0, 1.5};
        }) == "constant: on_off.off_rate makes no sense (expected 0 to 1)");
  CHECK(message([](GeneratedTraffic& t) {
          t.day_factors = {1, 2};
        }) == "constant: day_factors makes no sense (expected 7 numbers, or none)");
  CHECK(message([](GeneratedTraffic& t) {
          t.week_profile = {1, 2};
        }) == "constant: week_profile makes no sense (expected 168 numbers, or none)");
  CHECK(message([](GeneratedTraffic& t) {
          t.week_profile.assign(168, 1.0);
          t.day_factors.assign(7, 1.0);
        }) == "constant: week_profile makes no sense (expected no hour_profile and no day_factors beside it)");
  CHECK(message([](GeneratedTraffic& t) {
          t.rate_table = {{1.0, 1.0}, {1.0, 1.0}, false};
        }) ==
        "constant: rate_table makes no sense (expected ascending times, 1 us apart at least, and rates of at least 0)");
  CHECK(message([](GeneratedTraffic& t) {
          t.rate_table = {{0.0}, {-1.0}, false};
        }).find("rate_table") != std::string::npos);
  CHECK(message([](GeneratedTraffic& t) {
          t.flash_crowds = {{1.0, 1.0, 1.0, 0.0}};
        }) ==
        "constant: flash_crowds makes no sense (expected a time and a height of at least 0, a decay of at least 1 ms)");
  CHECK(message([](GeneratedTraffic& t) { t.population.clients = -1; }) ==
        "constant: population.clients makes no sense (expected 0 to 1,000,000)");
  CHECK(message([](GeneratedTraffic& t) {
          t.population.clients = 2;
          t.population.skew = -1.0;
        }) == "constant: population.shares makes no sense (expected 0 to 10)");
  CHECK(message([](GeneratedTraffic& t) { t.sessions.mean_turns = 0.5; }) ==
        "constant: sessions.turns makes no sense (expected a mean of 1 to 10,000)");
  CHECK(message([](GeneratedTraffic& t) { t.closed_loop.clients = 1; }) ==
        "constant: clients.think_time makes no sense (expected a median above 0 s and a sigma of 0 to 5)");
}

}  // namespace idlewatt
