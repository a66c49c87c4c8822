// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/autoscale/autoscale.hpp"

namespace idlewatt {

struct AutoscaleFamily {
  using Policy = AutoscalePolicy;
  static constexpr const char* name = "autoscaling";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.autoscaling";  ///< where a scenario chooses one
  static constexpr const char* question = "How many replicas should a pool have?";
  static constexpr const char* kind = "autoscaling policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = true;                 ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<AutoscaleDeclaration> built_in();
};

// Each stands in the file of its name.
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
