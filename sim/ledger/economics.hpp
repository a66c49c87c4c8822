// The meaning of a bill: cost per request and per token, margin at a selling price, and comparison with the energy of
// training.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/bill.hpp"
#include "ledger/recorder.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// A twelfth of a year of 365 days.
inline constexpr double kHoursPerMonth = 730.0;

/// Costs per answered request (served or cached) and per token of served requests; NaN where nothing was served. Costs
/// are assumed to grow in proportion to requests: at another volume the fleet is scaled with them.
struct UnitCosts {
  double usd_per_request = 0.0;
  double usd_per_million_output_tokens = 0.0;
  double usd_per_million_tokens = 0.0;  ///< per million tokens of prompt and output
  double wh_per_request = 0.0;
  double carbon_g_per_request = 0.0;
  double requests_per_month = 0.0;  ///< requests per month at the pace of the run
  double output_tokens_per_request = 0.0;
};
UnitCosts unit_costs(const Summary& summary);

/// Cost, energy and carbon of a month with a given number of requests.
struct Month {
  double requests = 0.0;
  double usd = 0.0;
  double facility_kwh = 0.0;
  double carbon_kg = 0.0;
};
Month month_of(const UnitCosts& costs, double requests);

/// The margin at a selling price.
struct Margin {
  double usd_per_million_output_tokens = 0.0;  ///< selling price
  double revenue_usd_per_request = 0.0;
  double margin_usd_per_request = 0.0;
  double margin_share = 0.0;  ///< margin as a share of revenue
};
Margin margin_at(const UnitCosts& costs, double usd_per_million_output_tokens);

/// The advantage of a provider whose energy costs less by the share `saving`, all else equal.
struct CheaperEnergy {
  double saving = 0.0;
  double energy_usd = 0.0;    ///< cost of electricity, demand charge, own plant and its surplus
  double energy_share = 0.0;  ///< energy_usd as a share of the bill
  double saved_usd_per_request = 0.0;
  double undercut_share = 0.0;  ///< share by which its price can be lower at the same margin
};
CheaperEnergy with_cheaper_energy(const Bill& bill, const UnitCosts& costs, double saving);

/// The energy of training a model. Total energy = training + inference x requests.
struct TrainingEnergy {
  std::string model;
  double mwh = 0.0;
  double low_mwh = 0.0;  ///< low end of the range; NaN where no source has one
  double high_mwh = 0.0;
};
/// The number of requests after which inference has taken as much energy as training: training / energy per request.
double break_even_requests(double training_mwh, double wh_per_request);

/// The sensitivity of the bill to one quantity, all others unchanged.
struct Swing {
  std::string name;   ///< "pue"
  std::string label;  ///< "PUE"
  std::string low;    ///< lower value of the quantity, as text
  std::string high;
  double low_usd = 0.0;
  double high_usd = 0.0;
  double low_carbon_kg = 0.0;
  double high_carbon_kg = 0.0;
};

/// The range of the catalogue's rent of a type of server.
struct RentRange {
  std::string type;
  double low_usd_per_h = 0.0;
  double high_usd_per_h = 0.0;
};

/// The range of a power in the catalogue, and the change of the run's energy at the ends of the range (at the plugs,
/// before PUE, the course of the run unchanged; negative for less energy).
struct PowerRange {
  std::string path;  ///< "accelerators.l4.idle_loaded"
  double low_w = 0.0;
  double high_w = 0.0;
  double low_more_j = 0.0;
  double high_more_j = 0.0;
};

/// The ranges of the powers at which accelerators and servers idled and worked: time in a state x (range - value),
/// accelerators with their servers' overhead. Requires one type of server, whose `powered_s` and times by state
/// (seconds of accelerators) are known; empty for several types. `figures` are the figures that the run uses.
struct PoweredTime {
  std::string accelerator;
  std::string server;
  double idle_empty_s = 0.0;  ///< powered without a model, booting included
  double idle_loaded_s = 0.0;
  double parked_s = 0.0;
  double loading_s = 0.0;
  double busy_s = 0.0;
  double server_on_s = 0.0;  ///< seconds of servers
};
std::vector<PowerRange> power_ranges(const PoweredTime& time, const std::vector<ProvenanceEntry>& figures);

/// The swings of the bill when each quantity changes by the share `spread`, down and up (rents and powers: over their
/// ranges where these are known), the largest change of the total first. Quantities without a part in the bill or its
/// carbon are left out.
std::vector<Swing> tornado(const Meter& meter, const Tariff& tariff, const std::vector<RentRange>& rents,
                           const std::vector<PowerRange>& powers, double spread);

}  // namespace idlewatt
