// Notes that a reader of a scenario's costs needs beside the number.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// Sentences about costs that the scenario leaves out, about prices that have no effect in it, and about the recognised
/// layouts of electricity and carbon series. Each sentence comes once; the most important come first.
std::vector<std::string> cost_notes(const Scenario& scenario);

/// The notes of all scenarios that are compared. If their rents come from more than one provider, a note names the
/// providers. Throws InputError when their prices are in different currencies.
std::vector<std::string> cost_notes(const std::vector<Scenario>& scenarios);

/// The notes beside the costs of a search, whose candidates differ in their number of servers: as those of scenarios
/// that are compared, without numbers of servers.
std::vector<std::string> search_notes(const std::vector<Scenario>& candidates);

/// Types of rented servers by the offer that their rent is: "AWS us-east-1".
using RentOffers = std::map<std::string, std::set<std::string>>;

/// The provider, the region and the date of a rent in words.
std::string offer_text(const RentOffer& offer);

/// The note that rents of several offers are compared; empty when there are fewer than two offers.
std::string offers_note(const RentOffers& offers);

/// Throws InputError when the prices of the scenario are not in US dollars. The message names `command`, which works in
/// US dollars only.
void require_us_dollars(const Scenario& scenario, const std::string& command);

}  // namespace idlewatt
