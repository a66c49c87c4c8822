// The bill of a run: the readings of its meters, priced by a tariff. Pure functions of values; no run is needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// One line of the bill. Income is negative.
struct BillLine {
  std::string name;       ///< "electricity": key in JSON; with "_usd", the measure of the summary
  std::string label;      ///< "electricity from the grid"
  double quantity = 0.0;  ///< quantity that is paid for, in `unit`
  std::string unit;       ///< "kWh"
  double usd = 0.0;
};

/// The bill; energy is in kWh. Amounts that depend on time are summed over accounting intervals, each at its mean
/// power.
///
/// Energy of owned servers is bought, or made by the own plant. Energy of rented servers is part of their rent. Carbon,
/// carbon tax and certificates count for both, since a landlord passes them on.
struct Bill {
  double it_kwh = 0.0;
  double facility_kwh = 0.0;    ///< IT energy times the PUE of its interval
  double pue = 1.0;             ///< mean: facility / IT
  double paid_kwh = 0.0;        ///< facility energy of owned servers
  double plant_kwh = 0.0;       ///< energy made by the own plant
  double plant_used_kwh = 0.0;  ///< plant energy that was used
  double surplus_kwh = 0.0;     ///< plant energy that was not used
  double grid_kwh = 0.0;        ///< paid_kwh - plant_used_kwh
  double peak_kw = 0.0;         ///< highest mean power of owned servers from the grid in any interval
  double water_l = 0.0;

  std::vector<BillLine> lines;  ///< every kind of line in a fixed order, including lines of zero
  double total_usd = 0.0;       ///< sum of the lines

  double grid_carbon_kg = 0.0;    ///< carbon of energy from the grid, for all servers, where the site is
                                  ///< (location-based)
  double plant_carbon_kg = 0.0;   ///< carbon of the plant energy that was used
  double carbon_kg = 0.0;         ///< grid_carbon_kg + plant_carbon_kg
  double market_carbon_kg = 0.0;  ///< carbon by the supply contract, less certificates; NaN where the tariff has
                                  ///< neither
  double embodied_carbon_kg = 0.0;

  /// The amount of the line `name`, in USD. Throws Error for an unknown name.
  double usd(const std::string& name) const;
};

/// Makes the bill of a run. Requires that the tariff's series cover the run.
Bill make_bill(const Meter& meter, const Tariff& tariff);

/// The yearly payment on a loan of `usd` at `interest` per year, paid back in equal payments at the end of each of
/// `lifetime_years` years: usd r / (1 - (1 + r)^-n), and usd / n without interest.
double yearly_payment(double usd, double interest, double lifetime_years);

/// The billed time of a rental: whole multiples of the increment, at least the minimum. A rental that is open at the
/// end of the run is billed for its time so far, since its end is not in the run.
Ticks billed_ticks(const Rental& rental, Ticks increment, Ticks minimum);

/// The rent of `count` servers of a type, with the rentals of these servers.
double rent_usd(const MeteredServers& type, std::int64_t count, const std::vector<Rental>& rentals, const Rent& terms,
                Ticks horizon);

/// The capital cost of `count` owned servers of a type for the time of the run.
double capital_usd(const MeteredServers& type, std::int64_t count, const Tariff& tariff, Ticks horizon);

/// Sets every measure of `summary` that depends on the tariff. Requires that the summary already has its requests and
/// tokens.
void fill_from_bill(const Meter& meter, const Tariff& tariff, const Bill& bill, Summary& summary);

}  // namespace idlewatt
