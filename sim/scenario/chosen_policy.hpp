// The declaration of the policy that a scenario chose, of the program or of a plug-in.
#pragma once

#include <vector>

#include "policy/table.hpp"
#include "scenario/scenario.hpp"
#include "units/error.hpp"

namespace idlewatt {

/// Throws InputError when there is none of that name, as in a scenario that was made by hand.
template <class Policy>
Declaration<Policy> chosen_of(const std::vector<Declaration<Policy>>& table, const PolicyChoice& choice) {
  const Declaration<Policy>* declaration = find(table, choice.name);
  if (declaration == nullptr) {
    throw InputError("there is no policy `" + choice.name + "`");
  }
  return *declaration;
}

inline AutoscaleDeclaration chosen_autoscaling(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().autoscaling : autoscale_policies(), choice);
}
inline IdleDeclaration chosen_idle(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().idle : idle_policies(), choice);
}
inline AdmissionDeclaration chosen_admission(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().admission : admission_policies(), choice);
}
inline RouteDeclaration chosen_routing(const PolicyChoice& choice) {
  return chosen_of(choice.plugin ? choice.plugin->policies().routing : route_policies(), choice);
}

}  // namespace idlewatt
