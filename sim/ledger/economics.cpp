#include "ledger/economics.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <functional>
#include <limits>
#include <utility>

#include "base/quantity.hpp"

namespace idlewatt {
namespace {

constexpr double kYearS = 365.0 * 86400.0;

double ratio(double part, double whole) {
  return whole > 0.0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

std::string short_number(double value) {
  const double scale = std::pow(10.0, 3.0 - std::floor(std::log10(std::max(std::abs(value), 1e-300))));
  return value == 0.0 ? "0" : number_text(std::round(value * scale) / scale);
}

void scale_value(OverTime& value, double factor) {
  value.flat *= factor;
  value.factor *= factor;
  value.surcharge *= factor;
  for (TimeOfUse& period : value.periods) {
    period.value *= factor;
  }
}

/// So much more energy, every interval in proportion.
Meter with_more_energy(Meter meter, double more_j) {
  const double it_j = meter.owned_energy().j() + meter.rented_energy().j();
  const double whole = it_j > 0.0 ? std::max(0.0, 1.0 + more_j / it_j) : 1.0;
  for (std::vector<Energy>* energies : {&meter.owned, &meter.rented}) {
    for (Energy& energy : *energies) {
      energy = Energy{static_cast<int128_t>(static_cast<double>(energy.fj) * whole)};
    }
  }
  return meter;
}

/// One thing that can be changed: `change(meter, tariff, factor)`.
struct Lever {
  std::string name;
  std::string label;
  double value = 0.0;
  Dimension dimension = Dimension::number;
  std::function<void(Meter&, Tariff&, double)> change;
};

std::vector<Lever> levers(const Meter& meter, const Tariff& tariff) {
  std::vector<Lever> all;
  all.push_back({"pue", "PUE", tariff.pue, Dimension::number, [](Meter&, Tariff& t, double factor) {
                   t.pue = std::max(1.0, t.pue * factor);
                   for (PueAtLoad& point : t.pue_by_load) {
                     point.pue = std::max(1.0, point.pue * factor);
                   }
                 }});
  all.push_back({"electricity", "price of electricity", 0.0, Dimension::price_per_energy,
                 [](Meter&, Tariff& t, double factor) { scale_value(t.electricity_usd_per_kwh, factor); }});
  if (!tariff.electricity_usd_per_kwh.varies()) {
    all.back().value = tariff.electricity_usd_per_kwh.flat;
  }
  all.push_back({"idle_waste", "idle energy", meter.idle_waste_j / 3.6e9, Dimension::energy,
                 [](Meter& m, Tariff&, double factor) { m = with_more_energy(m, (factor - 1.0) * m.idle_waste_j); }});
  all.push_back({"carbon", "carbon intensity of the grid", 0.0, Dimension::carbon_intensity,
                 [](Meter&, Tariff& t, double factor) { scale_value(t.carbon_g_per_kwh, factor); }});
  if (!tariff.carbon_g_per_kwh.varies()) {
    all.back().value = tariff.carbon_g_per_kwh.flat;
  }
  all.push_back({"demand_charge", "demand charge", tariff.demand_usd_per_kw, Dimension::price_per_power,
                 [](Meter&, Tariff& t, double factor) { t.demand_usd_per_kw *= factor; }});
  all.push_back({"carbon_tax", "carbon tax", tariff.carbon_tax.usd_per_t, Dimension::price_per_mass,
                 [](Meter&, Tariff& t, double factor) { t.carbon_tax.usd_per_t *= factor; }});
  if (tariff.certificates) {
    all.push_back({"certificates.price", "price of certificates", tariff.certificates->usd_per_mwh / 1e3,
                   Dimension::price_per_energy,
                   [](Meter&, Tariff& t, double factor) { t.certificates->usd_per_mwh *= factor; }});
  }
  if (tariff.capital) {
    all.push_back({"ownership.prices", "price of servers", 0.0, Dimension::money, [](Meter&, Tariff& t, double factor) {
                     for (auto& [type, usd] : t.capital->usd) {
                       usd *= factor;
                     }
                   }});
    all.push_back({"ownership.lifetime", "lifetime of servers", tariff.capital->lifetime_s / kYearS, Dimension::number,
                   [](Meter&, Tariff& t, double factor) { t.capital->lifetime_s *= factor; }});
    all.push_back({"ownership.interest", "interest", tariff.capital->interest, Dimension::share,
                   [](Meter&, Tariff& t, double factor) { t.capital->interest *= factor; }});
  }
  if (tariff.plant) {
    all.push_back({"plant.peak", "size of the own plant", tariff.plant->peak_kw * 1e3, Dimension::power,
                   [](Meter&, Tariff& t, double factor) { t.plant->peak_kw *= factor; }});
    all.push_back({"plant.price", "price of the own plant", tariff.plant->usd_per_kw, Dimension::price_per_power,
                   [](Meter&, Tariff& t, double factor) { t.plant->usd_per_kw *= factor; }});
  }
  return all;
}

Bill changed_bill(const Meter& meter, const Tariff& tariff, const Lever& lever, double factor) {
  Meter m = meter;
  Tariff t = tariff;
  lever.change(m, t, factor);
  return make_bill(m, t);
}

std::string changed_text(const Lever& lever, double factor, const std::string& currency) {
  if (lever.value == 0.0) {
    return short_number((factor - 1.0) * 100.0) + " %";
  }
  const double value = lever.name == "pue" ? std::max(1.0, lever.value * factor) : lever.value * factor;
  if (lever.dimension == Dimension::energy && lever.value < 1.0) {  // MWh
    return short_number(value * 1e3) + " kWh";
  }
  const std::string unit = lever.dimension == Dimension::number || lever.dimension == Dimension::share
                               ? std::string(lever.name == "ownership.lifetime" ? " y" : "")
                               : " " + in_currency(unit_of(lever.dimension), currency);
  return short_number(value) + unit;
}

/// Rent of one type of server, the tariff's own price or the catalogue's.
double rent_of(const Meter& meter, const Tariff& tariff, const std::string& type) {
  if (const auto own = tariff.rent.usd_per_h.find(type); own != tariff.rent.usd_per_h.end()) {
    return own->second;
  }
  for (const MeteredServers& servers : meter.servers) {
    if (servers.type == type && servers.rented) {
      return servers.rent_usd_per_h;
    }
  }
  return 0.0;
}

void add_rents(const Meter& meter, const Tariff& tariff, const std::vector<RentRange>& ranges, double spread,
               std::vector<Swing>& swings) {
  for (const MeteredServers& servers : meter.servers) {
    if (!servers.rented) {
      continue;
    }
    const double usd_per_h = rent_of(meter, tariff, servers.type);
    double low = usd_per_h * (1.0 - spread);
    double high = usd_per_h * (1.0 + spread);
    const auto range =
        std::find_if(ranges.begin(), ranges.end(), [&](const RentRange& r) { return r.type == servers.type; });
    if (range != ranges.end() && !tariff.rent.usd_per_h.contains(servers.type)) {
      low = range->low_usd_per_h;
      high = range->high_usd_per_h;
    }
    const auto with = [&](double usd) {
      Tariff t = tariff;
      t.rent.usd_per_h[servers.type] = usd;
      return make_bill(meter, t);
    };
    const Bill at_low = with(low);
    const Bill at_high = with(high);
    swings.push_back({.name = "rent." + servers.type,
                      .label = "rent of " + servers.type,
                      .low = fmt::format("{} {}/h", short_number(low), tariff.currency),
                      .high = fmt::format("{} {}/h", short_number(high), tariff.currency),
                      .low_usd = at_low.total_usd,
                      .high_usd = at_high.total_usd,
                      .low_carbon_kg = at_low.carbon_kg,
                      .high_carbon_kg = at_high.carbon_kg});
  }
}

}  // namespace

UnitCosts unit_costs(const Summary& summary) {
  const double answered = summary.requests_served + summary.requests_cached;
  return {.usd_per_request = ratio(summary.cost_usd, answered),
          .usd_per_million_output_tokens = ratio(summary.cost_usd * 1e6, summary.output_tokens),
          .usd_per_million_tokens = ratio(summary.cost_usd * 1e6, summary.prompt_tokens + summary.output_tokens),
          .wh_per_request = ratio(summary.facility_energy_kwh * 1e3, answered),
          .carbon_g_per_request = ratio(summary.carbon_kg * 1e3, answered),
          .requests_per_month = ratio(answered * kHoursPerMonth * 3600.0, summary.horizon_s),
          .output_tokens_per_request = ratio(summary.output_tokens, answered)};
}

Month month_of(const UnitCosts& costs, double requests) {
  return {.requests = requests,
          .usd = costs.usd_per_request * requests,
          .facility_kwh = costs.wh_per_request * requests / 1e3,
          .carbon_kg = costs.carbon_g_per_request * requests / 1e3};
}

Margin margin_at(const UnitCosts& costs, double usd_per_million_output_tokens) {
  Margin margin{.usd_per_million_output_tokens = usd_per_million_output_tokens};
  margin.revenue_usd_per_request = usd_per_million_output_tokens * costs.output_tokens_per_request / 1e6;
  margin.margin_usd_per_request = margin.revenue_usd_per_request - costs.usd_per_request;
  margin.margin_share = ratio(margin.margin_usd_per_request, margin.revenue_usd_per_request);
  return margin;
}

CheaperEnergy with_cheaper_energy(const Bill& bill, const UnitCosts& costs, double saving) {
  CheaperEnergy cheaper{.saving = saving};
  for (const char* name : {"electricity", "demand", "plant", "surplus"}) {
    cheaper.energy_usd += bill.usd(name);
  }
  cheaper.energy_share = ratio(cheaper.energy_usd, bill.total_usd);
  cheaper.undercut_share = saving * cheaper.energy_share;
  cheaper.saved_usd_per_request = cheaper.undercut_share * costs.usd_per_request;
  return cheaper;
}

double break_even_requests(double training_mwh, double wh_per_request) {
  return ratio(training_mwh * 1e6, wh_per_request);
}

std::vector<PowerRange> power_ranges(const PoweredTime& time, const std::vector<ProvenanceEntry>& figures) {
  const auto find = [&](const std::string& path) {
    return std::find_if(figures.begin(), figures.end(), [&](const ProvenanceEntry& f) { return f.path == path; });
  };
  const std::string server = fmt::format("servers.{}.", time.server);
  const std::string accelerator = fmt::format("accelerators.{}.", time.accelerator);
  const auto overhead = find(server + "overhead_per_accelerator");
  const double with_overhead = overhead == figures.end() ? 1.0 : 1.0 + overhead->value;
  std::vector<PowerRange> ranges;
  const auto add = [&](const std::string& path, double seconds, double factor) {
    const auto figure = find(path);
    if (seconds > 0.0 && figure != figures.end() && figure->low < figure->high) {
      ranges.push_back({.path = path,
                        .low_w = figure->low,
                        .high_w = figure->high,
                        .low_more_j = (figure->low - figure->value) * seconds * factor,
                        .high_more_j = (figure->high - figure->value) * seconds * factor});
    }
  };
  add(accelerator + "idle_empty", time.idle_empty_s, with_overhead);
  add(accelerator + "idle_loaded", time.idle_loaded_s, with_overhead);
  add(accelerator + "parked", time.parked_s, with_overhead);
  add(accelerator + "loading", time.loading_s, with_overhead);
  add(accelerator + "busy_static", time.busy_s, with_overhead);
  add(server + "base", time.server_on_s, 1.0);
  return ranges;
}

std::vector<Swing> tornado(const Meter& meter, const Tariff& tariff, const std::vector<RentRange>& rents,
                           const std::vector<PowerRange>& powers, double spread) {
  std::vector<Swing> swings;
  for (const Lever& lever : levers(meter, tariff)) {
    const Bill low = changed_bill(meter, tariff, lever, 1.0 - spread);
    const Bill high = changed_bill(meter, tariff, lever, 1.0 + spread);
    swings.push_back({.name = lever.name,
                      .label = lever.label,
                      .low = changed_text(lever, 1.0 - spread, tariff.currency),
                      .high = changed_text(lever, 1.0 + spread, tariff.currency),
                      .low_usd = low.total_usd,
                      .high_usd = high.total_usd,
                      .low_carbon_kg = low.carbon_kg,
                      .high_carbon_kg = high.carbon_kg});
  }
  add_rents(meter, tariff, rents, spread, swings);
  for (const PowerRange& power : powers) {
    const Bill low = make_bill(with_more_energy(meter, power.low_more_j), tariff);
    const Bill high = make_bill(with_more_energy(meter, power.high_more_j), tariff);
    swings.push_back({.name = power.path,
                      .label = power.path,
                      .low = short_number(power.low_w) + " W",
                      .high = short_number(power.high_w) + " W",
                      .low_usd = low.total_usd,
                      .high_usd = high.total_usd,
                      .low_carbon_kg = low.carbon_kg,
                      .high_carbon_kg = high.carbon_kg});
  }
  std::erase_if(swings, [](const Swing& swing) {
    return swing.low_usd == swing.high_usd && swing.low_carbon_kg == swing.high_carbon_kg;
  });
  const auto width = [](const Swing& swing) { return std::abs(swing.high_usd - swing.low_usd); };
  std::stable_sort(swings.begin(), swings.end(), [&](const Swing& a, const Swing& b) { return width(a) > width(b); });
  return swings;
}

}  // namespace idlewatt
