// What a site charges for energy and machines, and what they weigh in carbon: plain structs, no simulation. ledger/
// makes a bill from them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time_zone.hpp"

namespace idlewatt {

/// One value for each hour, or for each shorter or longer step; some may be missing.
struct TimeSeries {
  std::string path;               ///< as the scenario names it
  std::string column;             ///< of the file, or what else says which of its values: "price of SE3"
  std::string unit = {};          ///< of the values, as the file has it: "EUR/MWh"; "1" for shares
  std::string about = {};         ///< what was recognised, one sentence: "Electricity Maps, life-cycle intensity of SE"
  std::int64_t start_unix_s = 0;  ///< a whole minute
  std::int32_t step_s = 3600;     ///< whole minutes
  bool repeats = false;           ///< beyond its ends, the step a whole multiple of 52 weeks away counts
  std::vector<double> values = {};  ///< NaN where the file has none

  std::int64_t end_unix_s() const { return start_unix_s + static_cast<std::int64_t>(values.size()) * step_s; }
  /// Whether there is a step, be its value known or not, at every moment from `from` to `to`.
  bool covers(std::int64_t from, std::int64_t to) const;
  /// The first moment from `from` to `to` without a value; nothing where all are known. `from` to `to` must be covered.
  std::optional<std::int64_t> first_gap(std::int64_t from, std::int64_t to) const;
  /// The value of the step that `unix_s` lies in, which must be covered.
  double at(std::int64_t unix_s) const;
  /// The steps from the one of `from` to the one before `to`, as a series that does not repeat.
  TimeSeries cut(std::int64_t from, std::int64_t to) const;
};

/// Hours, weekdays and months, local time, at which another price holds.
struct TimeOfUse {
  std::string name;
  double value = 0.0;
  int from_s = 0;    ///< of the day, a whole quarter hour
  int to_s = 86400;  ///< likewise; not after `from_s`: the period lasts over midnight
  std::array<bool, 7> weekdays = {true, true, true, true, true, true, true};  ///< from Monday, of the day it is
  std::array<bool, 12> months = {true, true, true, true, true, true, true, true, true, true, true, true};

  bool holds(const LocalTime& time) const;
};

/// A price or an intensity: one number, or one that changes over the day and the year.
struct OverTime {
  double flat = 0.0;
  std::vector<TimeOfUse> periods = {};                 ///< the first that holds counts, `flat` where none does
  std::shared_ptr<const TimeSeries> series = nullptr;  ///< instead of all that
  double factor = 1.0;                                 ///< of the series: from its unit to ours
  double surcharge = 0.0;                              ///< on top of the series

  bool varies() const { return series != nullptr || !periods.empty(); }
  double at(const TimeZone& zone, std::int64_t unix_s) const;
  /// Over the time from `from_s` to `to_s` (seconds since 1970), every moment alike; exactly the value where there is
  /// only one. Values change on quarter hours of UTC, and at the steps of a series.
  double mean(const TimeZone& zone, double from_s, double to_s) const;
};

/// PUE at some power of the IT, straight in between, constant beyond the ends.
struct PueAtLoad {
  double it_w = 0.0;
  double pue = 1.0;
};

enum class RentPlan : std::uint8_t {
  on_demand,  ///< rented hours at the full price
  reserved,   ///< every hour of the run, used or not
  spot,       ///< rented hours; that the provider may take the machine back is not simulated
};

struct Rent {
  RentPlan plan = RentPlan::on_demand;
  double discount = 0.0;                             ///< off the price on demand
  std::map<std::string, double> usd_per_h = {};      ///< by type of server, instead of the catalogue's
  std::optional<double> increment_s = std::nullopt;  ///< instead of the catalogue's
  std::optional<double> minimum_s = std::nullopt;
};

/// Money paid once and owed over a lifetime in equal yearly payments.
struct Capital {
  std::map<std::string, double> usd = {};  ///< of a server, by its type
  double lifetime_s = 0.0;
  double interest = 0.0;  ///< a year
};

/// Carbon of making a server, spread evenly over its lifetime.
struct Embodied {
  std::map<std::string, double> kg = {};  ///< of a server, by its type
  double lifetime_s = 0.0;
};

/// Certificates of renewable energy for a share of the energy.
struct Certificates {
  double share = 0.0;
  double usd_per_mwh = 0.0;
};

struct CarbonTax {
  double usd_per_t = 0.0;
  bool market_based = false;  ///< on what is left after certificates, by the market's intensity
};

/// An own solar or wind plant behind the meter.
struct Plant {
  double peak_kw = 0.0;
  std::array<double, 24> day = {};                     ///< output by hour of the local day, share of the peak
  std::shared_ptr<const TimeSeries> series = nullptr;  ///< the same, hour by hour, instead of `day`
  double usd_per_kw = 0.0;
  double lifetime_s = 0.0;
  double interest = 0.0;
  double surplus_usd_per_kwh = 0.0;  ///< what is not needed is sold for this; 0: lost
  double carbon_g_per_kwh = 0.0;     ///< of its life cycle

  double share_at(const TimeZone& zone, std::int64_t unix_s) const;
  /// The mean from `from_s` to `to_s`, as OverTime::mean has it.
  double mean_share(const TimeZone& zone, double from_s, double to_s) const;
};

/// Amounts whose names say `usd` are in the tariff's `currency`.
struct Tariff {
  std::string currency = "USD";             ///< the one that all its prices are in
  double pue = 1.0;                         ///< energy of the facility / energy of its IT; at the highest load, where
  std::vector<PueAtLoad> pue_by_load = {};  ///< this table counts instead; ascending
  OverTime electricity_usd_per_kwh = {};
  double demand_usd_per_kw = 0.0;  ///< a month, on the highest mean power from the grid of an accounting interval
  OverTime carbon_g_per_kwh = {};  ///< of the grid where the site is
  std::optional<OverTime> market_carbon_g_per_kwh = std::nullopt;  ///< of the supply contract
  TimeZone time_zone = {};
  double interval_s = 900.0;  ///< accounting interval; divides an hour
  Rent rent = {};
  std::optional<Capital> capital = std::nullopt;  ///< none: the purchase of owned servers is left out of the bill
  std::optional<Embodied> embodied = std::nullopt;
  std::optional<Certificates> certificates = std::nullopt;
  CarbonTax carbon_tax = {};
  std::optional<Plant> plant = std::nullopt;
  double water_l_per_kwh = 0.0;  ///< of IT energy, as The Green Sweep defines WUE

  double pue_at(double it_w) const;
};

/// The series that a tariff uses, each once.
std::vector<std::shared_ptr<const TimeSeries>> series_of(const Tariff& tariff);

}  // namespace idlewatt
