// Small scenarios built by hand: a catalogue of one accelerator, one server and one model, pools and traffic.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "policy/table.hpp"
#include "scenario/scenario.hpp"
#include "support/a100.hpp"

namespace idlewatt {

/// "node": four of the tests' A100, with all of a server's own consumption.
std::shared_ptr<const Catalog> small_catalog();

/// A policy of a family with the defaults of its parameters.
template <class Policy>
PolicyChoice default_choice(const std::vector<Declaration<Policy>>& table, const std::string& name) {
  return {.name = name, .parameters = Parameters::defaults_of(find(table, name)->info)};
}

/// Continuous batching of up to `max_sequences` sequences.
PolicyChoice continuous_batching(double max_sequences);

/// Always-on replicas of "llama-8b" on "node", with least-outstanding routing.
Pool small_pool(const std::string& name, std::int32_t replicas);

/// Poisson arrivals at a constant rate; prompts of 50 to 1500 tokens, outputs of 5 to 400.
Traffic poisson(const std::string& name, double rate_rps, std::int32_t pool = 0);

/// `replicas` replicas of one pool on one rack of two nodes, ten minutes, bins of a minute, every request recorded.
Scenario small_scenario(double rate_rps, std::int32_t replicas);

}  // namespace idlewatt
