// What a reader of a scenario's costs must know beside the number.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// Sentences about costs that the scenario leaves out, prices that have no effect in it, and what its figures of
/// electricity and carbon were recognised as: each once, in the order of their weight.
std::vector<std::string> cost_notes(const Scenario& scenario);

/// Of scenarios that are compared: the notes of all, and whose rents are compared if those of more than one provider
/// are. Throws InputError where their prices are in different currencies.
std::vector<std::string> cost_notes(const std::vector<Scenario>& scenarios);

/// Throws InputError, naming the command, unless prices are in US dollars, which it counts in.
void require_us_dollars(const Scenario& scenario, const std::string& command);

}  // namespace idlewatt
