// What a bill means per request and per token, against a selling price, and against the energy of training.
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

/// Per answered request (served or cached) and per token of served ones; NaN where nothing was served. Costs are taken
/// to grow in proportion to the requests: at another volume the fleet is scaled with them.
struct UnitCosts {
  double usd_per_request = 0.0;
  double usd_per_million_output_tokens = 0.0;
  double usd_per_million_tokens = 0.0;  ///< prompt and output
  double wh_per_request = 0.0;
  double carbon_g_per_request = 0.0;
  double requests_per_month = 0.0;  ///< at the run's own pace
  double output_tokens_per_request = 0.0;
};
UnitCosts unit_costs(const Summary& summary);

/// A month of so many requests.
struct Month {
  double requests = 0.0;
  double usd = 0.0;
  double facility_kwh = 0.0;
  double carbon_kg = 0.0;
};
Month month_of(const UnitCosts& costs, double requests);

/// Against a selling price.
struct Margin {
  double usd_per_million_output_tokens = 0.0;  ///< the price
  double revenue_usd_per_request = 0.0;
  double margin_usd_per_request = 0.0;
  double margin_share = 0.0;  ///< of the revenue
};
Margin margin_at(const UnitCosts& costs, double usd_per_million_output_tokens);

/// A provider whose energy costs less by `saving`, all else alike.
struct CheaperEnergy {
  double saving = 0.0;
  double energy_usd = 0.0;    ///< electricity, demand charge, own plant and its surplus
  double energy_share = 0.0;  ///< of the bill
  double saved_usd_per_request = 0.0;
  double undercut_share = 0.0;  ///< by so much of itself its price can be lower at the same margin: of the bill
};
CheaperEnergy with_cheaper_energy(const Bill& bill, const UnitCosts& costs, double saving);

/// Total energy = training + inference x requests.
struct TrainingEnergy {
  std::string model;
  double mwh = 0.0;
  double low_mwh = 0.0;  ///< NaN where nobody says
  double high_mwh = 0.0;
};
/// Inference has taken as much energy as training after so many requests: training / energy per request.
double break_even_requests(double training_mwh, double wh_per_request);

/// Sensitivity: the bill with one thing changed, and all else as it is.
struct Swing {
  std::string name;   ///< "pue"
  std::string label;  ///< "PUE"
  std::string low;    ///< what it is changed to
  std::string high;
  double low_usd = 0.0;
  double high_usd = 0.0;
  double low_carbon_kg = 0.0;
  double high_carbon_kg = 0.0;
};

/// The catalogue's rent of a type of server may lie between these.
struct RentRange {
  std::string type;
  double low_usd_per_h = 0.0;
  double high_usd_per_h = 0.0;
};

/// A power of the catalogue that may lie elsewhere, and how much more energy (at the plugs, before PUE) the run would
/// then have taken, its course unchanged: negative for less.
struct PowerRange {
  std::string path;  ///< "accelerators.l4.idle_loaded"
  double low_w = 0.0;
  double high_w = 0.0;
  double low_more_j = 0.0;
  double high_more_j = 0.0;
};

/// The ranges of the powers at which accelerators and servers stood around and worked: time in a state x (range -
/// value), accelerators with their servers' overhead. Needs one kind of server, of which `powered_s` and the times by
/// state (seconds of accelerators) are known; empty for several. `figures` are those that the run rests on.
struct PoweredTime {
  std::string accelerator;
  std::string server;
  double idle_empty_s = 0.0;  ///< powered without a model, booting included
  double idle_loaded_s = 0.0;
  double parked_s = 0.0;
  double loading_s = 0.0;
  double busy_s = 0.0;
  double server_on_s = 0.0;  ///< of servers
};
std::vector<PowerRange> power_ranges(const PoweredTime& time, const std::vector<ProvenanceEntry>& figures);

/// Changes each of what the bill rests on by `spread` of itself, down and up (rents and powers: over their ranges where
/// there are any); the largest change of the total first. What has no part in the bill and its carbon is left out.
std::vector<Swing> tornado(const Meter& meter, const Tariff& tariff, const std::vector<RentRange>& rents,
                           const std::vector<PowerRange>& powers, double spread);

}  // namespace idlewatt
