// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/batch/batch.hpp"

namespace idlewatt {

struct BatchFamily {
  using Policy = BatchPolicy;
  static constexpr const char* name = "batching";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.batching";  ///< where a scenario chooses one
  static constexpr const char* question = "Which requests does a replica work on together?";
  static constexpr const char* kind = "batching policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = false;             ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<BatchDeclaration> built_in();
};

// Each stands in the file of its name.
BatchDeclaration declare_continuous();
BatchDeclaration declare_window();
BatchDeclaration declare_no_batching();

}  // namespace idlewatt
