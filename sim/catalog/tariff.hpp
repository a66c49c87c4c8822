// The prices of energy and machines at a site, and their carbon. Plain structs without simulation; ledger/ makes a
// bill from them.
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

/// A series with one value for each step of time, such as an hour. Some values may be missing.
struct TimeSeries {
  std::string path;               ///< path of the file, as the scenario names it
  std::string column;             ///< column of the file, or another name of the values used: "price of SE3"
  std::string unit = {};          ///< unit of the values in the file: "EUR/MWh"; "1" for shares
  std::string about = {};         ///< recognised layout in one sentence: "Electricity Maps, life-cycle intensity of SE"
  std::int64_t start_unix_s = 0;  ///< start of the first step, a whole minute
  std::int32_t step_s = 3600;     ///< length of a step in seconds, whole minutes
  bool repeats = false;           ///< beyond its ends, the value a whole multiple of 52 weeks away counts
  std::vector<double> values = {};  ///< NaN where the file has no value

  std::int64_t end_unix_s() const { return start_unix_s + static_cast<std::int64_t>(values.size()) * step_s; }
  /// True when every moment from `from` to `to` lies in a step, even in one without a value.
  bool covers(std::int64_t from, std::int64_t to) const;
  /// The first moment from `from` to `to` without a value; nothing where all values are known. Requires
  /// covers(from, to).
  std::optional<std::int64_t> first_gap(std::int64_t from, std::int64_t to) const;
  /// The value of the step that `unix_s` lies in. Requires that a step covers `unix_s`.
  double at(std::int64_t unix_s) const;
  /// The steps from the one of `from` to the one before `to`, as a series that does not repeat.
  TimeSeries cut(std::int64_t from, std::int64_t to) const;
};

/// The hours, weekdays and months, in local time, at which another price holds.
struct TimeOfUse {
  std::string name;
  double value = 0.0;
  int from_s = 0;    ///< start, seconds of the day, a whole quarter hour
  int to_s = 86400;  ///< end, seconds of the day, a whole quarter hour; if not after `from_s`, the period lasts over
                     ///< midnight
  std::array<bool, 7> weekdays = {true, true, true, true, true, true, true};  ///< from Monday, of the day it is
  std::array<bool, 12> months = {true, true, true, true, true, true, true, true, true, true, true, true};

  bool holds(const LocalTime& time) const;
};

/// A price or an intensity: one number, or one that changes over the day and the year.
struct OverTime {
  double flat = 0.0;
  std::vector<TimeOfUse> periods = {};                 ///< the first period that holds counts; `flat` where none holds
  std::shared_ptr<const TimeSeries> series = nullptr;  ///< the value at each time; replaces `flat` and `periods`
  double factor = 1.0;                                 ///< factor from the unit of the series to the unit here
  double surcharge = 0.0;                              ///< added to each value of the series

  bool varies() const { return series != nullptr || !periods.empty(); }
  double at(const TimeZone& zone, std::int64_t unix_s) const;
  /// The mean over the time from `from_s` to `to_s` (seconds since 1970), every moment weighted alike. Exactly the
  /// value where the time has only one value. Values change on quarter hours of UTC and at the steps of a series.
  double mean(const TimeZone& zone, double from_s, double to_s) const;
};

/// PUE at one power of the IT. PUE is linear between two such points and constant beyond the first and the last.
struct PueAtLoad {
  double it_w = 0.0;
  double pue = 1.0;
};

enum class RentPlan : std::uint8_t {
  on_demand,  ///< rented hours at the full price
  reserved,   ///< every hour of the run, used or unused
  spot,       ///< rented hours; interruptions by the provider are not simulated
};

struct Rent {
  RentPlan plan = RentPlan::on_demand;
  double discount = 0.0;                             ///< share taken off the price on demand
  std::map<std::string, double> usd_per_h = {};      ///< price by type of server; replaces the catalogue's
  std::optional<double> increment_s = std::nullopt;  ///< replaces the catalogue's billing increment
  std::optional<double> minimum_s = std::nullopt;
};

/// Money paid once and owed over a lifetime in equal yearly payments.
struct Capital {
  std::map<std::string, double> usd = {};  ///< price of a server, by its type
  double lifetime_s = 0.0;
  double interest = 0.0;  ///< share of the capital owed per year
};

/// Carbon of making a server, spread evenly over its lifetime.
struct Embodied {
  std::map<std::string, double> kg = {};  ///< carbon of making a server, by its type
  double lifetime_s = 0.0;
};

/// Certificates of renewable energy for a share of the energy.
struct Certificates {
  double share = 0.0;
  double usd_per_mwh = 0.0;
};

struct CarbonTax {
  double usd_per_t = 0.0;
  bool market_based = false;  ///< taxes what certificates leave, at the carbon intensity of the supply contract
};

/// A solar or wind plant of the site's own, behind the meter.
struct Plant {
  double peak_kw = 0.0;
  std::array<double, 24> day = {};                     ///< output by hour of the local day, share of the peak
  std::shared_ptr<const TimeSeries> series = nullptr;  ///< output as a series of shares of the peak; replaces `day`
  double usd_per_kw = 0.0;
  double lifetime_s = 0.0;
  double interest = 0.0;
  double surplus_usd_per_kwh = 0.0;  ///< price at which surplus is sold; 0 = surplus is lost
  double carbon_g_per_kwh = 0.0;     ///< life-cycle carbon of its output

  double share_at(const TimeZone& zone, std::int64_t unix_s) const;
  /// The mean of share_at() from `from_s` to `to_s` (seconds since 1970), computed as OverTime::mean() does.
  double mean_share(const TimeZone& zone, double from_s, double to_s) const;
};

/// The prices of a site. Amounts whose names say `usd` are in the tariff's `currency`.
struct Tariff {
  std::string currency = "USD";             ///< currency of all prices of the tariff
  double pue = 1.0;                         ///< energy of the facility / energy of its IT; unused where `pue_by_load`
                                            ///< has points
  std::vector<PueAtLoad> pue_by_load = {};  ///< PUE by load, ascending; replaces `pue`
  OverTime electricity_usd_per_kwh = {};
  double demand_usd_per_kw = 0.0;  ///< per month, on the highest mean power from the grid of any accounting interval
  OverTime carbon_g_per_kwh = {};  ///< of the grid where the site is
  std::optional<OverTime> market_carbon_g_per_kwh = std::nullopt;  ///< carbon intensity of the supply contract
  TimeZone time_zone = {};
  double interval_s = 900.0;  ///< accounting interval in seconds; divides an hour
  Rent rent = {};
  std::optional<Capital> capital = std::nullopt;  ///< empty: the purchase of owned servers is left out of the bill
  std::optional<Embodied> embodied = std::nullopt;
  std::optional<Certificates> certificates = std::nullopt;
  CarbonTax carbon_tax = {};
  std::optional<Plant> plant = std::nullopt;
  double water_l_per_kwh = 0.0;  ///< water per IT energy, as The Green Sweep defines WUE

  double pue_at(double it_w) const;
};

/// The series that a tariff uses, each once.
std::vector<std::shared_ptr<const TimeSeries>> series_of(const Tariff& tariff);

}  // namespace idlewatt
