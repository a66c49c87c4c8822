// The bill of a run: what its meters show, priced by a tariff. Pure functions of values: no run is needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// One line of the bill. What is earned is negative.
struct BillLine {
  std::string name;       ///< "electricity": key in JSON; with "_usd", the measure of the summary
  std::string label;      ///< "electricity from the grid"
  double quantity = 0.0;  ///< of what is paid for
  std::string unit;       ///< "kWh"
  double usd = 0.0;
};

/// Energy is in kWh. What depends on time is summed over accounting intervals, each at its mean power.
///
/// Who pays what: energy of owned servers is bought (or made by the own plant); energy of rented ones is in their rent.
/// Carbon counts for both, and so do carbon tax and certificates: a landlord hands them on.
struct Bill {
  double it_kwh = 0.0;
  double facility_kwh = 0.0;    ///< IT energy times the PUE of its interval
  double pue = 1.0;             ///< mean: facility / IT
  double paid_kwh = 0.0;        ///< facility energy of owned servers
  double plant_kwh = 0.0;       ///< made by the own plant
  double plant_used_kwh = 0.0;  ///< of that, used
  double surplus_kwh = 0.0;     ///< and not
  double grid_kwh = 0.0;        ///< paid_kwh - plant_used_kwh
  double peak_kw = 0.0;         ///< highest mean power of an interval from the grid, of owned servers
  double water_l = 0.0;

  std::vector<BillLine> lines;  ///< every kind of line in one order, zero or not
  double total_usd = 0.0;       ///< the lines' sum in their order

  double grid_carbon_kg = 0.0;    ///< of energy from the grid, of all servers, where the site is (location-based)
  double plant_carbon_kg = 0.0;   ///< of the plant's energy that was used
  double carbon_kg = 0.0;         ///< both
  double market_carbon_kg = 0.0;  ///< by the supply contract, less certificates; NaN where the tariff has neither
  double embodied_carbon_kg = 0.0;

  /// The line called `name`, in USD. Throws Error for another.
  double usd(const std::string& name) const;
};

/// The tariff's series must cover the run.
Bill make_bill(const Meter& meter, const Tariff& tariff);

/// A year's payment on `usd`, borrowed at `interest` a year and paid back in equal payments at the end of each of
/// `lifetime_years`: usd r / (1 - (1 + r)^-n), and usd / n without interest.
double yearly_payment(double usd, double interest, double lifetime_years);

/// What a rental is billed: whole multiples of the increment, at least the minimum. One that goes on is billed as it
/// stands: its end is not in the run.
Ticks billed_ticks(const Rental& rental, Ticks increment, Ticks minimum);

/// Rent of `count` servers of a type, whose rentals these are.
double rent_usd(const MeteredServers& type, std::int64_t count, const std::vector<Rental>& rentals, const Rent& terms,
                Ticks horizon);

/// Capital cost of `count` servers of a type that are owned, for the run.
double capital_usd(const MeteredServers& type, std::int64_t count, const Tariff& tariff, Ticks horizon);

/// Sets every measure of `summary` that depends on the tariff; it must have its requests and tokens.
void fill_from_bill(const Meter& meter, const Tariff& tariff, const Bill& bill, Summary& summary);

}  // namespace idlewatt
