// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/plugin_api.hpp"

namespace idlewatt {

struct AutoscaleFamily {
  using Policy = AutoscalePolicy;
  static constexpr const char* name = "autoscaling";             ///< name in lists
  static constexpr const char* path = "pools.NAME.autoscaling";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "How many replicas should a pool have?";
  static constexpr const char* kind = "autoscaling policy";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::autoscaling;
  /// What the policies see.
  using Shows = ShownViews<AutoscaleView, ReplicaSample, PoolCounters, LatencyCounts>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<AutoscaleDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
AutoscaleDeclaration declare_static_autoscale();
AutoscaleDeclaration declare_hpa();
AutoscaleDeclaration declare_keda();
AutoscaleDeclaration declare_knative_kpa();
AutoscaleDeclaration declare_ray_serve();
AutoscaleDeclaration declare_scheduled();
AutoscaleDeclaration declare_predictive();
AutoscaleDeclaration declare_slo_target();
AutoscaleDeclaration declare_clairvoyant();

}  // namespace idlewatt
