// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/pool_route/pool_route.hpp"

namespace idlewatt {

struct PoolRouteFamily {
  using Policy = PoolRoutePolicy;
  static constexpr const char* name = "pool-routing";  ///< in lists, its own
  static constexpr const char* path = "routing";       ///< where a scenario chooses one
  static constexpr const char* question = "Which pool takes a request that several may answer?";
  static constexpr const char* kind = "policy of routing across pools";  ///< what messages call one of its policies
  static constexpr bool from_outside = true;  ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PoolRouteDeclaration> built_in();
};

// Each stands in the file of its name.
PoolRouteDeclaration declare_least_outstanding_pool();
PoolRouteDeclaration declare_round_robin_pool();
PoolRouteDeclaration declare_length_split();
PoolRouteDeclaration declare_cheapest_within_slo();

}  // namespace idlewatt
