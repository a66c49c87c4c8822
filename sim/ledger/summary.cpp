#include "ledger/summary.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <utility>

#include "base/quantity.hpp"

namespace idlewatt {
namespace {

using Better = Measure::Better;
using Form = Measure::Form;
using Group = Measure::Group;

constexpr bool kHeadline = true;

/// Adds measures to a list, one group after another.
class Declarer {
 public:
  explicit Declarer(std::vector<Measure>& list) : list_(list) {}

  Declarer& group(Group group) {
    group_ = group;
    return *this;
  }

  template <double Summary::*Field>
  Declarer& add(std::string name, std::string label, std::string unit, Form form, Better better, std::string meaning,
                bool headline = false) {
    list_.push_back({std::move(name), std::move(label), std::move(unit), group_, form, better, std::move(meaning),
                     [](const Summary& summary) { return summary.*Field; },
                     [](Summary& summary, double value) { summary.*Field = value; }, headline});
    return *this;
  }

  template <Quantiles Summary::*Family>
  Declarer& add_quantiles(const std::string& family, const std::string& label, const std::string& what,
                          bool headline = false, const std::string& who = "served") {
    add_quantile<Family, &Quantiles::p50>(family, label, "50", what, headline, who);
    add_quantile<Family, &Quantiles::p90>(family, label, "90", what, headline, who);
    add_quantile<Family, &Quantiles::p99>(family, label, "99", what, headline, who);
    return *this;
  }

  /// The measure added last is shown in the table where it says something.
  Declarer& optional() {
    list_.back().headline = true;
    list_.back().optional = true;
    return *this;
  }

  /// The measure added last is a line of the bill.
  Declarer& bill_line() {
    list_.back().bill_line = true;
    return optional();
  }

  /// Of the measure added last.
  Declarer& remark(std::string text) {
    list_.back().remark = std::move(text);
    return *this;
  }

 private:
  template <Quantiles Summary::*Family, double Quantiles::*Field>
  void add_quantile(const std::string& family, const std::string& label, const std::string& level,
                    const std::string& what, bool headline, const std::string& who) {
    list_.push_back({family + "_p" + level, label + " p" + level, "s", group_, Form::rate, Better::lower,
                     fmt::format("{} % of the {} requests had {} of at most this.", level, who, what),
                     [](const Summary& summary) { return (summary.*Family).*Field; },
                     [](Summary& summary, double value) { (summary.*Family).*Field = value; }, headline});
  }

  std::vector<Measure>& list_;
  Group group_ = Group::requests;
};

std::vector<Measure> declare() {
  std::vector<Measure> list;
  Declarer declarer(list);

  declarer.group(Group::fleet);
  declarer.add<&Summary::horizon_s>("horizon_s", "horizon", "s", Form::total, Better::neither,
                                    "Simulated time of the run.");

  declarer.group(Group::requests);
  declarer.add<&Summary::requests_in>("requests_in", "requests in", "1", Form::count, Better::neither,
                                      "Requests that arrived, after the warm-up if there is one.", kHeadline);
  declarer.add<&Summary::requests_served>("requests_served", "served", "1", Form::count, Better::higher,
                                          "Requests that a replica answered to the last token.", kHeadline);
  declarer
      .add<&Summary::requests_cached>("requests_cached", "cached", "1", Form::count, Better::neither,
                                      "Requests that the semantic cache answered.", kHeadline)
      .optional();
  declarer.add<&Summary::requests_rejected_too_long>(
      "requests_rejected_too_long", "rejected, too long", "1", Form::count, Better::lower,
      "Requests longer than the model's context or a replica's KV memory.", kHeadline);
  declarer.add<&Summary::requests_rejected>("requests_rejected", "rejected", "1", Form::count, Better::lower,
                                            "Requests that admission turned away or that found no replica to go to.",
                                            kHeadline);
  declarer
      .add<&Summary::requests_timed_out>("requests_timed_out", "timed out", "1", Form::count, Better::lower,
                                         "Requests whose clients gave up, at the last of their tries.", kHeadline)
      .optional();
  declarer
      .add<&Summary::requests_failed>("requests_failed", "failed", "1", Form::count, Better::lower,
                                      "Requests lost with the host that held them.", kHeadline)
      .optional();
  declarer.add<&Summary::requests_unfinished>("requests_unfinished", "unfinished", "1", Form::count, Better::lower,
                                              "Requests still waiting or running at the horizon.", kHeadline);
  declarer
      .add<&Summary::retries>("retries", "retries", "1", Form::count, Better::lower,
                              "Times a client tried again after a rejection or a time-out.", kHeadline)
      .optional();
  declarer.add<&Summary::prompt_tokens>("prompt_tokens", "prompt tokens", "1", Form::count, Better::neither,
                                        "Prompt tokens of the served requests.");
  declarer.add<&Summary::output_tokens>("output_tokens", "output tokens", "1", Form::count, Better::neither,
                                        "Output tokens of the served requests.");
  declarer.add<&Summary::prefix_tokens>("prefix_tokens", "prompt tokens from prefix cache", "1", Form::count,
                                        Better::higher,
                                        "Of these prompt tokens, those that a prefix cache held and nobody computed.");
  declarer.add<&Summary::preemptions>("preemptions", "preemptions", "1", Form::count, Better::lower,
                                      "Times a running request lost its KV memory and had to be computed again.");
  declarer
      .add<&Summary::kv_transfers>("kv_transfers", "KV transfers", "1", Form::count, Better::neither,
                                   "Times the KV cache of a request went from a prefill pool to a decode pool.",
                                   kHeadline)
      .optional();
  declarer
      .add<&Summary::kv_sent_gb>("kv_sent_gb", "KV cache sent", "GB", Form::total, Better::lower,
                                 "Bytes of these KV caches that were sent.", kHeadline)
      .optional();
  declarer.add<&Summary::cache_lookups>("cache_lookups", "cache lookups", "1", Form::count, Better::neither,
                                        "Requests that were looked up in the semantic cache.");
  declarer
      .add<&Summary::cache_hit_share>("cache_hit_share", "cache hits", "1", Form::share, Better::higher,
                                      "Share of the lookups that found an answer, right or wrong.", kHeadline)
      .optional();
  declarer
      .add<&Summary::cache_wrong_hits>("cache_wrong_hits", "wrong hits", "1", Form::count, Better::lower,
                                       "Cached answers that were the answer to another question.", kHeadline)
      .optional();

  declarer.group(Group::energy);
  declarer
      .add<&Summary::cache_energy_kwh>(
          "cache_energy_kwh", "semantic cache", "kWh", Form::total, Better::lower,
          "Facility energy of the semantic cache: its lookups, and its embedding accelerator while it waits.",
          kHeadline)
      .optional();
  declarer.add<&Summary::it_energy_kwh>("it_energy_kwh", "IT energy", "kWh", Form::total, Better::lower,
                                        "Energy at the wall plugs of servers and switches.", kHeadline);
  declarer.add<&Summary::facility_energy_kwh>(
      "facility_energy_kwh", "facility energy", "kWh", Form::total, Better::lower,
      "Energy of the whole facility: IT energy times its PUE (cooling and distribution included).", kHeadline);
  declarer.add<&Summary::accelerator_energy_kwh>("accelerator_energy_kwh", "accelerator energy", "kWh", Form::total,
                                                 Better::lower, "Energy of the accelerators alone.");
  declarer
      .add<&Summary::idle_waste_kwh>(
          "idle_waste_kwh", "idle waste", "kWh", Form::total, Better::lower,
          "Facility energy of powered devices doing no work, with their share of hosts and cooling.", kHeadline)
      .remark(
          "Idle waste: energy of powered accelerators doing no work, with their share of servers, network and "
          "cooling.");
  declarer.add<&Summary::idle_waste_share>("idle_waste_share", "idle waste share", "1", Form::share, Better::lower,
                                           "Idle waste as a share of the facility energy.", kHeadline);
  declarer.add<&Summary::under_use_kwh>(
      "under_use_kwh", "under-use", "kWh", Form::total, Better::lower,
      "Facility energy for the static power of busy steps, counted for the empty seats of their batches.", kHeadline);
  declarer
      .add<&Summary::discarded_kwh>(
          "discarded_kwh", "discarded", "kWh", Form::total, Better::lower,
          "Accelerator energy of work without an answer: its client had given up, or its host was lost.", kHeadline)
      .optional();
  declarer.add<&Summary::wh_per_request>("wh_per_request", "energy per request", "Wh", Form::rate, Better::lower,
                                         "Facility energy per answered request, served or cached.", kHeadline);
  declarer.add<&Summary::j_per_output_token>("j_per_output_token", "energy per output token", "J", Form::rate,
                                             Better::lower, "Facility energy per output token of the served requests.",
                                             kHeadline);

  declarer.group(Group::money);
  const auto line = [&declarer]<double Summary::*Field>(std::string name, std::string label, std::string meaning) {
    declarer.add<Field>(std::move(name), std::move(label), "USD", Form::total, Better::lower, std::move(meaning));
    declarer.bill_line();
  };
  line.operator()<&Summary::rent_usd>("rent_usd", "rent", "Rent of the servers that are rented.");
  line.operator()<&Summary::capital_usd>("capital_usd", "capital cost",
                                         "Capital cost of owned servers: the run's part of their yearly payments.");
  line.operator()<&Summary::electricity_usd>(
      "electricity_usd", "electricity",
      "Facility energy of owned servers from the grid, each accounting interval at its price.");
  line.operator()<&Summary::demand_usd>(
      "demand_usd", "demand charge",
      "Charge on the highest mean power from the grid of an accounting interval, for the run's part of each month.");
  line.operator()<&Summary::plant_usd>("plant_usd", "own plant", "Capital cost of the own solar or wind plant.");
  line.operator()<&Summary::surplus_usd>("surplus_usd", "surplus sold",
                                         "What the plant's unused energy was sold for, as a negative cost.");
  line.operator()<&Summary::certificates_usd>("certificates_usd", "certificates",
                                              "Price of certificates of renewable energy.");
  line.operator()<&Summary::carbon_tax_usd>("carbon_tax_usd", "carbon tax", "Tax on the carbon of the energy.");
  declarer.add<&Summary::cost_usd>("cost_usd", "cost", "USD", Form::total, Better::lower,
                                   "All lines of the bill together.", kHeadline);
  declarer.add<&Summary::usd_per_request>("usd_per_request", "cost per request", "USD", Form::rate, Better::lower,
                                          "The bill per answered request, served or cached.");
  declarer.add<&Summary::usd_per_million_output_tokens>(
      "usd_per_million_output_tokens", "cost per million output tokens", "USD", Form::rate, Better::lower,
      "The bill per million output tokens of the served requests.", kHeadline);
  declarer.add<&Summary::peak_kw>(
      "peak_kw", "peak power from the grid", "kW", Form::rate, Better::lower,
      "Highest mean power from the grid of an accounting interval, facility of owned servers.");
  declarer
      .add<&Summary::plant_used_kwh>("plant_used_kwh", "used from own plant", "kWh", Form::total, Better::neither,
                                     "Energy of the own solar or wind plant that the facility used.")
      .optional();
  declarer.add<&Summary::carbon_kg>(
      "carbon_kg", "carbon", "kg", Form::total, Better::lower,
      "CO2 equivalent of the facility energy, each accounting interval at its intensity.");
  declarer.add<&Summary::carbon_g_per_request>("carbon_g_per_request", "carbon per request", "g", Form::rate,
                                               Better::lower, "CO2 equivalent per answered request, served or cached.",
                                               kHeadline);
  declarer
      .add<&Summary::market_carbon_kg>("market_carbon_kg", "carbon, market-based", "kg", Form::total, Better::lower,
                                       "CO2 equivalent by the supply contract's intensity, less certificates.")
      .optional();
  declarer
      .add<&Summary::embodied_carbon_kg>("embodied_carbon_kg", "embodied carbon", "kg", Form::total, Better::lower,
                                         "CO2 equivalent of making the servers: the run's part of their lifetime.")
      .optional();
  declarer
      .add<&Summary::water_l>("water_l", "water", "l", Form::total, Better::lower,
                              "Water that the site evaporates for cooling, by its IT energy.")
      .optional();

  declarer.group(Group::latency);
  declarer.add_quantiles<&Summary::queue_s>("queue_s", "queueing", "a wait before their first batch step");
  declarer.add_quantiles<&Summary::ttft_s>("ttft_s", "TTFT", "a time from arrival to first token", kHeadline,
                                           "served or cached");
  declarer.add_quantiles<&Summary::tpot_s>("tpot_s", "TPOT", "a mean time per output token after the first", kHeadline);
  declarer.add_quantiles<&Summary::e2e_s>("e2e_s", "end to end", "a time from arrival to last token", kHeadline,
                                          "served or cached");
  declarer.add<&Summary::worst_gap_s>("worst_gap_s", "worst gap", "s", Form::rate, Better::lower,
                                      "The longest time between two tokens of one request.", kHeadline);
  declarer
      .add<&Summary::kv_transfer_mean_s>("kv_transfer_mean_s", "KV transfer mean", "s", Form::rate, Better::lower,
                                         "Mean time from a request's first token until its KV cache was at the replica "
                                         "that goes on; 0 without disaggregated pools.",
                                         kHeadline)
      .optional();
  declarer
      .add<&Summary::kv_transfer_p99_s>("kv_transfer_p99_s", "KV transfer p99", "s", Form::rate, Better::lower,
                                        "99 % of these times were at most this.", kHeadline)
      .optional();
  declarer.add<&Summary::slo_share>(
      "slo_share", "within SLO", "1", Form::share, Better::higher,
      "Share of all requests that came in which were answered within their TTFT and TPOT limits.", kHeadline);
  declarer.add<&Summary::goodput_rps>("goodput_rps", "goodput", "1/s", Form::rate, Better::higher,
                                      "Requests per second that were answered within their TTFT and TPOT limits.");

  declarer.group(Group::fleet);
  declarer.add<&Summary::replica_hours>("replica_hours", "replica hours", "h", Form::total, Better::lower,
                                        "Time of replicas that were ready or starting.", kHeadline);
  declarer.add<&Summary::pending_replica_hours>("pending_replica_hours", "pending replica hours", "h", Form::total,
                                                Better::lower, "Time of replicas that were wanted and found no room.",
                                                kHeadline);
  declarer.add<&Summary::accelerator_hours>("accelerator_hours", "accelerator hours", "h", Form::total, Better::neither,
                                            "Time of all installed accelerators, whatever their state.");
  declarer
      .add<&Summary::faults>("faults", "faults", "1", Form::count, Better::neither,
                             "Servers and accelerators that were lost.", kHeadline)
      .optional();
  declarer
      .add<&Summary::availability>("availability", "availability", "1", Form::share, Better::higher,
                                   "Share of the accelerators' time in which they had not failed.", kHeadline)
      .optional();
  declarer.add<&Summary::cold_starts>("cold_starts", "cold starts", "1", Form::count, Better::neither,
                                      "Replicas that became ready after a load or a wake.", kHeadline);
  declarer
      .add<&Summary::swaps>("swaps", "swaps", "1", Form::count, Better::neither,
                            "Replicas that were pushed off their accelerators to make room for another model.",
                            kHeadline)
      .optional();

  declarer.group(Group::latency);
  declarer
      .add<&Summary::model_wait_share>(
          "model_wait_share", "waiting for a model", "1", Form::share, Better::lower,
          "Share of the time that requests spent in the fleet in which no replica of their pool was ready.", kHeadline)
      .optional();
  declarer
      .add<&Summary::slo_lost_to_lag_share>(
          "slo_lost_to_lag_share", "SLO lost to lag", "1", Form::share, Better::lower,
          "Share of all requests that missed their SLO, having come while fewer replicas were ready than wanted.",
          kHeadline)
      .remark(
          "SLO lost to lag: requests that missed their SLO, having come while fewer replicas were ready than wanted.");

  declarer.group(Group::energy);
  declarer.add<&Summary::lower_bound_kwh>(
      "lower_bound_kwh", "lower bound", "kWh", Form::total, Better::neither,
      "Facility energy that no policy can go below for the served requests on this hardware.");
  declarer
      .add<&Summary::regret_share>("regret_share", "regret", "1", Form::share, Better::lower,
                                   "Facility energy above the lower bound, as a share of the bound.", kHeadline)
      .remark(
          "Regret: facility energy above the lower bound that no policy can beat on this hardware; 100 % is twice the "
          "bound.");
  return list;
}

}  // namespace

bool is_shown(const Measure& measure, const std::vector<Summary>& summaries) {
  const auto says_something = [](const Measure& which, const Summary& summary) {
    const double value = which.get(summary);
    return std::isfinite(value) && value != 0.0;
  };
  const auto has_lines = [&](const Summary& summary) {
    return std::count_if(measures().begin(), measures().end(),
                         [&](const Measure& other) { return other.bill_line && says_something(other, summary); }) > 1;
  };
  if (!measure.headline || !measure.optional) {
    return measure.headline;
  }
  return std::any_of(summaries.begin(), summaries.end(),
                     [&](const Summary& summary) { return says_something(measure, summary); }) &&
         (!measure.bill_line || std::any_of(summaries.begin(), summaries.end(), has_lines));
}

std::string name_in(const Measure& measure, const std::string& currency) {
  return in_currency(measure.name, currency);
}

std::string unit_in(const Measure& measure, const std::string& currency) {
  return in_currency(measure.unit, currency);
}

const std::vector<Measure>& measures() {
  static const std::vector<Measure> list = declare();
  return list;
}

}  // namespace idlewatt
