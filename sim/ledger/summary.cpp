#include "ledger/summary.hpp"

#include <utility>

namespace idlewatt {
namespace {

using Better = Measure::Better;

constexpr bool kHeadline = true;

template <double Summary::*Field>
Measure measure(std::string name, std::string label, std::string unit, Better better, std::string meaning,
                bool headline = false) {
  return {std::move(name),
          std::move(label),
          std::move(unit),
          better,
          std::move(meaning),
          [](const Summary& summary) { return summary.*Field; },
          [](Summary& summary, double value) { summary.*Field = value; },
          headline};
}

template <Quantiles Summary::*Family, double Quantiles::*Field>
Measure quantile(const std::string& family, const std::string& label, const std::string& level, const std::string& what,
                 bool headline) {
  return {family + ".p" + level,
          label + " p" + level,
          "s",
          Better::lower,
          level + " % of the served queries had " + what + " of at most this.",
          [](const Summary& summary) { return (summary.*Family).*Field; },
          [](Summary& summary, double value) { (summary.*Family).*Field = value; },
          headline};
}

template <Quantiles Summary::*Family>
void add_quantiles(std::vector<Measure>& list, const std::string& family, const std::string& label,
                   const std::string& what, bool headline = false) {
  list.push_back(quantile<Family, &Quantiles::p50>(family, label, "50", what, headline));
  list.push_back(quantile<Family, &Quantiles::p90>(family, label, "90", what, headline));
  list.push_back(quantile<Family, &Quantiles::p99>(family, label, "99", what, headline));
}

std::vector<Measure> declare() {
  std::vector<Measure> list;
  list.push_back(
      measure<&Summary::horizon_s>("horizon_s", "horizon", "s", Better::neither, "Simulated time of the run."));

  list.push_back(measure<&Summary::queries_in>("queries_in", "queries in", "1", Better::neither,
                                               "Queries that arrived, after the warm-up if there is one.", kHeadline));
  list.push_back(measure<&Summary::queries_served>("queries_served", "served", "1", Better::higher,
                                                   "Queries that a replica answered to the last token.", kHeadline));
  list.push_back(measure<&Summary::queries_cached>("queries_cached", "cached", "1", Better::neither,
                                                   "Queries that the semantic cache answered."));
  list.push_back(measure<&Summary::queries_rejected_too_long>(
      "queries_rejected_too_long", "rejected, too long", "1", Better::lower,
      "Queries longer than the model's context or a replica's KV memory.", kHeadline));
  list.push_back(measure<&Summary::queries_rejected>(
      "queries_rejected", "rejected", "1", Better::lower,
      "Queries that admission turned away or that found no replica to go to.", kHeadline));
  list.push_back(measure<&Summary::queries_failed>("queries_failed", "failed", "1", Better::lower,
                                                   "Queries lost with the host that held them."));
  list.push_back(measure<&Summary::queries_unfinished>("queries_unfinished", "unfinished", "1", Better::lower,
                                                       "Queries still waiting or running at the horizon.", kHeadline));
  list.push_back(measure<&Summary::prompt_tokens>("prompt_tokens", "prompt tokens", "1", Better::neither,
                                                  "Prompt tokens of the served queries."));
  list.push_back(measure<&Summary::output_tokens>("output_tokens", "output tokens", "1", Better::neither,
                                                  "Output tokens of the served queries."));
  list.push_back(
      measure<&Summary::preemptions>("preemptions", "preemptions", "1", Better::lower,
                                     "Times a running query lost its KV memory and had to be computed again."));

  list.push_back(measure<&Summary::it_energy_kwh>("it_energy_kwh", "IT energy", "kWh", Better::lower,
                                                  "Energy at the wall plugs of servers and switches.", kHeadline));
  list.push_back(measure<&Summary::facility_energy_kwh>(
      "facility_energy_kwh", "facility energy", "kWh", Better::lower,
      "Energy of the whole facility: IT energy times its PUE (cooling and distribution included).", kHeadline));
  list.push_back(measure<&Summary::accelerator_energy_kwh>("accelerator_energy_kwh", "accelerator energy", "kWh",
                                                           Better::lower, "Energy of the accelerators alone."));
  list.push_back(measure<&Summary::idle_waste_kwh>(
      "idle_waste_kwh", "idle waste", "kWh", Better::lower,
      "Facility energy of powered devices doing no work, with their share of hosts and cooling.", kHeadline));
  list.push_back(measure<&Summary::idle_waste_share>("idle_waste_share", "idle waste share", "1", Better::lower,
                                                     "Idle waste as a share of the facility energy.", kHeadline));
  list.push_back(measure<&Summary::under_use_kwh>(
      "under_use_kwh", "under-use", "kWh", Better::lower,
      "Facility energy for the static power of busy steps, counted for the empty seats of their batches.", kHeadline));
  list.push_back(measure<&Summary::wh_per_query>("wh_per_query", "energy per query", "Wh", Better::lower,
                                                 "Facility energy per served query.", kHeadline));
  list.push_back(
      measure<&Summary::j_per_output_token>("j_per_output_token", "energy per output token", "J", Better::lower,
                                            "Facility energy per output token of the served queries.", kHeadline));

  list.push_back(
      measure<&Summary::electricity_usd>("electricity_usd", "electricity", "USD", Better::lower,
                                         "Facility energy of owned servers times the price of electricity."));
  list.push_back(
      measure<&Summary::rent_usd>("rent_usd", "rent", "USD", Better::lower, "Rent of the servers that are rented."));
  list.push_back(measure<&Summary::cost_usd>("cost_usd", "cost", "USD", Better::lower, "Electricity and rent together.",
                                             kHeadline));
  list.push_back(measure<&Summary::usd_per_million_output_tokens>(
      "usd_per_million_output_tokens", "cost per million output tokens", "USD", Better::lower,
      "Electricity and rent per million output tokens of the served queries.", kHeadline));
  list.push_back(measure<&Summary::carbon_kg>("carbon_kg", "carbon", "kg", Better::lower,
                                              "CO2 equivalent: facility energy times the grid's intensity."));
  list.push_back(measure<&Summary::carbon_g_per_query>("carbon_g_per_query", "carbon per query", "g", Better::lower,
                                                       "CO2 equivalent per served query.", kHeadline));

  add_quantiles<&Summary::queue_s>(list, "queue_s", "queueing", "a wait before their first batch step");
  add_quantiles<&Summary::ttft_s>(list, "ttft_s", "TTFT", "a time from arrival to first token", kHeadline);
  add_quantiles<&Summary::tpot_s>(list, "tpot_s", "TPOT", "a mean time per output token after the first", kHeadline);
  add_quantiles<&Summary::e2e_s>(list, "e2e_s", "end to end", "a time from arrival to last token", kHeadline);
  list.push_back(measure<&Summary::worst_gap_s>("worst_gap_s", "worst gap", "s", Better::lower,
                                                "The longest time between two tokens of one query.", kHeadline));
  list.push_back(measure<&Summary::slo_share>(
      "slo_share", "within SLO", "1", Better::higher,
      "Share of all queries that came in which were answered within their TTFT and TPOT limits.", kHeadline));

  list.push_back(measure<&Summary::replica_hours>("replica_hours", "replica hours", "h", Better::lower,
                                                  "Time of replicas that were ready or starting.", kHeadline));
  list.push_back(measure<&Summary::pending_replica_hours>("pending_replica_hours", "pending replica hours", "h",
                                                          Better::lower,
                                                          "Time of replicas that were wanted and found no room."));
  list.push_back(measure<&Summary::accelerator_hours>("accelerator_hours", "accelerator hours", "h", Better::neither,
                                                      "Time of all installed accelerators, whatever their state."));
  list.push_back(measure<&Summary::cold_starts>("cold_starts", "cold starts", "1", Better::neither,
                                                "Replicas that became ready after a load or a wake.", kHeadline));
  list.push_back(measure<&Summary::slo_lost_to_lag_share>(
      "slo_lost_to_lag_share", "SLO lost to lag", "1", Better::lower,
      "Share of all queries that missed their SLO, having come while fewer replicas were ready than wanted.",
      kHeadline));

  list.push_back(measure<&Summary::lower_bound_kwh>(
      "lower_bound_kwh", "lower bound", "kWh", Better::neither,
      "Facility energy that no policy can go below for the served queries on this hardware."));
  list.push_back(measure<&Summary::regret_share>("regret_share", "regret", "1", Better::lower,
                                                 "Facility energy above the lower bound, as a share of the bound.",
                                                 kHeadline));
  return list;
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> list = declare();
  return list;
}

}  // namespace idlewatt
