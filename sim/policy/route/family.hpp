// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/route/route.hpp"

namespace idlewatt {

struct RouteFamily {
  using Policy = RoutePolicy;
  static constexpr const char* name = "routing";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.routing";  ///< where a scenario chooses one
  static constexpr const char* question = "Which replica takes a request?";
  static constexpr const char* kind = "routing policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = true;             ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<RouteDeclaration> built_in();
};

// Each stands in the file of its name.
RouteDeclaration declare_round_robin();
RouteDeclaration declare_least_outstanding();
RouteDeclaration declare_random_route();
RouteDeclaration declare_least_tokens();
RouteDeclaration declare_power_of_two();
RouteDeclaration declare_prefix_affinity();

}  // namespace idlewatt
