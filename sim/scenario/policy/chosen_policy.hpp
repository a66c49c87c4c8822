// The declaration of the policy that a scenario chose, from the program or from a plug-in.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "policy/table.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The declaration of the chosen policy. Throws InputError when no policy has that name, which can happen in a scenario
/// made by hand.
template <class Policy>
Declaration<Policy> chosen_of(const std::vector<Declaration<Policy>>& table, const PolicyChoice& choice) {
  const Declaration<Policy>* declaration = find(table, choice.name);
  if (declaration == nullptr) {
    throw InputError("there is no policy `" + choice.name + "`");
  }
  return *declaration;
}

inline AutoscaleDeclaration chosen_autoscaling(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().autoscaling : AutoscaleFamily::built_in(), choice);
}
inline IdleDeclaration chosen_idle(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().idle : IdleFamily::built_in(), choice);
}
inline AdmissionDeclaration chosen_admission(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().admission : AdmissionFamily::built_in(), choice);
}
inline RouteDeclaration chosen_routing(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().routing : RouteFamily::built_in(), choice);
}
inline PoolRouteDeclaration chosen_pool_routing(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().pool_routing : PoolRouteFamily::built_in(), choice);
}
inline PowerDeclaration chosen_power(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().power : PowerFamily::built_in(), choice);
}

/// True when, under this idle policy, servers that hold no replica at time 0 are off at time 0.
inline bool starts_off(const PolicyChoice& idle) {
  const std::optional<bool> known = idle.plugin ? idle.plugin->starts_off() : std::nullopt;
  return known ? *known : chosen_idle(idle).make(idle.parameters)->starts_off();
}

/// True when a policy of the scenario is written in Python.
inline bool uses_python(const Scenario& scenario) {
  const auto in_python = [](const PolicyChoice& choice) { return choice.plugin && choice.plugin->in_python(); };
  return in_python(scenario.routing) || in_python(scenario.power) ||
         std::any_of(scenario.pools.begin(), scenario.pools.end(), [&](const Pool& pool) {
           return in_python(pool.autoscaling) || in_python(pool.idle) || in_python(pool.admission) ||
                  in_python(pool.routing);
         });
}

}  // namespace idlewatt
