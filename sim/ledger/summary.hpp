// The answer of a run, as numbers. measures() declares them once for the table, JSON, HDF5 and the reference page.
#pragma once

#include <string>
#include <vector>

namespace idlewatt {

/// Quantiles of a latency over served requests, in seconds; NaN where nothing was served. TTFT and end to end include
/// answers from the semantic cache.
struct Quantiles {
  double p50 = 0.0;
  double p90 = 0.0;
  double p99 = 0.0;
};

/// The measures of a run. Counts are whole numbers kept in doubles (exact to 2^53). A rate per request is NaN when no
/// request was served.
struct Summary {
  double horizon_s = 0.0;

  // Requests: in = served + cached + rejected_too_long + rejected + timed_out + failed + unfinished. After the warm-up,
  // if any. Each counts once, however often its client tried.
  double requests_in = 0.0;
  double requests_served = 0.0;
  double requests_cached = 0.0;
  double requests_rejected_too_long = 0.0;
  double requests_rejected = 0.0;
  double requests_timed_out = 0.0;
  double requests_failed = 0.0;
  double requests_unfinished = 0.0;
  double retries = 0.0;        ///< attempts of clients after the first
  double prompt_tokens = 0.0;  ///< prompt tokens of served requests
  double output_tokens = 0.0;  ///< output tokens of served requests
  double prefix_tokens = 0.0;  ///< prompt tokens of served requests found in the prefix cache
  double preemptions = 0.0;

  // Disaggregated serving; 0 without it.
  double kv_transfers = 0.0;  ///< requests whose KV cache moved from one replica to another
  double kv_sent_gb = 0.0;    ///< size of the moved KV caches, in gigabytes of 10^9 bytes

  // The semantic cache; 0 without one.
  double cache_lookups = 0.0;     ///< requests that the cache was asked for
  double cache_hit_share = 0.0;   ///< share of the lookups that the cache answered: requests_cached / cache_lookups
  double cache_wrong_hits = 0.0;  ///< cached requests that got the answer to another question
  double cache_energy_kwh = 0.0;  ///< facility energy of lookups and embedder, whole run

  // Energy of the whole run.
  double it_energy_kwh = 0.0;        ///< at the servers' and switches' wall plugs
  double facility_energy_kwh = 0.0;  ///< times PUE
  double accelerator_energy_kwh = 0.0;
  double idle_waste_kwh = 0.0;      ///< facility energy of powered devices without work, with their share of the rest
  double idle_waste_share = 0.0;    ///< idle_waste_kwh / facility_energy_kwh
  double under_use_kwh = 0.0;       ///< facility energy: static power of busy steps for their empty batch slots
  double discarded_kwh = 0.0;       ///< accelerator energy of work from which no client got an answer
  double wh_per_request = 0.0;      ///< facility energy per answered request, served or cached
  double j_per_output_token = 0.0;  ///< facility energy per output token of served requests

  // The bill (ledger/bill.hpp): its lines, whose sum is the cost.
  double rent_usd = 0.0;          ///< rent of rented servers
  double capital_usd = 0.0;       ///< capital cost of owned servers
  double electricity_usd = 0.0;   ///< electricity from the grid, for owned servers
  double demand_usd = 0.0;        ///< demand charge
  double plant_usd = 0.0;         ///< capital of the own plant
  double surplus_usd = 0.0;       ///< income from surplus plant energy: negative
  double certificates_usd = 0.0;  ///< certificates of renewable energy
  double carbon_tax_usd = 0.0;
  double cost_usd = 0.0;  ///< sum of all lines
  double usd_per_request = 0.0;
  double usd_per_million_output_tokens = 0.0;
  double peak_kw = 0.0;         ///< highest mean power of owned servers from the grid in an accounting interval
  double plant_used_kwh = 0.0;  ///< plant energy that was used
  double carbon_kg = 0.0;       ///< energy x carbon intensity where the site is
  double carbon_g_per_request = 0.0;
  double market_carbon_kg = 0.0;    ///< carbon by the supply contract, less certificates; NaN without either
  double embodied_carbon_kg = 0.0;  ///< carbon of making the servers, share of the run
  double water_l = 0.0;

  Quantiles queue_s;                ///< from arrival to the start of the first step
  Quantiles ttft_s;                 ///< from arrival to the first token
  Quantiles tpot_s;                 ///< (end - first token) / (output tokens - 1), for requests with two tokens or more
  Quantiles e2e_s;                  ///< from arrival to end
  double worst_gap_s = 0.0;         ///< longest time between two tokens of one request
  double kv_transfer_mean_s = 0.0;  ///< from a request's first token to the arrival of its KV cache
  double kv_transfer_p99_s = 0.0;
  double slo_share = 0.0;    ///< share of all requests that were served or cached, and within TTFT and TPOT limits
  double goodput_rps = 0.0;  ///< requests answered within their limits, per second after the warm-up

  double replica_hours = 0.0;          ///< hours of replicas that were ready or starting
  double pending_replica_hours = 0.0;  ///< hours of replicas that were wanted and had no room
  double accelerator_hours = 0.0;      ///< hours of all installed accelerators, in any state
  double faults = 0.0;                 ///< servers and accelerators lost
  double availability = 0.0;           ///< share of accelerators' time in which they had not failed; NaN without faults
  double cold_starts = 0.0;            ///< replicas that became ready after a load or a wake
  double swaps = 0.0;                  ///< replicas swapped out for another model
  double model_wait_share = 0.0;       ///< share of the requests' time in the fleet during which no replica of their
                                       ///< pool was ready
  double slo_lost_to_lag_share =
      0.0;  ///< share of requests that missed their SLO, having come while replicas were missing

  double lower_bound_kwh = 0.0;  ///< facility energy that no policy can go below on this hardware
  double regret_share = 0.0;     ///< facility energy / lower bound - 1

  std::string currency = "USD";  ///< currency of all amounts of money whose names say `usd`
};

/// One measure of the summary: its name, its form, and whether less is better.
struct Measure {
  enum class Better { lower, higher, neither };
  /// The group of measures that it is shown with.
  enum class Group { requests, energy, money, latency, fleet };
  /// The form of the number, which decides how it is written and compared.
  enum class Form {
    count,  ///< a whole number of things
    total,  ///< an amount that grows with traffic and time, as counts do
    rate,   ///< a quotient or a latency, which does not grow so
    share,  ///< a quotient written in percent
  };

  std::string name;   ///< "ttft_s_p99": key in JSON, dataset in HDF5, variable in Python; for money in US dollars
  std::string label;  ///< "TTFT p99"
  std::string unit;   ///< "s", "kWh", "1"
  Group group = Group::requests;
  Form form = Form::total;
  Better better = Better::neither;
  std::string meaning;  ///< one sentence
  double (*get)(const Summary&) = nullptr;
  void (*set)(Summary&, double) = nullptr;
  bool headline = false;    ///< shown in the terminal's table
  bool optional = false;    ///< a headline only where some value is neither zero nor NaN
  bool bill_line = false;   ///< true: an optional headline only where some bill has two such lines or more
  std::string remark = {};  ///< shown below that table, for a headline that does not explain itself
};

/// True when the measure is in the terminal's table of these runs.
bool is_shown(const Measure& measure, const std::vector<Summary>& summaries);

/// The name and the unit of a measure when money is in another currency: "cost_eur", "EUR".
std::string name_in(const Measure& measure, const std::string& currency);
std::string unit_in(const Measure& measure, const std::string& currency);

/// Every field of Summary, in the order of display.
const std::vector<Measure>& measures();

}  // namespace idlewatt
