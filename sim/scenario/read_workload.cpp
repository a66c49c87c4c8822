#include "scenario/read_workload.hpp"

#include <cmath>
#include <string_view>

#include "scenario/fields.hpp"
#include "scenario/read_lengths.hpp"
#include "scenario/read_number_table.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/rate_clock.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 1000.0 * 86400.0;

const YamlNode& list_of(const YamlNode& node, const std::string& label, std::size_t size) {
  if (!node.is_sequence() || node.items.size() != size) {
    fail(node.place,
         label + (node.is_sequence() ? " has " + std::to_string(node.items.size()) + " entries" : " is no list") +
             "; expected a list of " + std::to_string(size) + " numbers");
  }
  return node;
}

std::vector<double> read_profile(const YamlNode& node, const std::string& key, std::size_t size) {
  std::vector<double> profile;
  double sum = 0.0;
  const std::string part = key == "day_factors" ? "a day" : "an hour";
  for (const YamlNode& rate : list_of(node, "`" + key + "`", size).items) {
    profile.push_back(
        read_quantity(rate, part + " of `" + key + "`", Dimension::number, {.minimum = 0.0, .maximum = 1e9}));
    sum += profile.back();
  }
  if (!(sum > 0.0)) {
    fail(node.place, "`" + key + "` is zero throughout; expected at least one rate above 0");
  }
  return profile;
}

Spikes read_spikes(const YamlNode& node) {
  const Fields fields(node, "`spikes`", {"per_day", "height", "decay"});
  Spikes spikes;
  spikes.per_day = fields.quantity("per_day", Dimension::number, {.minimum = 0.0, .maximum = 86400.0});
  const std::string expected_height = "a list of two multiples of the mean rate such as `[4, 6]`";
  const YamlNode& height = list_of(fields.at("height", expected_height), "`height`", 2);
  spikes.height_min = read_quantity(height.items[0], "`height`", Dimension::number, {.minimum = 0.0});
  spikes.height_max = read_quantity(height.items[1], "`height`", Dimension::number, {.minimum = spikes.height_min});
  spikes.decay_s = fields.quantity("decay", Dimension::time, {.maximum = kLongestS, .above_zero = true});
  return spikes;
}

const Bounds kSigma{.minimum = 0.0, .maximum = 5.0};
const Bounds kTime{.minimum = 1e-3, .maximum = kLongestS};

Gaps read_gaps(const Fields& fields) {
  const std::string process = fields.name("process", "process", {"poisson", "gamma", "weibull"});
  Gaps gaps;
  if (process == "poisson") {
    for (const char* key : {"cv", "cv_sigma"}) {
      if (fields.has(key)) {
        fail(fields.find(key)->place,
             "a poisson process has no `" + std::string(key) + "`; expected `process: gamma` or `weibull` beside it");
      }
    }
    return gaps;
  }
  gaps.law = process == "gamma" ? GapLaw::gamma : GapLaw::weibull;
  gaps.cv = fields.quantity("cv", Dimension::number, {.minimum = GapSampler::kMinCv, .maximum = GapSampler::kMaxCv});
  return gaps;
}

Population read_population(const YamlNode& node) {
  const Fields fields(node, "`population`", {"clients", "shares", "process", "cv", "cv_sigma"});
  Population population;
  population.clients = fields.count("clients", 1, 1'000'000);
  const std::string expected_shares = "one of `{zipf: 1.1}` and `{lognormal: 1.9}`";
  const Fields shares(fields.at("shares", expected_shares), "`shares`", {"zipf", "lognormal"});
  if (shares.has("zipf") == shares.has("lognormal")) {
    fail(shares.place(), "`shares` does not say how; expected " + expected_shares);
  }
  const char* kind = shares.has("zipf") ? "zipf" : "lognormal";
  population.shares = shares.has("zipf") ? Population::Shares::zipf : Population::Shares::lognormal;
  population.skew = shares.quantity(kind, Dimension::number, {.minimum = 0.0, .maximum = 10.0});
  population.gaps = read_gaps(fields);
  population.cv_sigma = fields.quantity_or("cv_sigma", Dimension::number, 0.0, {.minimum = 0.0, .maximum = 3.0});
  return population;
}

OnOff read_on_off(const YamlNode& node) {
  const Fields fields(node, "`on_off`", {"on", "off", "off_rate"});
  OnOff on_off;
  on_off.on_s = fields.quantity("on", Dimension::time, kTime);
  on_off.off_s = fields.quantity("off", Dimension::time, kTime);
  on_off.off_rate = fields.quantity_or("off_rate", Dimension::share, 0.0);
  return on_off;
}

std::vector<FlashCrowd> read_crowds(const YamlNode& node) {
  if (!node.is_sequence()) {
    fail(node.place,
         "`flash_crowds` is no list; expected crowds such as `- {at: 14 h, height: 8, rise: 2 min, decay: 20 min}`");
  }
  std::vector<FlashCrowd> crowds;
  for (const YamlNode& item : node.items) {
    const Fields fields(item, "a flash crowd", {"at", "height", "rise", "decay"});
    crowds.push_back(
        {.at_s = fields.quantity("at", Dimension::time, {.maximum = kLongestS}),
         .height = fields.quantity("height", Dimension::number, {.minimum = 0.0, .maximum = 1e6}),
         .rise_s = fields.quantity_or("rise", Dimension::time, 0.0, {.minimum = 0.0, .maximum = kLongestS}),
         .decay_s = fields.quantity("decay", Dimension::time, kTime)});
  }
  return crowds;
}

RateTable read_rate_table(const YamlNode& node) {
  const Fields fields(node, "`rate_table`", {"file", "between"});
  const NumberTable numbers =
      read_number_table(fields.at("file", "the path of a CSV file with the columns `t_s,rate_rps`"), "t_s,rate_rps");
  RateTable table;
  table.stepwise = fields.name_or("between", "way between two rates", {"linear", "step"}, "linear") == "step";
  for (std::size_t row = 0; row < numbers.first.size(); ++row) {
    if (numbers.first[row] > kLongestS || numbers.second[row] > 1e9 ||
        (row > 0 && numbers.first[row] < numbers.first[row - 1] + 1e-6)) {
      fail(numbers.place(row), "the time or the rate is out of range; expected times up to " + number_text(kLongestS) +
                                   " s, 1 us apart at least, and rates up to 1e9 /s");
    }
  }
  table.t_s = numbers.first;
  table.rate_rps = numbers.second;
  return table;
}

ThinkTime read_think_time(const YamlNode& node) {
  const Fields fields(node, "`think_time`", {"median", "mean", "sigma"});
  if (fields.has("median") == fields.has("mean")) {
    fail(node.place, "`think_time` has " + std::string(fields.has("mean") ? "both" : "neither") +
                         " `median` and `mean`; expected one of them");
  }
  ThinkTime time;
  time.sigma = fields.quantity_or("sigma", Dimension::number, 1.0, kSigma);
  // The mean of a lognormal distribution is its median times exp(sigma^2 / 2).
  time.median_s = fields.has("median")
                      ? fields.quantity("median", Dimension::time, kTime)
                      : fields.quantity("mean", Dimension::time, kTime) / std::exp(0.5 * time.sigma * time.sigma);
  return time;
}

Sessions read_sessions(const YamlNode& node) {
  const Fields fields(node, "`sessions`", {"turns", "think_time", "system_prompt", "max_context"});
  Sessions sessions;
  sessions.mean_turns = fields.quantity("turns", Dimension::number, {.minimum = 1.0, .maximum = 10'000.0});
  sessions.think_time = read_think_time(fields.at("think_time", "a map such as `{median: 30 s, sigma: 1}`"));
  sessions.system_prompt_tokens = fields.count_or("system_prompt", 0, 0, 1'000'000);
  sessions.max_context_tokens = fields.count_or("max_context", sessions.max_context_tokens, 1, 10'000'000);
  return sessions;
}

ClosedLoop read_clients(const YamlNode& node) {
  const Fields fields(node, "`clients`", {"count", "think_time"});
  return {.clients = fields.count("count", 1, 10'000'000),
          .think_time = read_think_time(fields.at("think_time", "a map such as `{median: 30 s, sigma: 1}`"))};
}

// What the rate follows: one of a daily profile (with factors for the days), a week of hours, and a table.
void read_rate(const Fields& fields, GeneratedTraffic& traffic) {
  if (const YamlNode* profile = fields.find("hour_profile")) {
    traffic.hour_profile = read_profile(*profile, "hour_profile", 24);
  }
  if (const YamlNode* factors = fields.find("day_factors")) {
    traffic.day_factors = read_profile(*factors, "day_factors", 7);
  }
  if (const YamlNode* profile = fields.find("week_profile")) {
    traffic.week_profile = read_profile(*profile, "week_profile", 168);
  }
  if (const YamlNode* table = fields.find("rate_table")) {
    traffic.rate_table = read_rate_table(*table);
  }
  for (const char* whole : {"week_profile", "rate_table"}) {
    for (const char* other : {"hour_profile", "day_factors", "week_profile"}) {
      if (fields.has(whole) && fields.has(other) && std::string_view(whole) != other) {
        fail(fields.find(whole)->place, "`" + std::string(whole) + "` stands beside `" + other +
                                            "`; expected one of them to say how the rate varies");
      }
    }
  }
  if (fields.has("mean_rate") || (!fields.has("rate_table") && !fields.has("clients"))) {
    traffic.mean_rate_rps = fields.quantity("mean_rate", Dimension::rate, kPositive);
  } else if (fields.has("rate_table")) {
    traffic.mean_rate_rps = mean_rate_rps(traffic.rate_table, traffic.duration_s);
  }
}

}  // namespace

Semantics read_semantics(const YamlNode& node) {
  const Fields fields(node, "`semantics`", {"intents", "zipf", "unique", "similarity", "verbatim", "drift"});
  Semantics semantics;
  semantics.intents = fields.count_or("intents", semantics.intents, 1, 100'000'000);
  semantics.zipf = fields.quantity_or("zipf", Dimension::number, semantics.zipf, {.minimum = 0.0, .maximum = 10.0});
  semantics.unique = fields.quantity_or("unique", Dimension::share, semantics.unique);
  if (const YamlNode* found = fields.find("similarity")) {
    const Fields similarity(*found, "`similarity`", {"mean", "deviation"});
    semantics.similarity_mean = similarity.quantity_or("mean", Dimension::share, semantics.similarity_mean);
    semantics.similarity_deviation =
        similarity.quantity_or("deviation", Dimension::share, semantics.similarity_deviation);
  }
  semantics.verbatim = fields.quantity_or("verbatim", Dimension::share, semantics.verbatim);
  if (const YamlNode* drift = fields.find("drift"); drift != nullptr && drift->scalar == "never") {
    semantics.drift_s = 0.0;
  } else {
    semantics.drift_s =
        fields.quantity_or("drift", Dimension::time, semantics.drift_s, {.minimum = 1.0, .maximum = kLongestS});
  }
  return semantics;
}

GeneratedTraffic read_workload(const YamlNode& root) {
  const Fields fields(root, "the workload",
                      {"name", "title", "duration", "mean_rate", "hour_profile", "day_factors", "week_profile",
                       "rate_table", "arrivals", "on_off", "population", "spikes", "flash_crowds", "clients",
                       "sessions", "semantics", "prompt_tokens", "output_tokens", "source"});
  GeneratedTraffic traffic;
  traffic.name = fields.text("name", "the name of the workload");
  traffic.duration_s = fields.quantity("duration", Dimension::time, {.maximum = kLongestS, .above_zero = true});
  read_rate(fields, traffic);
  if (const YamlNode* arrivals = fields.find("arrivals")) {
    traffic.gaps = read_gaps(Fields(*arrivals, "`arrivals`", {"process", "cv"}));
  }
  if (const YamlNode* population = fields.find("population")) {
    traffic.population = read_population(*population);
    if (fields.has("arrivals")) {
      fail(fields.find("arrivals")->place,
           "`arrivals` stands beside `population`; expected the process among the population's keys");
    }
  }
  if (const YamlNode* on_off = fields.find("on_off")) {
    traffic.on_off = read_on_off(*on_off);
  }
  if (const YamlNode* spikes = fields.find("spikes")) {
    traffic.spikes = read_spikes(*spikes);
  }
  if (const YamlNode* crowds = fields.find("flash_crowds")) {
    traffic.flash_crowds = read_crowds(*crowds);
  }
  if (const YamlNode* clients = fields.find("clients")) {
    traffic.closed_loop = read_clients(*clients);
  }
  if (const YamlNode* sessions = fields.find("sessions")) {
    traffic.sessions = read_sessions(*sessions);
  }
  if (const YamlNode* semantics = fields.find("semantics")) {
    traffic.semantics = read_semantics(*semantics);
  }
  const std::string expected_tokens = "a map with quantiles and their source";
  traffic.prompt_tokens = read_lengths(fields.at("prompt_tokens", expected_tokens), "`prompt_tokens`");
  traffic.output_tokens = read_lengths(fields.at("output_tokens", expected_tokens), "`output_tokens`");
  return traffic;
}

}  // namespace idlewatt
