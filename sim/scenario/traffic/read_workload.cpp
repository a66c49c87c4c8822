#include "scenario/traffic/read_workload.hpp"

#include <cmath>
#include <string_view>

#include "scenario/catalog/read_number_table.hpp"
#include "scenario/keys/key_check.hpp"
#include "scenario/traffic/read_lengths.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/rate_clock.hpp"

namespace idlewatt {
namespace {

const Bounds kSigma{.minimum = 0.0, .maximum = 5.0};
const Bounds kTime{.minimum = 1e-3, .maximum = kLongestTimeS};
const Bounds kExponent{.minimum = 0.0, .maximum = 10.0};
const Bounds kCv{.minimum = GapSampler::kMinCv, .maximum = GapSampler::kMaxCv};

/// A list of so many relative rates.
Form profile_form(std::size_t size, const char* each) {
  return list_form(quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 1e9}), size, size)
      .named(each)
      .expecting("a list of " + std::to_string(size) + " numbers");
}

const KeyTable& rate_table_keys() {
  static const KeyTable table{
      "Tables of rates",
      "The rate itself, over time; with `mean_rate` beside it, its shape alone.",
      "{file: rates.csv, between: step}",
      {{.name = "file",
        .form = text_form("the path of a CSV file with the columns `t_s,rate_rps`"),
        .must = true,
        .help = "path of a CSV file with the columns `t_s,rate_rps` (s, 1/s), relative to the workload"},
       {.name = "between",
        .form = word_form("way between two rates", {"linear", "step"}),
        .otherwise = "linear",
        .help = "what holds between two rows"}}};
  return table;
}

Key process_key(const char* help) {
  return {.name = "process", .form = word_form("process", {"poisson", "gamma", "weibull"}), .must = true, .help = help};
}

const Key kCvKey{.name = "cv",
                 .form = quantity_form(Dimension::number, kCv),
                 .without = "`gamma` and `weibull` need it",
                 .help = "coefficient of variation of the gaps; a poisson process has none"};

const KeyTable& arrival_keys() {
  static const KeyTable table{"Arrivals",
                              "The gaps between requests.",
                              "{process: gamma, cv: 2}",
                              {process_key("a Poisson process, or gaps of a gamma or Weibull distribution"), kCvKey}};
  return table;
}

const KeyTable& on_off_keys() {
  static const KeyTable table{"Bursts and silences",
                              "Two levels of the rate, for exponential times. The mean rate is kept.",
                              "{on: 30 s, off: 5 min, off_rate: 10 %}",
                              {{.name = "on",
                                .form = quantity_form(Dimension::time, kTime),
                                .must = true,
                                .help = "mean time on the upper level"},
                               {.name = "off",
                                .form = quantity_form(Dimension::time, kTime),
                                .must = true,
                                .help = "mean time on the lower level"},
                               {.name = "off_rate",
                                .form = quantity_form(Dimension::share),
                                .otherwise = "0 %",
                                .help = "lower rate over upper rate"}}};
  return table;
}

const KeyTable& share_keys() {
  static const KeyTable table{"Shares of clients",
                              "How the clients of a population share the requests; one of the two keys.",
                              "{zipf: 1.1}",
                              {{.name = "zipf",
                                .form = quantity_form(Dimension::number, kExponent),
                                .without = "`lognormal` stands there",
                                .help = "exponent of Zipf's law"},
                               {.name = "lognormal",
                                .form = quantity_form(Dimension::number, kExponent),
                                .without = "`zipf` stands there",
                                .help = "sigma of a lognormal distribution"}}};
  return table;
}

const KeyTable& population_keys() {
  static const KeyTable table{
      "Populations",
      "Clients, each with a process of its own. Sets the tenant of the requests.",
      "{clients: 1000, shares: {zipf: 1.1}, process: gamma, cv: 2}",
      {{.name = "clients", .form = count_form(1, 1'000'000), .must = true, .help = "how many clients there are"},
       {.name = "shares",
        .form = map_form(share_keys).expecting("one of `{zipf: 1.1}` and `{lognormal: 1.9}`"),
        .must = true,
        .help = "how they share the requests"},
       process_key("the gaps between requests of a client"),
       kCvKey,
       {.name = "cv_sigma",
        .form = quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 3.0}),
        .otherwise = "0",
        .help = "sigma of the lognormal distribution of the clients' `cv` around `cv`"}}};
  return table;
}

const KeyTable& spike_keys() {
  static const KeyTable table{"Spikes",
                              "Bursts at random times, on top of the rate.",
                              "{per_day: 12, height: [5, 8], decay: 2 min}",
                              {{.name = "per_day",
                                .form = quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 86400.0}),
                                .must = true,
                                .help = "how many there are a day, on average"},
                               {.name = "height",
                                .form = list_form(quantity_form(Dimension::number, {.minimum = 0.0}), 2, 2)
                                            .expecting("a list of two multiples of the mean rate such as `[4, 6]`"),
                                .must = true,
                                .help = "least and greatest height, in multiples of the mean rate"},
                               {.name = "decay",
                                .form = quantity_form(Dimension::time, kDuration),
                                .must = true,
                                .help = "time constant of the exponential decay"}}};
  return table;
}

const KeyTable& crowd_keys() {
  static const KeyTable table{"Flash crowds",
                              "A crowd at a given time, on top of the rate: a linear rise, an exponential decay.",
                              "{at: 14 h, height: 8, rise: 2 min, decay: 20 min}",
                              {{.name = "at",
                                .form = quantity_form(Dimension::time, kTimeFromZero),
                                .must = true,
                                .help = "when it begins, from the start of the traffic"},
                               {.name = "height",
                                .form = quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 1e6}),
                                .must = true,
                                .help = "in multiples of the mean rate"},
                               {.name = "rise",
                                .form = quantity_form(Dimension::time, kTimeFromZero),
                                .otherwise = "0 s",
                                .help = "how long the rate rises"},
                               {.name = "decay",
                                .form = quantity_form(Dimension::time, kTime),
                                .must = true,
                                .help = "time constant of the decay"}}};
  return table;
}

const KeyTable& think_time_keys() {
  static const KeyTable table{"Think times",
                              "A lognormal distribution, by its median or its mean.",
                              "{median: 30 s, sigma: 1}",
                              {{.name = "median",
                                .form = quantity_form(Dimension::time, kTime),
                                .without = "`mean` stands there",
                                .help = "median of the time"},
                               {.name = "mean",
                                .form = quantity_form(Dimension::time, kTime),
                                .without = "`median` stands there",
                                .help = "mean of the time"},
                               {.name = "sigma",
                                .form = quantity_form(Dimension::number, kSigma),
                                .otherwise = "1",
                                .help = "standard deviation of its logarithm"}}};
  return table;
}

Key think_time_key(const char* help, const std::string& without = "") {
  const Form form = map_form(think_time_keys).expecting("a map such as `{median: 30 s, sigma: 1}`");
  return {.name = "think_time", .form = form, .must = without.empty(), .without = without, .help = help};
}

const KeyTable& client_count_keys() {
  static const KeyTable table{
      "Clients in a closed loop",
      "Clients that ask again a think time after their answer. Scaling and transforms do not touch them.",
      "{count: 500, think_time: {median: 30 s, sigma: 1}}",
      {{.name = "count", .form = count_form(1, 10'000'000), .must = true, .help = "how many clients there are"},
       {.name = "requests",
        .form = count_form(1, 1'000'000'000),
        .without = "as many as fit into `duration`",
        .help =
            "so many requests of all clients together, as in a load test: without a think time all begin at time 0"},
       think_time_key("from an answer to the client's next request", "none; needed without `requests`")}};
  return table;
}

const KeyTable& session_keys() {
  static const KeyTable table{"Sessions",
                              "Conversations: each turn's prompt holds all that was said before.",
                              "{turns: 4, think_time: {median: 30 s, sigma: 1}, system_prompt: 500}",
                              {{.name = "turns",
                                .form = quantity_form(Dimension::number, {.minimum = 1.0, .maximum = 10'000.0}),
                                .must = true,
                                .help = "mean number of turns, which is geometric"},
                               think_time_key("from one turn's arrival to the next"),
                               {.name = "system_prompt",
                                .form = count_form(0, 1'000'000),
                                .otherwise = "0",
                                .help = "tokens with which all conversations begin"},
                               {.name = "max_context",
                                .form = count_form(1, 10'000'000),
                                .otherwise = "1000000",
                                .help = "tokens that the context of a session does not exceed"}}};
  return table;
}

std::vector<double> read_profile(const Section& fields, const std::string& key) {
  const YamlNode& node = fields.at(key);
  const Form& form = fields.form(key);
  check_size(node, form, "`" + key + "`");
  std::vector<double> profile;
  double sum = 0.0;
  for (const YamlNode& rate : node.items) {
    profile.push_back(read_quantity(rate, form.name, Dimension::number, form.parts.front().bounds));
    sum += profile.back();
  }
  if (!(sum > 0.0)) {
    fail(node.place, "`" + key + "` is zero throughout; expected at least one rate above 0");
  }
  return profile;
}

Spikes read_spikes(const Section& fields) {
  Spikes spikes;
  spikes.per_day = fields.quantity("per_day");
  const YamlNode& height = fields.at("height");
  check_size(height, fields.form("height"), "`height`");
  spikes.height_min = read_quantity(height.items[0], "`height`", Dimension::number, {.minimum = 0.0});
  spikes.height_max = read_quantity(height.items[1], "`height`", Dimension::number, {.minimum = spikes.height_min});
  spikes.decay_s = fields.quantity("decay");
  return spikes;
}

Gaps read_gaps(const Section& fields) {
  const std::string process = fields.word("process");
  Gaps gaps;
  if (process == "poisson") {
    for (const YamlEntry& entry : fields.node().entries) {
      if (entry.key == "cv" || entry.key == "cv_sigma") {
        fail(entry.value.place,
             "a poisson process has no `" + entry.key + "`; expected `process: gamma` or `weibull` beside it");
      }
    }
    return gaps;
  }
  gaps.law = process == "gamma" ? GapLaw::gamma : GapLaw::weibull;
  gaps.cv = fields.quantity("cv");
  return gaps;
}

Population read_population(const Section& fields) {
  Population population;
  population.clients = fields.count("clients");
  fields.at("shares");
  const Section shares = *fields.map("shares");
  if (shares.has("zipf") == shares.has("lognormal")) {
    fail(shares.place(), "`shares` does not say how; expected " + expected_of(fields.form("shares")));
  }
  const char* kind = shares.has("zipf") ? "zipf" : "lognormal";
  population.shares = shares.has("zipf") ? Population::Shares::zipf : Population::Shares::lognormal;
  population.skew = shares.quantity(kind);
  population.gaps = read_gaps(fields);
  population.cv_sigma = fields.quantity("cv_sigma");
  return population;
}

OnOff read_on_off(const Section& fields) {
  OnOff on_off;
  on_off.on_s = fields.quantity("on");
  on_off.off_s = fields.quantity("off");
  on_off.off_rate = fields.quantity("off_rate");
  return on_off;
}

std::vector<FlashCrowd> read_crowds(const std::vector<Section>& items) {
  std::vector<FlashCrowd> crowds;
  for (const Section& fields : items) {
    crowds.push_back({.at_s = fields.quantity("at"),
                      .height = fields.quantity("height"),
                      .rise_s = fields.quantity("rise"),
                      .decay_s = fields.quantity("decay")});
  }
  return crowds;
}

RateTable read_rate_table(const Section& fields) {
  const NumberTable numbers = read_number_table(fields.at("file"), "t_s,rate_rps");
  RateTable table;
  table.stepwise = fields.word("between") == "step";
  for (std::size_t row = 0; row < numbers.first.size(); ++row) {
    if (numbers.first[row] > kLongestTimeS || numbers.second[row] > 1e9 ||
        (row > 0 && numbers.first[row] < numbers.first[row - 1] + 1e-6)) {
      fail(numbers.place(row), "the time or the rate is out of range; expected times up to " +
                                   number_text(kLongestTimeS) + " s, 1 us apart at least, and rates up to 1e9 /s");
    }
  }
  table.t_s = numbers.first;
  table.rate_rps = numbers.second;
  return table;
}

ThinkTime read_think_time(const Section& parent) {
  parent.at("think_time");
  const Section fields = *parent.map("think_time");
  if (fields.has("median") == fields.has("mean")) {
    fail(fields.place(), "`think_time` has " + std::string(fields.has("mean") ? "both" : "neither") +
                             " `median` and `mean`; expected one of them");
  }
  ThinkTime time;
  time.sigma = fields.quantity("sigma");
  // The mean of a lognormal distribution is its median times exp(sigma^2 / 2).
  time.median_s = fields.has("median") ? fields.quantity("median")
                                       : fields.quantity("mean") / std::exp(0.5 * time.sigma * time.sigma);
  return time;
}

Sessions read_sessions(const Section& fields) {
  Sessions sessions;
  sessions.mean_turns = fields.quantity("turns");
  sessions.think_time = read_think_time(fields);
  sessions.system_prompt_tokens = fields.count("system_prompt");
  sessions.max_context_tokens = fields.count("max_context");
  return sessions;
}

// What the rate follows: one of a daily profile (with factors for the days), a week of hours, and a table.
void read_rate(const Section& fields, GeneratedTraffic& traffic) {
  if (fields.has("hour_profile")) {
    traffic.hour_profile = read_profile(fields, "hour_profile");
  }
  if (fields.has("day_factors")) {
    traffic.day_factors = read_profile(fields, "day_factors");
  }
  if (fields.has("week_profile")) {
    traffic.week_profile = read_profile(fields, "week_profile");
  }
  if (const std::optional<Section> table = fields.map("rate_table")) {
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
    traffic.mean_rate_rps = fields.quantity("mean_rate");
  } else if (fields.has("rate_table")) {
    traffic.mean_rate_rps = mean_rate_rps(traffic.rate_table, traffic.duration_s);
  }
}

/// The parts of the traffic beside its rate and its token lengths.
void read_parts(const Section& fields, GeneratedTraffic& traffic) {
  if (const std::optional<Section> arrivals = fields.map("arrivals")) {
    traffic.gaps = read_gaps(*arrivals);
  }
  if (const std::optional<Section> population = fields.map("population")) {
    traffic.population = read_population(*population);
    if (fields.has("arrivals")) {
      fail(fields.find("arrivals")->place,
           "`arrivals` stands beside `population`; expected the process among the population's keys");
    }
  }
  if (const std::optional<Section> on_off = fields.map("on_off")) {
    traffic.on_off = read_on_off(*on_off);
  }
  if (const std::optional<Section> spikes = fields.map("spikes")) {
    traffic.spikes = read_spikes(*spikes);
  }
  traffic.flash_crowds = read_crowds(fields.items("flash_crowds"));
  if (const std::optional<Section> clients = fields.map("clients")) {
    traffic.closed_loop.clients = clients->count("count");
    traffic.closed_loop.requests = clients->count_if("requests").value_or(0);
    if (clients->has("think_time") || traffic.closed_loop.requests == 0) {
      traffic.closed_loop.think_time = read_think_time(*clients);
    }
  }
  if (const std::optional<Section> sessions = fields.map("sessions")) {
    traffic.sessions = read_sessions(*sessions);
  }
  if (const YamlNode* semantics = fields.find("semantics")) {
    traffic.semantics = read_semantics(*semantics);
  }
}

}  // namespace

const KeyTable& workload_keys() {
  const auto tokens = [](const char* name, const char* help) {
    return Key{.name = name,
               .form = map_form(length_keys).expecting("a map with quantiles and their source"),
               .must = true,
               .help = help};
  };
  static const KeyTable table{
      "Keys of a workload",
      "A workload is a file that describes synthetic traffic; [`workloads/README.md`](../workloads/README.md) explains "
      "what "
      "each part does.",
      "name: my-traffic\n"
      "duration: 24 h\n"
      "mean_rate: 6 /s\n"
      "spikes: {per_day: 12, height: [5, 8], decay: 2 min}\n"
      "prompt_tokens: {quantiles: {0: 2, 0.5: 1020, 0.9: 2734, 1: 14050}, source: where the figures come from}\n"
      "output_tokens: {quantiles: {0: 7, 0.5: 129, 0.9: 424, 1: 1000}, source: where the figures come from}\n",
      {{.name = "name",
        .form = text_form("the name of the workload"),
        .must = true,
        .help = "names the random streams: the same name, seed and figures give the same requests"},
       {.name = "title",
        .form = text_form("one line about the workload"),
        .without = "none",
        .help = "what it is, for its readers"},
       {.name = "duration",
        .form = quantity_form(Dimension::time, kDuration),
        .must = true,
        .help = "arrivals end before it"},
       {.name = "mean_rate",
        .form = quantity_form(Dimension::rate, kPositive),
        .without = "the mean of the `rate_table`; needed without one and without `clients`",
        .help = "mean rate over the profile's day or week, or over the table"},
       {.name = "hour_profile",
        .form = profile_form(24, "an hour of `hour_profile`"),
        .without = "a constant rate",
        .help = "24 relative rates, at the middles of the hours of a day from midnight"},
       {.name = "day_factors",
        .form = profile_form(7, "a day of `day_factors`"),
        .without = "all days alike",
        .help = "7 factors of the hour profile, from Monday"},
       {.name = "week_profile",
        .form = profile_form(168, "an hour of `week_profile`"),
        .without = "none",
        .help = "168 relative rates of a week's hours from Monday's midnight, in place of the two above"},
       {.name = "rate_table", .form = map_form(rate_table_keys), .without = "none", .help = "the rate over time"},
       {.name = "arrivals",
        .form = map_form(arrival_keys),
        .without = "a Poisson process",
        .help = "the gaps between requests"},
       {.name = "on_off", .form = map_form(on_off_keys), .without = "none", .help = "bursts and silences"},
       {.name = "population",
        .form = map_form(population_keys),
        .without = "none",
        .help = "clients, each with a process of its own"},
       {.name = "spikes", .form = map_form(spike_keys), .without = "none", .help = "bursts at random times"},
       {.name = "flash_crowds",
        .form = list_form(map_form(crowd_keys).named("a flash crowd"), 0)
                    .expecting("crowds such as `- {at: 14 h, height: 8, rise: 2 min, decay: 20 min}`"),
        .without = "none",
        .help = "crowds at given times"},
       {.name = "clients",
        .form = map_form(client_count_keys),
        .without = "none",
        .help = "clients that wait for their answers"},
       {.name = "sessions",
        .form = map_form(session_keys),
        .without = "none",
        .help = "conversations of several turns"},
       {.name = "semantics",
        .form = map_form(semantics_keys),
        .without = "none",
        .help = "what requests mean, for semantic caches"},
       tokens("prompt_tokens", "lengths of the prompts"),
       tokens("output_tokens", "lengths of the answers"),
       {.name = "source",
        .form = text_form("where the figures come from"),
        .without = "none",
        .help = "where the figures come from"}}};
  return table;
}

GeneratedTraffic read_workload(const YamlNode& root) {
  Problems problems;
  KeyCheck(problems, nullptr).map(root, "the workload", workload_keys());
  problems.throw_any();
  const Section fields(root, "the workload", workload_keys());
  GeneratedTraffic traffic;
  traffic.name = fields.text("name");
  traffic.duration_s = fields.quantity("duration");
  problems.note([&] { read_rate(fields, traffic); });
  problems.note([&] { read_parts(fields, traffic); });
  problems.note([&] { traffic.prompt_tokens = read_lengths(*fields.map("prompt_tokens")); });
  problems.note([&] { traffic.output_tokens = read_lengths(*fields.map("output_tokens")); });
  problems.throw_any();
  return traffic;
}

}  // namespace idlewatt
