#include "scenario/read_site.hpp"

#include <algorithm>
#include <cmath>

#include "scenario/fields.hpp"
#include "scenario/read_over_time.hpp"
#include "scenario/site_money.hpp"

namespace idlewatt {
namespace {

const Bounds kLifetime{.minimum = 86400.0, .maximum = 100.0 * 31536000.0};
const Bounds kPue{.minimum = 1.0, .maximum = 10.0};

const OverTimeKind kElectricity{.key = "electricity",
                                .number = "price",
                                .dimension = Dimension::price_per_energy,
                                .column = "price_usd_mwh",
                                .signed_series = true,
                                .feed = FeedQuantity::price};

OverTimeKind carbon_kind(const char* key) {
  return {.key = key,
          .number = "intensity",
          .dimension = Dimension::carbon_intensity,
          .column = "ci_lca_g_kwh",
          .signed_series = false,
          .feed = FeedQuantity::carbon};
}

void read_pue(const Fields& fields, Tariff& tariff) {
  const YamlNode& node = fields.at("pue", "a number such as `1.5`, or a list such as `[{load: 50 kW, pue: 1.6}, ...]`");
  if (!node.is_sequence()) {
    tariff.pue = fields.quantity("pue", Dimension::number, kPue);
    return;
  }
  if (node.items.size() < 2) {
    fail(node.place,
         "`pue` is a list of " + std::to_string(node.items.size()) +
             "; expected two entries or more, such as `[{load: 50 kW, pue: 1.6}, {load: 500 kW, pue: 1.3}]`");
  }
  for (const YamlNode& item : node.items) {
    const Fields point(item, "an entry of `pue`", {"load", "pue"});
    const PueAtLoad read{.it_w = point.quantity("load", Dimension::power),
                         .pue = point.quantity("pue", Dimension::number, kPue)};
    if (!tariff.pue_by_load.empty() && read.it_w <= tariff.pue_by_load.back().it_w) {
      fail(point.find("load")->place, "`load` of `pue` does not ascend; expected more than in the entry before");
    }
    tariff.pue_by_load.push_back(read);
  }
  tariff.pue = tariff.pue_by_load.back().pue;
}

std::map<std::string, double> read_by_type(const Fields& fields, const char* key, Dimension dimension,
                                           const std::vector<std::string>& server_types, SiteMoney& money) {
  const YamlNode& node = fields.at(key, "a map from servers to " + expected(dimension));
  if (!node.is_map()) {
    fail(node.place, "`" + std::string(key) + "` of " + fields.what() + " is no map; expected one from servers to " +
                         expected(dimension));
  }
  std::map<std::string, double> values;
  for (const YamlEntry& entry : node.entries) {
    YamlNode name{.kind = YamlNode::Kind::scalar, .place = entry.key_place, .scalar = entry.key};
    const std::string label = "`" + std::string(key) + "` of `" + entry.key + "`";
    values[read_name(name, "server", server_types)] =
        is_money(dimension) ? money.read(entry.value, label, dimension) : read_quantity(entry.value, label, dimension);
  }
  return values;
}

Rent read_rent(const YamlNode& node, const std::vector<std::string>& server_types, SiteMoney& money) {
  const Fields fields(node, "`rent`", {"plan", "discount", "prices", "billing_increment", "billing_minimum"});
  const std::vector<std::string> plans{"on-demand", "reserved", "spot"};
  const std::string plan = fields.name_or("plan", "plan", plans, "on-demand");
  Rent rent;
  rent.plan = static_cast<RentPlan>(std::find(plans.begin(), plans.end(), plan) - plans.begin());
  rent.discount = fields.quantity_or("discount", Dimension::share, 0.0);
  if (fields.has("prices")) {
    rent.usd_per_h = read_by_type(fields, "prices", Dimension::price_per_time, server_types, money);
  } else if (rent.plan != RentPlan::on_demand && !fields.has("discount")) {
    fail(fields.find("plan")->place,
         "the catalogue has prices on demand only; expected `discount` or `prices` beside `plan: " + plan + "`");
  }
  const Bounds at_most_a_year{.maximum = 31536000.0};
  if (fields.has("billing_increment")) {
    rent.increment_s = fields.quantity("billing_increment", Dimension::time, at_most_a_year);
  }
  if (fields.has("billing_minimum")) {
    rent.minimum_s = fields.quantity("billing_minimum", Dimension::time, at_most_a_year);
  }
  return rent;
}

Capital read_capital(const YamlNode& node, const std::vector<std::string>& server_types, SiteMoney& money) {
  const Fields fields(node, "`ownership`", {"prices", "lifetime", "interest"});
  Capital capital;
  if (fields.has("prices")) {
    capital.usd = read_by_type(fields, "prices", Dimension::money, server_types, money);
  }
  capital.lifetime_s = fields.quantity("lifetime", Dimension::time, kLifetime);
  capital.interest = fields.quantity_or("interest", Dimension::share, 0.0);
  return capital;
}

Embodied read_embodied(const YamlNode& node, const std::vector<std::string>& server_types, SiteMoney& money) {
  const Fields fields(node, "`embodied`", {"carbon", "lifetime"});
  return {.kg = read_by_type(fields, "carbon", Dimension::mass, server_types, money),
          .lifetime_s = fields.quantity("lifetime", Dimension::time, kLifetime)};
}

CarbonTax read_tax(const YamlNode& node, SiteMoney& money) {
  if (!node.is_map()) {
    return {.usd_per_t = money.read(node, "`carbon_tax`", Dimension::price_per_mass)};
  }
  const Fields fields(node, "`carbon_tax`", {"price", "on"});
  return {.usd_per_t = money.quantity(fields, "price", Dimension::price_per_mass),
          .market_based = fields.name_or("on", "kind of carbon", {"location", "market"}, "location") == "market"};
}

Plant read_plant(const YamlNode& node, const SeriesSource& source) {
  const Fields fields(node, "`plant`", {"peak", "profile", "price", "lifetime", "interest", "surplus", "carbon"});
  Plant plant;
  plant.peak_kw = fields.quantity("peak", Dimension::power) / 1e3;
  const std::string expected_profile =
      "24 shares of the peak, by hour of the local day, or `{series: PATH, column: NAME}`";
  const YamlNode& profile = fields.at("profile", expected_profile);
  if (profile.is_map()) {
    plant.series = read_shares(profile, "`profile` of the plant", source);
  } else {
    if (!profile.is_sequence() || profile.items.size() != plant.day.size()) {
      fail(profile.place, "`profile` of the plant " +
                              (profile.is_sequence() ? "has " + std::to_string(profile.items.size()) + " entries"
                                                     : std::string("is no list")) +
                              "; expected " + expected_profile);
    }
    for (std::size_t hour = 0; hour < plant.day.size(); ++hour) {
      plant.day[hour] = read_quantity(profile.items[hour], "an hour of `profile`", Dimension::share);
    }
  }
  plant.usd_per_kw = source.money.quantity(fields, "price", Dimension::price_per_power);
  plant.lifetime_s = fields.quantity("lifetime", Dimension::time, kLifetime);
  plant.interest = fields.quantity_or("interest", Dimension::share, 0.0);
  const YamlNode* surplus = fields.find("surplus");
  if (surplus != nullptr && !(surplus->is_scalar() && surplus->scalar == "lost")) {
    plant.surplus_usd_per_kwh =
        source.money.read(*surplus, "`surplus` of the plant (or `lost`)", Dimension::price_per_energy);
  }
  plant.carbon_g_per_kwh = fields.quantity_or("carbon", Dimension::carbon_intensity, 0.0);
  return plant;
}

TimeZone read_time_zone(const YamlNode& node) {
  const std::string name = read_text(node, "`time_zone`", "a name such as `Europe/Berlin` or `UTC+05:30`");
  const std::optional<TimeZone> zone = find_time_zone(name);
  if (!zone) {
    fail(node.place, "unknown time zone `" + name + "`; expected an offset such as `UTC-8`, or one of " +
                         list_text(time_zone_names()));
  }
  return *zone;
}

double read_interval(const Fields& fields) {
  const double seconds =
      fields.quantity_or("accounting_interval", Dimension::time, 900.0, {.minimum = 60.0, .maximum = 3600.0});
  if (std::fmod(3600.0, seconds) != 0.0) {
    fail(fields.find("accounting_interval")->place,
         "`accounting_interval` is " + number_text(seconds / 60.0) +
             " min, of which an hour is no whole multiple; expected one such as `15 min`, `30 min` or `1 h`");
  }
  return seconds;
}

}  // namespace

Site read_site(const YamlNode& node, const std::vector<std::string>& server_types, const PathResolver& path_of,
               const KnownSeries& known) {
  const Fields fields(
      node, "`site`",
      {"pue", "electricity", "carbon", "store", "demand_charge", "market_carbon", "time_zone", "accounting_interval",
       "rent", "ownership", "embodied", "certificates", "carbon_tax", "plant", "water", "currency"});
  Site site;
  site.text = flow_text(node);
  Tariff& tariff = site.tariff;
  if (const YamlNode* zone = fields.find("time_zone")) {
    tariff.time_zone = read_time_zone(*zone);
  }
  SiteMoney money(fields);
  const SeriesSource source{path_of, known, tariff.time_zone, money};
  read_pue(fields, tariff);
  tariff.electricity_usd_per_kwh =
      read_over_time(fields.at("electricity", expected(Dimension::price_per_energy)), kElectricity, source);
  tariff.carbon_g_per_kwh =
      read_over_time(fields.at("carbon", expected(Dimension::carbon_intensity)), carbon_kind("carbon"), source);
  if (const YamlNode* market = fields.find("market_carbon")) {
    tariff.market_carbon_g_per_kwh = read_over_time(*market, carbon_kind("market_carbon"), source);
  }
  tariff.demand_usd_per_kw = money.quantity_or(fields, "demand_charge", Dimension::price_per_power, 0.0);
  tariff.interval_s = read_interval(fields);
  if (const YamlNode* rent = fields.find("rent")) {
    tariff.rent = read_rent(*rent, server_types, money);
  }
  if (const YamlNode* ownership = fields.find("ownership")) {
    tariff.capital = read_capital(*ownership, server_types, money);
  }
  if (const YamlNode* embodied = fields.find("embodied")) {
    tariff.embodied = read_embodied(*embodied, server_types, money);
  }
  if (const YamlNode* certificates = fields.find("certificates")) {
    const Fields bought(*certificates, "`certificates`", {"share", "price"});
    tariff.certificates = {.share = bought.quantity("share", Dimension::share),
                           .usd_per_mwh = money.quantity(bought, "price", Dimension::price_per_energy) * 1e3};
  }
  if (const YamlNode* tax = fields.find("carbon_tax")) {
    tariff.carbon_tax = read_tax(*tax, money);
  }
  if (const YamlNode* plant = fields.find("plant")) {
    tariff.plant = read_plant(*plant, source);
  }
  tariff.water_l_per_kwh = fields.quantity_or("water", Dimension::water, 0.0);
  const bool local = !tariff.electricity_usd_per_kwh.periods.empty() || !tariff.carbon_g_per_kwh.periods.empty() ||
                     (tariff.market_carbon_g_per_kwh && !tariff.market_carbon_g_per_kwh->periods.empty()) ||
                     (tariff.plant && !tariff.plant->series);
  if (local && !fields.has("time_zone")) {
    fail(node.place,
         "`site` has hours of the day in local time and no `time_zone`; expected one such as "
         "`America/Los_Angeles`, `UTC-8` or `UTC`");
  }
  tariff.currency = money.currency();
  site.warnings = money.warnings();
  for (const auto& series : series_of(tariff)) {
    if (!series->about.empty()) {
      site.notes.push_back(series->path + " is read as " + series->about);
    }
  }
  site.store_bytes_per_s = fields.quantity_or("store", Dimension::bandwidth, site.store_bytes_per_s, kPositive);
  return site;
}

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
