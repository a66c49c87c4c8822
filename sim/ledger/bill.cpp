#include "ledger/bill.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <iterator>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {
namespace {

constexpr double kTicksPerHour = 3600.0 * static_cast<double>(kTicksPerSecond);
constexpr double kYearS = 365.0 * 86400.0;

double ratio(double part, double whole) {
  return whole > 0.0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

/// What one accounting interval adds, kWh.
struct Interval {
  double hours = 0.0;
  double from_s = 0.0;  ///< since 1970
  double to_s = 0.0;
  double facility_kwh = 0.0;
  double paid_kwh = 0.0;
  double plant_kwh = 0.0;
  double used_kwh = 0.0;
  double from_grid_kwh() const { return paid_kwh - used_kwh; }     ///< of what is paid for
  double all_grid_kwh() const { return facility_kwh - used_kwh; }  ///< rented servers included
};

/// The peaks of calendar months, and what of each month the run covers.
class DemandCharge {
 public:
  DemandCharge(double usd_per_kw, const TimeZone& zone) : usd_per_kw_(usd_per_kw), zone_(zone) {}

  void add(const Interval& interval) {
    const LocalTime time = local_time(zone_, static_cast<std::int64_t>(std::floor(interval.from_s)));
    if (time.year != year_ || time.month != month_) {
      close();
      year_ = time.year;
      month_ = time.month;
    }
    peak_kw_ = std::max(peak_kw_, ratio(interval.from_grid_kwh(), interval.hours));
    hours_ += interval.hours;
    highest_kw_ = std::max(highest_kw_, peak_kw_);
  }

  /// In proportion to the part of each month that the run covers.
  double usd() {
    close();
    return usd_;
  }
  double highest_kw() const { return highest_kw_; }

 private:
  void close() {
    if (hours_ > 0.0) {
      usd_ += usd_per_kw_ * peak_kw_ * hours_ / (24.0 * days_in_month(year_, month_));
    }
    hours_ = 0.0;
    peak_kw_ = 0.0;
  }

  double usd_per_kw_;
  TimeZone zone_;
  int year_ = 0;
  int month_ = 0;
  double peak_kw_ = 0.0;
  double hours_ = 0.0;
  double usd_ = 0.0;
  double highest_kw_ = 0.0;
};

/// Billed time of `count` servers.
int128_t rent_ticks(const MeteredServers& type, std::int64_t count, const std::vector<Rental>& rentals,
                    const Rent& terms, Ticks horizon) {
  if (terms.plan == RentPlan::reserved) {
    return static_cast<int128_t>(count) * horizon;
  }
  const Ticks increment = terms.increment_s ? to_ticks(*terms.increment_s) : type.increment;
  const Ticks minimum = terms.minimum_s ? to_ticks(*terms.minimum_s) : type.minimum;
  int128_t ticks = 0;
  for (const Rental& rental : rentals) {
    ticks += static_cast<int128_t>(rental.count) * billed_ticks(rental, increment, minimum);
  }
  return ticks;
}

struct RentSum {
  double hours = 0.0;
  double usd = 0.0;
};

RentSum rent(const Meter& meter, const Rent& terms) {
  RentSum sum;
  for (std::size_t i = 0; i < meter.servers.size(); ++i) {
    const MeteredServers& type = meter.servers[i];
    if (!type.rented) {
      continue;
    }
    std::vector<Rental> rentals;
    std::copy_if(meter.rentals.begin(), meter.rentals.end(), std::back_inserter(rentals),
                 [i](const Rental& rental) { return rental.servers == static_cast<std::int64_t>(i); });
    sum.hours += static_cast<double>(rent_ticks(type, type.count, rentals, terms, meter.horizon())) / kTicksPerHour;
    sum.usd += rent_usd(type, type.count, rentals, terms, meter.horizon());
  }
  return sum;
}

double price_of(const std::map<std::string, double>& by_type, const std::string& type) {
  const auto found = by_type.find(type);
  return found == by_type.end() ? 0.0 : found->second;
}

double all_capital_usd(const Meter& meter, const Tariff& tariff) {
  double usd = 0.0;
  for (const MeteredServers& servers : meter.servers) {
    usd += servers.rented ? 0.0 : capital_usd(servers, servers.count, tariff, meter.horizon());
  }
  return usd;
}

/// Of owned servers for the whole run, of rented ones while they are rented.
double embodied_kg(const Meter& meter, const Embodied& embodied, double run_s) {
  double kg = 0.0;
  for (const MeteredServers& servers : meter.servers) {
    if (!servers.rented) {
      kg += static_cast<double>(servers.count) * price_of(embodied.kg, servers.type) * run_s / embodied.lifetime_s;
    }
  }
  for (const Rental& rental : meter.rentals) {
    const MeteredServers& servers = meter.servers[static_cast<std::size_t>(rental.servers)];
    kg += static_cast<double>(rental.count) * price_of(embodied.kg, servers.type) * to_seconds(rental.used) /
          embodied.lifetime_s;
  }
  return kg;
}

double owned_hours(const Meter& meter) {
  double hours = 0.0;
  for (const MeteredServers& servers : meter.servers) {
    hours += servers.rented ? 0.0
                            : static_cast<double>(servers.count) * static_cast<double>(meter.horizon()) / kTicksPerHour;
  }
  return hours;
}

/// Goes through the intervals: `visit(Interval)`.
template <class Visit>
void each_interval(const Meter& meter, const Tariff& tariff, Visit&& visit) {
  Ticks from = 0;
  for (std::size_t i = 0; i < meter.ends.size(); ++i) {
    const Ticks to = meter.ends[i];
    const double seconds = to_seconds(to - from);
    const Energy it = meter.owned[i] + meter.rented[i];
    const double pue = tariff.pue_at(ratio(it.j(), seconds));
    Interval interval;
    interval.hours = seconds / 3600.0;
    interval.from_s = static_cast<double>(meter.start_unix_s) + to_seconds(from);
    interval.to_s = static_cast<double>(meter.start_unix_s) + to_seconds(to);
    interval.facility_kwh = it.kwh() * pue;
    interval.paid_kwh = meter.owned[i].kwh() * pue;
    if (tariff.plant) {
      interval.plant_kwh = tariff.plant->peak_kw *
                           tariff.plant->mean_share(tariff.time_zone, interval.from_s, interval.to_s) * interval.hours;
      interval.used_kwh = std::min(interval.plant_kwh, interval.paid_kwh);
    }
    visit(interval);
    from = to;
  }
}

}  // namespace

double yearly_payment(double usd, double interest, double lifetime_years) {
  return interest > 0.0 ? usd * interest / -std::expm1(-lifetime_years * std::log1p(interest)) : usd / lifetime_years;
}

Ticks billed_ticks(const Rental& rental, Ticks increment, Ticks minimum) {
  if (rental.open || rental.used <= 0) {
    return rental.used;
  }
  const Ticks step = std::max<Ticks>(increment, 1);
  return std::max(minimum, (rental.used + step - 1) / step * step);
}

double rent_usd(const MeteredServers& type, std::int64_t count, const std::vector<Rental>& rentals, const Rent& terms,
                Ticks horizon) {
  const auto own_price = terms.usd_per_h.find(type.type);
  const double usd_per_h = own_price == terms.usd_per_h.end() ? type.rent_usd_per_h : own_price->second;
  const int128_t ticks = rent_ticks(type, count, rentals, terms, horizon);
  return usd_per_h * (1.0 - terms.discount) * static_cast<double>(ticks) / kTicksPerHour;
}

double capital_usd(const MeteredServers& type, std::int64_t count, const Tariff& tariff, Ticks horizon) {
  if (!tariff.capital) {
    return 0.0;
  }
  const Capital& capital = *tariff.capital;
  return static_cast<double>(count) *
         yearly_payment(price_of(capital.usd, type.type), capital.interest, capital.lifetime_s / kYearS) *
         to_seconds(horizon) / kYearS;
}

double Bill::usd(const std::string& name) const {
  for (const BillLine& line : lines) {
    if (line.name == name) {
      return line.usd;
    }
  }
  throw Error(fmt::format("a bill has no line `{}`", name));
}

Bill make_bill(const Meter& meter, const Tariff& tariff) {
  Bill bill;
  const Energy owned = meter.owned_energy();
  const Energy it = owned + meter.rented_energy();
  const double run_s = to_seconds(meter.horizon());
  const double certified = tariff.certificates ? tariff.certificates->share : 0.0;
  const OverTime& market = tariff.market_carbon_g_per_kwh ? *tariff.market_carbon_g_per_kwh : tariff.carbon_g_per_kwh;
  const auto mean = [&](const OverTime& value, const Interval& interval) {
    return value.mean(tariff.time_zone, interval.from_s, interval.to_s);
  };
  DemandCharge demand(tariff.demand_usd_per_kw, tariff.time_zone);
  double electricity_usd = 0.0;
  double all_grid_kwh = 0.0;
  double market_g = 0.0;
  double location_g = 0.0;
  each_interval(meter, tariff, [&](const Interval& interval) {
    bill.facility_kwh += interval.facility_kwh;
    bill.paid_kwh += interval.paid_kwh;
    bill.plant_kwh += interval.plant_kwh;
    bill.plant_used_kwh += interval.used_kwh;
    bill.grid_kwh += interval.from_grid_kwh();
    all_grid_kwh += interval.all_grid_kwh();
    electricity_usd += interval.from_grid_kwh() * mean(tariff.electricity_usd_per_kwh, interval);
    location_g += interval.all_grid_kwh() * mean(tariff.carbon_g_per_kwh, interval);
    market_g += interval.all_grid_kwh() * (1.0 - certified) * mean(market, interval);
    demand.add(interval);
  });
  // What does not change over time is counted in one piece: no roundings of a sum.
  bill.it_kwh = it.kwh();
  bill.pue = tariff.pue;
  if (tariff.pue_by_load.empty()) {
    bill.facility_kwh = it.kwh() * tariff.pue;
    bill.paid_kwh = owned.kwh() * tariff.pue;
    if (!tariff.plant) {
      bill.grid_kwh = bill.paid_kwh;
      all_grid_kwh = bill.facility_kwh;
    }
  } else {
    bill.pue = ratio(bill.facility_kwh, bill.it_kwh);
  }
  const auto in_one_piece = [](const OverTime& value, double kwh, double summed) {
    return value.varies() ? summed : kwh * value.flat;
  };
  electricity_usd = in_one_piece(tariff.electricity_usd_per_kwh, bill.grid_kwh, electricity_usd);
  location_g = in_one_piece(tariff.carbon_g_per_kwh, all_grid_kwh, location_g);
  market_g = in_one_piece(market, all_grid_kwh * (1.0 - certified), market_g);
  bill.surplus_kwh = bill.plant_kwh - bill.plant_used_kwh;
  bill.peak_kw = demand.highest_kw();
  bill.water_l = bill.it_kwh * tariff.water_l_per_kwh;

  bill.grid_carbon_kg = location_g / 1e3;
  bill.plant_carbon_kg = tariff.plant ? bill.plant_used_kwh * tariff.plant->carbon_g_per_kwh / 1e3 : 0.0;
  bill.carbon_kg = bill.grid_carbon_kg + bill.plant_carbon_kg;
  const double market_kg = market_g / 1e3 + bill.plant_carbon_kg;
  bill.market_carbon_kg =
      tariff.market_carbon_g_per_kwh || tariff.certificates ? market_kg : std::numeric_limits<double>::quiet_NaN();
  bill.embodied_carbon_kg = tariff.embodied ? embodied_kg(meter, *tariff.embodied, run_s) : 0.0;

  const RentSum rented = rent(meter, tariff.rent);
  const double taxed_kg = tariff.carbon_tax.market_based ? market_kg : bill.carbon_kg;
  const double certified_mwh = all_grid_kwh * certified / 1e3;
  const Plant plant = tariff.plant.value_or(Plant{.lifetime_s = kYearS});
  const auto add = [&bill](std::string name, std::string label, double quantity, std::string unit, double usd) {
    bill.lines.push_back({std::move(name), std::move(label), quantity, std::move(unit), usd});
    bill.total_usd += usd;
  };
  add("rent", "rent", rented.hours, "server h", rented.usd);
  add("capital", "servers of one's own", owned_hours(meter), "server h", all_capital_usd(meter, tariff));
  add("electricity", "electricity from the grid", bill.grid_kwh, "kWh", electricity_usd);
  add("demand", "demand charge", bill.peak_kw, "kW", demand.usd());
  add("plant", "own plant", bill.plant_kwh, "kWh",
      plant.peak_kw * yearly_payment(plant.usd_per_kw, plant.interest, plant.lifetime_s / kYearS) * run_s / kYearS);
  add("surplus", "surplus of the plant, sold", bill.surplus_kwh, "kWh",
      bill.surplus_kwh > 0.0 ? -bill.surplus_kwh * plant.surplus_usd_per_kwh : 0.0);
  add("certificates", "certificates", certified_mwh, "MWh",
      tariff.certificates ? certified_mwh * tariff.certificates->usd_per_mwh : 0.0);
  add("carbon_tax", "carbon tax", taxed_kg / 1e3, "t", taxed_kg / 1e3 * tariff.carbon_tax.usd_per_t);
  return bill;
}

void fill_from_bill(const Meter& meter, const Tariff& tariff, const Bill& bill, Summary& summary) {
  double least_pue = bill.pue;
  for (const PueAtLoad& point : tariff.pue_by_load) {
    least_pue = std::min(least_pue, point.pue);
  }
  summary.it_energy_kwh = bill.it_kwh;
  summary.facility_energy_kwh = bill.facility_kwh;
  summary.idle_waste_kwh = meter.idle_waste_j / 3.6e6 * bill.pue;
  summary.idle_waste_share = ratio(summary.idle_waste_kwh, summary.facility_energy_kwh);
  summary.under_use_kwh = meter.under_use_j / 3.6e6 * bill.pue;
  // No policy has a better PUE than the best of the table.
  summary.lower_bound_kwh = meter.lower_bound_j / 3.6e6 * least_pue;
  summary.regret_share = ratio(summary.facility_energy_kwh, summary.lower_bound_kwh) - 1.0;
  summary.cache_energy_kwh = meter.cache_j / 3.6e6 * bill.pue;
  const double answered = summary.requests_served + summary.requests_cached;
  summary.wh_per_request = ratio(summary.facility_energy_kwh * 1e3, answered);
  summary.j_per_output_token = ratio(summary.facility_energy_kwh * 3.6e6, summary.output_tokens);

  summary.currency = tariff.currency;
  summary.rent_usd = bill.usd("rent");
  summary.capital_usd = bill.usd("capital");
  summary.electricity_usd = bill.usd("electricity");
  summary.demand_usd = bill.usd("demand");
  summary.plant_usd = bill.usd("plant");
  summary.surplus_usd = bill.usd("surplus");
  summary.certificates_usd = bill.usd("certificates");
  summary.carbon_tax_usd = bill.usd("carbon_tax");
  summary.cost_usd = bill.total_usd;
  summary.usd_per_request = ratio(bill.total_usd, answered);
  summary.usd_per_million_output_tokens = ratio(bill.total_usd * 1e6, summary.output_tokens);
  summary.peak_kw = bill.peak_kw;
  summary.plant_used_kwh = bill.plant_used_kwh;
  summary.carbon_kg = bill.carbon_kg;
  summary.carbon_g_per_request = ratio(bill.carbon_kg * 1e3, answered);
  summary.market_carbon_kg = bill.market_carbon_kg;
  summary.embodied_carbon_kg = bill.embodied_carbon_kg;
  summary.water_l = bill.water_l;
}

}  // namespace idlewatt
