// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/plugin_api.hpp"
#include "policy/route/route.hpp"

namespace idlewatt {

struct RouteFamily {
  using Policy = RoutePolicy;
  static constexpr const char* name = "routing";             ///< name in lists
  static constexpr const char* path = "pools.NAME.routing";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which replica takes a request?";
  static constexpr const char* kind = "routing policy";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::routing;
  /// What the policies see.
  using Shows = ShownViews<RequestView, SloTicks, ReplicaLoad>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<RouteDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
RouteDeclaration declare_round_robin();
RouteDeclaration declare_least_outstanding();
RouteDeclaration declare_random_route();
RouteDeclaration declare_least_tokens();
RouteDeclaration declare_power_of_two();
RouteDeclaration declare_prefix_affinity();

}  // namespace idlewatt
