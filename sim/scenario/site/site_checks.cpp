// What a site is held against once the fleet and the run are known, and its figures for the provenance.
#include <cmath>

#include "scenario/site/read_site.hpp"

namespace idlewatt {

void add_catalogue_prices(const YamlNode& site, const std::vector<ServersHeld>& held,
                          const std::map<std::string, double>& catalogue_usd, Tariff& tariff) {
  if (!tariff.capital) {
    return;
  }
  for (const ServersHeld& servers : held) {
    if (servers.rented || tariff.capital->usd.contains(servers.type)) {
      continue;
    }
    const auto found = catalogue_usd.find(servers.type);
    const Place& place = site.find("ownership")->place;
    if (found == catalogue_usd.end()) {
      fail(place, "`ownership` has no price of `" + servers.type +
                      "`, which a rack owns, and the catalogue has none; expected one among its `prices`");
    }
    if (tariff.currency != "USD") {
      fail(place, "`ownership` has no price of `" + servers.type +
                      "`, which a rack owns, and the catalogue's is in USD, " + "the site's prices in " +
                      tariff.currency + "; expected one in " + tariff.currency + " among its `prices`");
    }
    tariff.capital->usd[servers.type] = found->second;
  }
}

void check_servers(const YamlNode& site, const Tariff& tariff, const std::vector<ServersHeld>& held) {
  for (const ServersHeld& servers : held) {
    if (tariff.capital && !servers.rented && !tariff.capital->usd.contains(servers.type)) {
      fail(site.find("ownership")->place,
           "`ownership` has no price of `" + servers.type + "`, which a rack owns; expected one among its `prices`");
    }
    if (tariff.embodied && !tariff.embodied->kg.contains(servers.type)) {
      fail(site.find("embodied")->place, "`embodied` has no carbon of `" + servers.type +
                                             "`, which a rack holds; expected an entry under its `carbon`");
    }
    if (servers.rented && tariff.currency != "USD" && !tariff.rent.usd_per_h.contains(servers.type)) {
      fail(site.place, "the site's prices are in " + tariff.currency + ", and the catalogue's rent of `" +
                           servers.type + "` is in USD; expected `rent: {prices: {" + servers.type + ": ... " +
                           tariff.currency + "/h}}`, or racks with `ownership: owned`");
    }
  }
}

void check_covered(const YamlNode& site, const Tariff& tariff, std::int64_t start_unix_s, double run_s) {
  const std::int64_t end = start_unix_s + static_cast<std::int64_t>(std::ceil(run_s));
  const auto check = [&](const char* key, const std::shared_ptr<const TimeSeries>& series) {
    if (!series) {
      return;
    }
    if (series->covers(start_unix_s, end)) {
      if (const auto gap = series->first_gap(start_unix_s, end)) {
        fail(site.find(key)->place, "the series " + series->path + " has no value at " + utc_text(*gap) +
                                        "; expected one for every moment of the run, another `start`, or `gaps: "
                                        "previous`, which goes on with the value before");
      }
      return;
    }
    const bool short_to_repeat = series->repeats;
    fail(site.find(key)->place,
         "the series " + series->path + " lasts from " + utc_text(series->start_unix_s) + " to " +
             utc_text(series->end_unix_s()) + ", the run from " + utc_text(start_unix_s) + " to " + utc_text(end) +
             (short_to_repeat ? "; expected 52 weeks or more of it to repeat"
                              : "; expected one that covers the run, another `start`, or `repeat: true`, which takes "
                                "the same hour and weekday of another year"));
  };
  check("electricity", tariff.electricity_usd_per_kwh.series);
  check("carbon", tariff.carbon_g_per_kwh.series);
  if (tariff.market_carbon_g_per_kwh) {
    check("market_carbon", tariff.market_carbon_g_per_kwh->series);
  }
  if (tariff.plant) {
    check("plant", tariff.plant->series);
  }
}

std::vector<SiteFigure> site_figures(const Tariff& tariff) {
  std::vector<SiteFigure> figures;
  const auto add = [&](std::string path, double value, Dimension dimension) {
    figures.push_back({std::move(path), value, dimension});
  };
  const auto add_nonzero = [&](std::string path, double value, Dimension dimension) {
    if (value != 0.0) {
      add(std::move(path), value, dimension);
    }
  };
  const auto add_over_time = [&](const std::string& path, const OverTime& value, Dimension dimension) {
    if (!value.series) {
      add(path, value.flat, dimension);
    }
    for (const TimeOfUse& period : value.periods) {
      add(path + ".periods." + std::to_string(&period - value.periods.data()), period.value, dimension);
    }
    add_nonzero(path + ".surcharge", value.surcharge, dimension);
  };
  if (tariff.pue_by_load.empty()) {
    add("pue", tariff.pue, Dimension::number);
  }
  for (const PueAtLoad& point : tariff.pue_by_load) {
    add("pue." + std::to_string(&point - tariff.pue_by_load.data()), point.pue, Dimension::number);
  }
  add_over_time("electricity", tariff.electricity_usd_per_kwh, Dimension::price_per_energy);
  add_over_time("carbon", tariff.carbon_g_per_kwh, Dimension::carbon_intensity);
  if (tariff.market_carbon_g_per_kwh) {
    add_over_time("market_carbon", *tariff.market_carbon_g_per_kwh, Dimension::carbon_intensity);
  }
  add_nonzero("demand_charge", tariff.demand_usd_per_kw, Dimension::price_per_power);
  add_nonzero("rent.discount", tariff.rent.discount, Dimension::share);
  for (const auto& [type, usd] : tariff.rent.usd_per_h) {
    add("rent.prices." + type, usd, Dimension::price_per_time);
  }
  if (tariff.capital) {
    for (const auto& [type, usd] : tariff.capital->usd) {
      add("ownership.prices." + type, usd, Dimension::money);
    }
    add("ownership.lifetime", tariff.capital->lifetime_s, Dimension::time);
    add("ownership.interest", tariff.capital->interest, Dimension::share);
  }
  if (tariff.embodied) {
    for (const auto& [type, kg] : tariff.embodied->kg) {
      add("embodied.carbon." + type, kg, Dimension::mass);
    }
    add("embodied.lifetime", tariff.embodied->lifetime_s, Dimension::time);
  }
  if (tariff.certificates) {
    add("certificates.share", tariff.certificates->share, Dimension::share);
    add("certificates.price", tariff.certificates->usd_per_mwh / 1e3, Dimension::price_per_energy);
  }
  add_nonzero("carbon_tax", tariff.carbon_tax.usd_per_t, Dimension::price_per_mass);
  if (tariff.plant) {
    add("plant.peak", tariff.plant->peak_kw * 1e3, Dimension::power);
    add("plant.price", tariff.plant->usd_per_kw, Dimension::price_per_power);
    add("plant.lifetime", tariff.plant->lifetime_s, Dimension::time);
    add("plant.interest", tariff.plant->interest, Dimension::share);
    add("plant.surplus", tariff.plant->surplus_usd_per_kwh, Dimension::price_per_energy);
    add("plant.carbon", tariff.plant->carbon_g_per_kwh, Dimension::carbon_intensity);
  }
  add_nonzero("water", tariff.water_l_per_kwh, Dimension::water);
  return figures;
}

}  // namespace idlewatt
