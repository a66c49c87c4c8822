// Whether a description of traffic makes sense, however it came about.
#include <algorithm>
#include <cstddef>
#include <fmt/core.h>
#include <numeric>

#include "base/error.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 9e7;

bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

bool above(double value, double low, double high) {
  return value > low && value <= high;
}

void check(const QuantileTable& table, const std::string& where) {
  const auto& p = table.probability;
  const auto& v = table.value;
  if (p.size() != v.size() || p.size() < 2 || p.front() != 0.0 || p.back() != 1.0) {
    throw InputError(where + ": the quantiles do not run from 0 to 1 (expected a value at 0, one at 1, any between)");
  }
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!(v[i] >= 0.0 && v[i] <= 1e9)) {
      throw InputError(fmt::format("{}: a quantile is {:f} (expected 0 to 1e9 tokens)", where, v[i]));
    }
    if (i > 0 && !(p[i] > p[i - 1] && v[i] >= v[i - 1])) {
      throw InputError(where +
                       ": the quantiles are out of order (expected ascending shares, values that never descend)");
    }
  }
}

/// A turn that could not be sent would be missing from the stated rate.
void check_context(const GeneratedTraffic& traffic) {
  const Sessions& sessions = traffic.sessions;
  const double longest =
      sessions.system_prompt_tokens + traffic.prompt_tokens.value.back() + traffic.output_tokens.value.back();
  if (longest > sessions.max_context_tokens) {
    throw InputError(fmt::format(
        "{}: sessions.max_context: the longest first turn has {} tokens with its system prompt and its answer, and the "
        "context holds {} (expected a longer context, or a clip of prompt_tokens and output_tokens)",
        traffic.name, static_cast<std::int64_t>(longest), sessions.max_context_tokens));
  }
}

/// Says which figure makes no sense.
class Judge {
 public:
  explicit Judge(std::string name) : name_(std::move(name)) {}

  void require(bool holds, const char* field, const char* expectation) const {
    if (!holds) {
      throw InputError(fmt::format("{}: {} makes no sense (expected {})", name_, field, expectation));
    }
  }

  void profile(const std::vector<double>& profile, std::size_t size, const char* field, const char* expectation) const {
    if (!profile.empty()) {
      require(profile.size() == size, field, expectation);
      require(std::all_of(profile.begin(), profile.end(), [](double rate) { return within(rate, 0.0, 1e9); }) &&
                  std::accumulate(profile.begin(), profile.end(), 0.0) > 0.0,
              field, "numbers of at least 0, not all of them 0");
    }
  }

  void gaps(const Gaps& gaps, const char* field) const {
    require(gaps.law == GapLaw::exponential || within(gaps.cv, GapSampler::kMinCv, GapSampler::kMaxCv), field,
            "a coefficient of variation of 0.05 to 50");
  }

  void think_time(const ThinkTime& time, const char* field) const {
    require(above(time.median_s, 0.0, kLongestS) && within(time.sigma, 0.0, 5.0), field,
            "a median above 0 s and a sigma of 0 to 5");
  }

 private:
  std::string name_;
};

void check_rate(const Judge& judge, const GeneratedTraffic& traffic) {
  judge.profile(traffic.hour_profile, 24, "hour_profile", "24 numbers, or none");
  judge.profile(traffic.day_factors, 7, "day_factors", "7 numbers, or none");
  judge.profile(traffic.week_profile, 168, "week_profile", "168 numbers, or none");
  judge.require(traffic.week_profile.empty() || (traffic.hour_profile.empty() && traffic.day_factors.empty()),
                "week_profile", "no hour_profile and no day_factors beside it");
  const RateTable& table = traffic.rate_table;
  if (!table.t_s.empty()) {
    judge.require(traffic.hour_profile.empty() && traffic.day_factors.empty() && traffic.week_profile.empty(),
                  "rate_table", "no profile beside it");
    judge.require(table.t_s.size() == table.rate_rps.size() && table.t_s.front() >= 0.0, "rate_table",
                  "a rate at every time, from 0 s");
    for (std::size_t i = 0; i < table.t_s.size(); ++i) {
      judge.require(within(table.rate_rps[i], 0.0, 1e9) && table.t_s[i] <= kLongestS &&
                        (i == 0 || table.t_s[i] >= table.t_s[i - 1] + 1e-6),
                    "rate_table", "ascending times, 1 us apart at least, and rates of at least 0");
    }
  }
}

}  // namespace

void check(const GeneratedTraffic& traffic, double scale) {
  const Judge judge(traffic.name);
  judge.require(above(scale, 0.0, 1e9), "scale", "a number above 0, at most 1e9");
  judge.require(within(traffic.duration_s, 0.0, kLongestS), "duration", "0 s to 2.8 years");
  judge.require(within(traffic.mean_rate_rps, 0.0, 1e9), "mean_rate", "0 to 1e9 requests/s");
  check_rate(judge, traffic);
  const OnOff& on_off = traffic.on_off;
  if (on_off.on_s != 0.0) {
    judge.require(within(on_off.on_s, 1e-3, kLongestS) && within(on_off.off_s, 1e-3, kLongestS), "on_off",
                  "mean times of at least 1 ms");
    judge.require(within(on_off.off_rate, 0.0, 1.0), "on_off.off_rate", "0 to 1");
  }
  judge.gaps(traffic.gaps, "arrivals.cv");
  const Population& population = traffic.population;
  judge.require(within(population.clients, 0, 1e6), "population.clients", "0 to 1,000,000");
  if (population.clients > 0) {
    judge.require(within(population.skew, 0.0, 10.0), "population.shares", "0 to 10");
    judge.gaps(population.gaps, "population.cv");
    judge.require(within(population.cv_sigma, 0.0, 3.0), "population.cv_sigma", "0 to 3");
  }
  const Spikes& spikes = traffic.spikes;
  judge.require(within(spikes.per_day, 0.0, 1e6), "spikes.per_day", "0 to 1e6");
  if (spikes.per_day > 0.0) {
    judge.require(within(spikes.height_min, 0.0, spikes.height_max) && spikes.height_max <= 1e9, "spikes.height",
                  "two multiples of the mean rate, the smaller first, at least 0");
    judge.require(within(spikes.decay_s, 1e-3, kLongestS), "spikes.decay", "at least 1 ms");
  }
  for (const FlashCrowd& crowd : traffic.flash_crowds) {
    judge.require(within(crowd.at_s, 0.0, kLongestS) && within(crowd.height, 0.0, 1e9) &&
                      within(crowd.rise_s, 0.0, kLongestS) && within(crowd.decay_s, 1e-3, kLongestS),
                  "flash_crowds", "a time and a height of at least 0, a decay of at least 1 ms");
  }
  judge.require(within(traffic.closed_loop.clients, 0, 1e7), "clients.count", "0 to 10,000,000");
  judge.require(traffic.closed_loop.requests >= 0, "clients.requests", "at least 0");
  // Without either, a client that is turned away at once would ask for ever at one instant.
  if (traffic.closed_loop.clients > 0 &&
      (traffic.closed_loop.requests == 0 || traffic.closed_loop.think_time.median_s != 0.0)) {
    judge.think_time(traffic.closed_loop.think_time, "clients.think_time");
  }
  const Sessions& sessions = traffic.sessions;
  if (sessions.mean_turns != 0.0) {
    judge.require(within(sessions.mean_turns, 1.0, 1e4), "sessions.turns", "a mean of 1 to 10,000");
    judge.think_time(sessions.think_time, "sessions.think_time");
    judge.require(within(sessions.system_prompt_tokens, 0, 1e6) && within(sessions.max_context_tokens, 1, 1e7),
                  "sessions", "a system prompt of 0 to 1,000,000 tokens, a context of 1 to 10,000,000");
  }
  check(traffic.prompt_tokens, traffic.name + ": prompt_tokens");
  check(traffic.output_tokens, traffic.name + ": output_tokens");
  if (sessions.mean_turns != 0.0) {
    check_context(traffic);
  }
}

}  // namespace idlewatt
