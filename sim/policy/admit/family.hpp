// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/admit/admission.hpp"
#include "policy/plugin_api.hpp"

namespace idlewatt {

struct AdmissionFamily {
  using Policy = AdmissionPolicy;
  static constexpr const char* name = "admission";             ///< name in lists
  static constexpr const char* path = "pools.NAME.admission";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which requests does a pool let in?";
  static constexpr const char* kind = "admission policy";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::admission;
  /// What the policies see.
  using Shows =
      ShownViews<RequestView, SloTicks, AdmissionView, PoolLoad, ServiceEstimator, ServiceFigures, ServiceEstimate>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<AdmissionDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
AdmissionDeclaration declare_always_admit();
AdmissionDeclaration declare_queue_limit();
AdmissionDeclaration declare_deadline_admission();
AdmissionDeclaration declare_rate_limit();

}  // namespace idlewatt
