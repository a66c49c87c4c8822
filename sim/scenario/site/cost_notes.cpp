#include "scenario/site/cost_notes.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "base/readable_number.hpp"

namespace idlewatt {
namespace {

/// Servers of one ownership, by type.
std::map<std::string, std::int64_t> servers_of(const Scenario& scenario, Ownership ownership) {
  std::map<std::string, std::int64_t> servers;
  for (const Rack& rack : scenario.racks) {
    if (rack.ownership == ownership) {
      for (const ServerGroup& group : rack.servers) {
        servers[group.server] += group.count;
      }
    }
  }
  return servers;
}

std::string joined(const std::vector<std::string>& parts, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == parts.size() ? last : ", ") + parts[i];
  }
  return text;
}

constexpr int kDigits = 3;

/// The sentence about the purchase of `owned` servers by type; a count of 0 is not written.
std::string left_out_note(const std::map<std::string, std::int64_t>& owned, const Scenario& scenario) {
  const std::string& currency = scenario.site.tariff.currency;
  std::vector<std::string> parts;
  bool all_priced = currency == "USD";  // the catalogue's prices, and nothing converts them
  for (const auto& [type, count] : owned) {
    const std::optional<Figure>& price = scenario.catalog->servers.at(type).price_usd;
    std::string part = count > 0 ? fmt::format("{} x {}", count, type) : type;
    if (price && currency == "USD") {
      part +=
          fmt::format(" (each {} USD by the catalogue, {}", compact(price->value, kDigits), to_string(price->status));
      part += price->range ? fmt::format(" between {} and {})", compact(price->range->low, kDigits),
                                         compact(price->range->high, kDigits))
                           : std::string(")");
    } else {
      all_priced = false;
    }
    parts.push_back(part);
  }
  return fmt::format(
      "The cost leaves out the purchase of owned servers: {}. `ownership: {{{}lifetime: 5 y}}` in `site` counts it.",
      joined(parts, " and "),
      all_priced ? "" : fmt::format("prices: {{{}: ... {}}}, ", owned.begin()->first, currency));
}

void add_left_out(const Scenario& scenario, std::vector<std::string>& notes) {
  const auto owned = servers_of(scenario, Ownership::owned);
  if (!owned.empty() && !scenario.site.tariff.capital) {
    notes.push_back(left_out_note(owned, scenario));
  }
}

void add_without_effect(const Scenario& scenario, std::vector<std::string>& notes) {
  const Tariff& tariff = scenario.site.tariff;
  if (!servers_of(scenario, Ownership::owned).empty()) {
    return;
  }
  std::vector<std::string> keys;
  if (tariff.electricity_usd_per_kwh.varies() || tariff.electricity_usd_per_kwh.flat > 0.0) {
    keys.emplace_back("`electricity`");
  }
  if (tariff.demand_usd_per_kw > 0.0) {
    keys.emplace_back("`demand_charge`");
  }
  if (tariff.capital) {
    keys.emplace_back("`ownership`");
  }
  if (!keys.empty()) {
    notes.push_back(fmt::format(
        "All servers are rented, and their energy is in their rent: {} of the site {} no effect on the cost.",
        joined(keys, " and "), keys.size() == 1 ? "has" : "have"));
  }
}

/// Types of rented servers at the catalogue's rents, by whose rent it is.
void collect_offers(const Scenario& scenario, RentOffers& offers) {
  for (const auto& [type, count] : servers_of(scenario, Ownership::rented)) {
    if (!scenario.site.tariff.rent.usd_per_h.contains(type)) {
      offers[offer_text(scenario.catalog->servers.at(type).rent_offer)].insert(type);
    }
  }
}

void add_offers(const RentOffers& offers, std::vector<std::string>& notes) {
  if (std::string note = offers_note(offers); !note.empty()) {
    notes.push_back(std::move(note));
  }
}

void add_once(const std::vector<std::string>& more, std::vector<std::string>& notes) {
  for (const std::string& note : more) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) {
      notes.push_back(note);
    }
  }
}

std::vector<std::string> notes_without_offers(const Scenario& scenario) {
  std::vector<std::string> notes;
  add_left_out(scenario, notes);
  add_without_effect(scenario, notes);
  for (const std::string& note : scenario.site.notes) {
    notes.push_back(fmt::format("Series {}.", note));
  }
  return notes;
}

}  // namespace

std::string offer_text(const RentOffer& offer) {
  if (offer.provider.empty()) {
    return "no one provider";
  }
  return offer.provider + (offer.region.empty() ? "" : " " + offer.region) +
         (offer.date.empty() ? "" : " of " + offer.date);
}

std::string offers_note(const RentOffers& offers) {
  if (offers.size() < 2) {
    return "";
  }
  std::vector<std::string> parts;
  for (const auto& [offer, types] : offers) {
    parts.push_back(joined({types.begin(), types.end()}, " and ") + " at " + offer);
  }
  return fmt::format(
      "Rents of more than one provider or region are compared: {}. `rent: {{prices: {{TYPE: ... USD/h}}}}` in `site` "
      "puts "
      "them on one footing.",
      joined(parts, "; "));
}

std::vector<std::string> cost_notes(const Scenario& scenario) {
  return cost_notes(std::vector<Scenario>{scenario});
}

std::vector<std::string> cost_notes(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> notes;
  RentOffers offers;
  for (const Scenario& scenario : scenarios) {
    const std::string& currency = scenario.site.tariff.currency;
    if (currency != scenarios.front().site.tariff.currency) {
      throw InputError(
          fmt::format("variant `{}` has its prices in {}, others in {}; expected one currency in all variants that are "
                      "compared, since idlewatt does not convert money",
                      scenario.variant, currency, scenarios.front().site.tariff.currency));
    }
    add_once(notes_without_offers(scenario), notes);
    collect_offers(scenario, offers);
  }
  add_offers(offers, notes);
  return notes;
}

std::vector<std::string> search_notes(const std::vector<Scenario>& candidates) {
  std::vector<std::string> notes;
  std::map<std::string, std::int64_t> owned;
  RentOffers offers;
  for (const Scenario& scenario : candidates) {
    if (!scenario.site.tariff.capital) {
      for (const auto& [type, count] : servers_of(scenario, Ownership::owned)) {
        owned[type] = 0;
      }
    }
    collect_offers(scenario, offers);
  }
  if (!owned.empty()) {
    notes.push_back(left_out_note(owned, candidates.front()));
  }
  add_offers(offers, notes);
  return notes;
}

void require_us_dollars(const Scenario& scenario, const std::string& command) {
  if (scenario.site.tariff.currency != "USD") {
    throw InputError(
        fmt::format("`idlewatt {}` counts money in USD, and the site's prices are in {} where it compares or claims; "
                    "expected prices in USD, or a plain `idlewatt run`",
                    command, scenario.site.tariff.currency));
  }
}

}  // namespace idlewatt
