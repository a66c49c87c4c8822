#include "scenario/site/read_site.hpp"

#include <algorithm>
#include <cmath>

#include "scenario/site/read_over_time.hpp"
#include "scenario/site/site_money.hpp"
#include "scenario/yaml/section.hpp"

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

const KeyTable& pue_point_keys() {
  static const KeyTable table{"PUE by load",
                              "The PUE at a power of the IT; straight in between, constant beyond.",
                              "[{load: 50 kW, pue: 1.6}, {load: 500 kW, pue: 1.25}]",
                              {{.name = "load",
                                .form = quantity_form(Dimension::power),
                                .must = true,
                                .help = "power of the IT; entries ascend"},
                               {.name = "pue",
                                .form = quantity_form(Dimension::number, kPue),
                                .must = true,
                                .help = "energy of the facility over that of its IT"}}};
  return table;
}

/// Values by type of server.
Form by_type_form(Form value, std::string expected) {
  Form form = by_name_form(std::move(value), "", 0).expecting(std::move(expected));
  form.names_of = "server";
  return form;
}

const Bounds kAtMostAYear{.maximum = 31536000.0};

const KeyTable& rent_keys() {
  static const KeyTable table{"Keys of rent",
                              "How servers are rented.",
                              "{plan: reserved, discount: 40 %}",
                              {{.name = "plan",
                                .form = word_form("plan", {"on-demand", "reserved", "spot"}),
                                .otherwise = "on-demand",
                                .help = "rented hours alone, every hour of the run, or rented hours at the spot price"},
                               {.name = "discount",
                                .form = quantity_form(Dimension::share),
                                .otherwise = "0 %",
                                .help = "off the price on demand"},
                               {.name = "prices",
                                .form = by_type_form(money_form(Dimension::price_per_time),
                                                     "a map from servers to " + expected(Dimension::price_per_time)),
                                .without = "the catalogue's",
                                .help = "rent by type of server"},
                               {.name = "billing_increment",
                                .form = quantity_form(Dimension::time, kAtMostAYear),
                                .without = "the catalogue's",
                                .help = "each rental is billed in multiples of this time"},
                               {.name = "billing_minimum",
                                .form = quantity_form(Dimension::time, kAtMostAYear),
                                .without = "the catalogue's",
                                .help = "each rental is billed for this time at the least"}}};
  return table;
}

Key lifetime_key(const char* help) {
  return {.name = "lifetime", .form = quantity_form(Dimension::time, kLifetime), .must = true, .help = help};
}

const Key kInterestKey{
    .name = "interest", .form = quantity_form(Dimension::share), .otherwise = "0 %", .help = "interest a year"};

const KeyTable& ownership_keys() {
  static const KeyTable table{
      "Keys of ownership",
      "Capital cost of the servers in racks with `ownership: owned`.",
      "{prices: {l4-8: 60000 USD}, lifetime: 5 y, interest: 7 %}",
      {{.name = "prices",
        .form = by_type_form(money_form(Dimension::money), "a map from servers to " + expected(Dimension::money)),
        .without = "the catalogue's, which are assumed",
        .help = "price by type of server"},
       lifetime_key("time over which a server is paid back"),
       kInterestKey}};
  return table;
}

const KeyTable& embodied_keys() {
  static const KeyTable table{
      "Keys of embodied carbon",
      "Carbon of making the servers, spread evenly over their lifetime.",
      "{carbon: {l4-8: 1500 kg}, lifetime: 5 y}",
      {{.name = "carbon",
        .form = by_type_form(quantity_form(Dimension::mass), "a map from servers to " + expected(Dimension::mass)),
        .must = true,
        .help = "carbon by type of server"},
       lifetime_key("time over which it is spread")}};
  return table;
}

const KeyTable& certificate_keys() {
  static const KeyTable table{"Keys of certificates",
                              "Certificates of renewable energy, bought for a share of the energy from the grid.",
                              "{share: 100 %, price: 3 USD/MWh}",
                              {{.name = "share",
                                .form = quantity_form(Dimension::share),
                                .must = true,
                                .help = "share of the energy from the grid"},
                               {.name = "price",
                                .form = money_form(Dimension::price_per_energy),
                                .must = true,
                                .help = "price of the certificates"}}};
  return table;
}

const KeyTable& carbon_tax_keys() {
  static const KeyTable table{
      "Keys of the carbon tax",
      "A tax on carbon, before or after certificates.",
      "{price: 80 USD/t, on: market}",
      {{.name = "price", .form = money_form(Dimension::price_per_mass), .must = true, .help = "tax on a tonne"},
       {.name = "on",
        .form = word_form("kind of carbon", {"location", "market"}),
        .otherwise = "location",
        .help = "carbon of the grid, or what certificates leave of it"}}};
  return table;
}

constexpr const char* kExpectedProfile =
    "24 shares of the peak, by hour of the local day, or `{series: PATH, column: NAME}`";

const KeyTable& plant_keys() {
  static const KeyTable table{
      "Keys of a plant",
      "A solar or wind plant of one's own. Owned servers use its energy first.",
      "{peak: 50 kW, profile: {series: sun.csv, column: share}, price: 1100 USD/kW, lifetime: 25 y, surplus: 0.04 "
      "USD/kWh}",
      {{.name = "peak", .form = quantity_form(Dimension::power), .must = true, .help = "greatest power"},
       {.name = "profile",
        .form = either_form({list_form(quantity_form(Dimension::share), 24, 24).named("an hour of `profile`"),
                             map_form(share_series_keys)})
                    .expecting(kExpectedProfile),
        .must = true,
        .help = "24 shares of the peak, by hour of the local day, or a series of shares"},
       {.name = "price",
        .form = money_form(Dimension::price_per_power),
        .must = true,
        .help = "price to build it, of its peak"},
       lifetime_key("time over which it is paid back"),
       kInterestKey,
       {.name = "surplus",
        .form = either_form({money_form(Dimension::price_per_energy), word_form("use of the surplus", {"lost"})}),
        .otherwise = "lost",
        .help = "price at which energy is sold that the servers do not need in an accounting interval"},
       {.name = "carbon",
        .form = quantity_form(Dimension::carbon_intensity),
        .otherwise = "0 g/kWh",
        .help = "carbon of its life cycle, of the energy that is used"}}};
  return table;
}

void read_pue(const Section& fields, Tariff& tariff) {
  const YamlNode& node = fields.at("pue");
  if (!node.is_sequence()) {
    tariff.pue = fields.quantity("pue");
    return;
  }
  for (const Section& point : fields.items("pue")) {
    const PueAtLoad read{.it_w = point.quantity("load"), .pue = point.quantity("pue")};
    if (!tariff.pue_by_load.empty() && read.it_w <= tariff.pue_by_load.back().it_w) {
      fail(point.find("load")->place, "`load` of `pue` does not ascend; expected more than in the entry before");
    }
    tariff.pue_by_load.push_back(read);
  }
  tariff.pue = tariff.pue_by_load.back().pue;
}

std::map<std::string, double> read_by_type(const Section& fields, const std::string& key,
                                           const std::vector<std::string>& server_types, SiteMoney& money) {
  const YamlNode& node = fields.at(key);
  const Form& form = fields.form(key);
  const Form& value = form.parts.front();
  check_size(node, form, "`" + key + "`");
  std::map<std::string, double> values;
  for (const YamlEntry& entry : node.entries) {
    const YamlNode name{.kind = YamlNode::Kind::scalar, .place = entry.key_place, .scalar = entry.key};
    const std::string label = "`" + key + "` of `" + entry.key + "`";
    values[read_name(name, "server", server_types)] = value.any_currency
                                                          ? money.read(entry.value, label, value.dimension)
                                                          : read_quantity(entry.value, label, value.dimension);
  }
  return values;
}

Rent read_rent(const Section& fields, const std::vector<std::string>& server_types, SiteMoney& money) {
  Rent rent;
  rent.plan = static_cast<RentPlan>(fields.choice("plan"));
  rent.discount = fields.quantity("discount");
  if (fields.has("prices")) {
    rent.usd_per_h = read_by_type(fields, "prices", server_types, money);
  } else if (rent.plan != RentPlan::on_demand && !fields.has("discount")) {
    fail(fields.find("plan")->place,
         "the catalogue has prices on demand only; expected `discount` or `prices` beside `plan: " +
             fields.word("plan") + "`");
  }
  rent.increment_s = fields.quantity_if("billing_increment");
  rent.minimum_s = fields.quantity_if("billing_minimum");
  return rent;
}

Capital read_capital(const Section& fields, const std::vector<std::string>& server_types, SiteMoney& money) {
  Capital capital;
  if (fields.has("prices")) {
    capital.usd = read_by_type(fields, "prices", server_types, money);
  }
  capital.lifetime_s = fields.quantity("lifetime");
  capital.interest = fields.quantity("interest");
  return capital;
}

CarbonTax read_tax(const Section& site, SiteMoney& money) {
  if (!site.at("carbon_tax").is_map()) {
    return {.usd_per_t = money.quantity(site, "carbon_tax")};
  }
  const Section fields = *site.map("carbon_tax");
  return {.usd_per_t = money.quantity(fields, "price"), .market_based = fields.word("on") == "market"};
}

Plant read_plant(const Section& fields, const SeriesSource& source) {
  Plant plant;
  plant.peak_kw = fields.quantity("peak") / 1e3;
  const YamlNode& profile = fields.at("profile");
  if (profile.is_map()) {
    plant.series = read_shares(Section(profile, "`profile` of the plant", share_series_keys()), source);
  } else {
    const Form& list = *fields.form("profile").find(Form::Kind::list);
    check_size(profile, list.expecting(kExpectedProfile), "`profile` of the plant");
    for (std::size_t hour = 0; hour < plant.day.size(); ++hour) {
      plant.day[hour] = read_quantity(profile.items[hour], list.name, Dimension::share);
    }
  }
  plant.usd_per_kw = source.money.quantity(fields, "price");
  plant.lifetime_s = fields.quantity("lifetime");
  plant.interest = fields.quantity("interest");
  const YamlNode* surplus = fields.find("surplus");
  if (surplus != nullptr && !(surplus->is_scalar() && surplus->scalar == "lost")) {
    plant.surplus_usd_per_kwh =
        source.money.read(*surplus, "`surplus` of the plant (or `lost`)", Dimension::price_per_energy);
  }
  plant.carbon_g_per_kwh = fields.quantity("carbon");
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

double read_interval(const Section& fields) {
  const double seconds = fields.quantity("accounting_interval");
  if (std::fmod(3600.0, seconds) != 0.0) {
    fail(fields.find("accounting_interval")->place,
         "`accounting_interval` is " + number_text(seconds / 60.0) +
             " min, of which an hour is no whole multiple; expected one such as `15 min`, `30 min` or `1 h`");
  }
  return seconds;
}

const KeyTable& electricity_keys() {
  static const KeyTable table = over_time_keys(kElectricity);
  return table;
}

const KeyTable& carbon_keys() {
  static const KeyTable table = over_time_keys(carbon_kind("carbon"));
  return table;
}

}  // namespace

const KeyTable& site_keys() {
  static const KeyTable table{
      "Keys of a site",
      "Under `site:` stands what energy, machines and carbon cost ([more](#what-a-site-costs)). Flat numbers do.",
      "site:\n"
      "  pue: 1.5\n"
      "  electricity: 0.10 USD/kWh\n"
      "  carbon: 400 g/kWh\n",
      {{.name = "pue",
        .form = either_form({quantity_form(Dimension::number, kPue),
                             list_form(map_form(pue_point_keys).named("an entry of `pue`"), 2)
                                 .expecting("two entries or more, such as `[{load: 50 kW, pue: 1.6}, {load: 500 kW, "
                                            "pue: 1.3}]`")})
                    .expecting("a number such as `1.5`, or a list such as `[{load: 50 kW, pue: 1.6}, ...]`"),
        .must = true,
        .help = "energy of the facility over that of its IT; a number, or a table by the power of the IT"},
       {.name = "electricity",
        .form = either_form({money_form(Dimension::price_per_energy), map_form(electricity_keys)})
                    .expecting(expected(Dimension::price_per_energy)),
        .must = true,
        .help = "price of energy from the grid; may change over time"},
       {.name = "carbon",
        .form = either_form({quantity_form(Dimension::carbon_intensity), map_form(carbon_keys)})
                    .expecting(expected(Dimension::carbon_intensity)),
        .must = true,
        .help = "carbon intensity of the grid where the site is (location-based); may change over time"},
       {.name = "store",
        .form = quantity_form(Dimension::bandwidth, kPositive),
        .otherwise = "200 Gbps",
        .help = "network link of the model store"},
       {.name = "demand_charge",
        .form = money_form(Dimension::price_per_power),
        .otherwise = "0 USD/kW",
        .help = "price a month on the highest mean power from the grid of an accounting interval"},
       {.name = "market_carbon",
        .form = either_form({quantity_form(Dimension::carbon_intensity), map_form(carbon_keys)})
                    .expecting(expected(Dimension::carbon_intensity)),
        .without = "that of the grid",
        .help = "carbon intensity by the supply contract (market-based); may change over time"},
       {.name = "time_zone",
        .form = text_form("a name such as `Europe/Berlin` or `UTC+05:30`"),
        .without = "UTC; prices and plants with hours of the day need it",
        .help = "the clocks of the site"},
       {.name = "accounting_interval",
        .form = quantity_form(Dimension::time, {.minimum = 60.0, .maximum = 3600.0}),
        .otherwise = "15 min",
        .help = "time over which power is metered; divides an hour"},
       {.name = "rent",
        .form = map_form(rent_keys),
        .without = "on demand, at the catalogue's prices",
        .help = "how servers are rented"},
       {.name = "ownership",
        .form = map_form(ownership_keys),
        .without = "capital cost is left out, and the answer says so",
        .help = "what servers of one's own cost"},
       {.name = "embodied", .form = map_form(embodied_keys), .without = "0", .help = "carbon of making the servers"},
       {.name = "certificates",
        .form = map_form(certificate_keys),
        .without = "none",
        .help = "certificates of renewable energy"},
       {.name = "carbon_tax",
        .form = either_form({money_form(Dimension::price_per_mass), map_form(carbon_tax_keys)}),
        .otherwise = "0 USD/t",
        .help = "tax on carbon"},
       {.name = "plant", .form = map_form(plant_keys), .without = "none", .help = "a solar or wind plant of one's own"},
       {.name = "water",
        .form = quantity_form(Dimension::water),
        .otherwise = "0 l/kWh",
        .help = "water that cooling evaporates, of IT energy (WUE)"},
       {.name = "currency",
        .form = word_form("currency", currencies()),
        .without = "the one that prices name, else USD",
        .help = "currency of all prices, which may then say cents alone"}}};
  return table;
}

Site read_site(const YamlNode& node, const std::vector<std::string>& server_types, const PathResolver& path_of,
               const KnownSeries& known) {
  const Section fields(node, "`site`", site_keys());
  Site site;
  site.text = flow_text(node);
  Tariff& tariff = site.tariff;
  if (const YamlNode* zone = fields.find("time_zone")) {
    tariff.time_zone = read_time_zone(*zone);
  }
  SiteMoney money(fields);
  const SeriesSource source{path_of, known, tariff.time_zone, money};
  read_pue(fields, tariff);
  tariff.electricity_usd_per_kwh = read_over_time(fields.at("electricity"), kElectricity, source);
  tariff.carbon_g_per_kwh = read_over_time(fields.at("carbon"), carbon_kind("carbon"), source);
  if (const YamlNode* market = fields.find("market_carbon")) {
    tariff.market_carbon_g_per_kwh = read_over_time(*market, carbon_kind("market_carbon"), source);
  }
  tariff.demand_usd_per_kw = money.quantity(fields, "demand_charge");
  tariff.interval_s = read_interval(fields);
  if (const std::optional<Section> rent = fields.map("rent")) {
    tariff.rent = read_rent(*rent, server_types, money);
  }
  if (const std::optional<Section> ownership = fields.map("ownership")) {
    tariff.capital = read_capital(*ownership, server_types, money);
  }
  if (const std::optional<Section> embodied = fields.map("embodied")) {
    tariff.embodied = {.kg = read_by_type(*embodied, "carbon", server_types, money),
                       .lifetime_s = embodied->quantity("lifetime")};
  }
  if (const std::optional<Section> bought = fields.map("certificates")) {
    tariff.certificates = {.share = bought->quantity("share"), .usd_per_mwh = money.quantity(*bought, "price") * 1e3};
  }
  if (fields.has("carbon_tax")) {
    tariff.carbon_tax = read_tax(fields, money);
  }
  if (const std::optional<Section> plant = fields.map("plant")) {
    tariff.plant = read_plant(*plant, source);
  }
  tariff.water_l_per_kwh = fields.quantity("water");
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
  site.store_bytes_per_s = fields.quantity("store");
  return site;
}

}  // namespace idlewatt
