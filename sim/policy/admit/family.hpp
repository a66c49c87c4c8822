// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/admit/admission.hpp"

namespace idlewatt {

struct AdmissionFamily {
  using Policy = AdmissionPolicy;
  static constexpr const char* name = "admission";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.admission";  ///< where a scenario chooses one
  static constexpr const char* question = "Which requests does a pool let in?";
  static constexpr const char* kind = "admission policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = true;               ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<AdmissionDeclaration> built_in();
};

// Each stands in the file of its name.
AdmissionDeclaration declare_always_admit();
AdmissionDeclaration declare_queue_limit();
AdmissionDeclaration declare_deadline_admission();
AdmissionDeclaration declare_rate_limit();

}  // namespace idlewatt
