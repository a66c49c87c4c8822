// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/plugin_api.hpp"
#include "policy/pool_route/pool_route.hpp"

namespace idlewatt {

struct PoolRouteFamily {
  using Policy = PoolRoutePolicy;
  static constexpr const char* name = "pool-routing";  ///< name in lists
  static constexpr const char* path = "routing";       ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which pool takes a request that several may answer?";
  static constexpr const char* kind = "policy of routing across pools";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::pool_routing;
  /// What the policies see.
  using Shows =
      ShownViews<RequestView, SloTicks, PoolView, PoolLoad, ServiceEstimator, ServiceFigures, ServiceEstimate>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PoolRouteDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
PoolRouteDeclaration declare_least_outstanding_pool();
PoolRouteDeclaration declare_round_robin_pool();
PoolRouteDeclaration declare_length_split();
PoolRouteDeclaration declare_cheapest_within_slo();

}  // namespace idlewatt
