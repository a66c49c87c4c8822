// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/swap/swap.hpp"

namespace idlewatt {

struct SwapFamily {
  using Policy = SwapPolicy;
  static constexpr const char* name = "swapping";  ///< in lists, its own
  static constexpr const char* path = "swapping";  ///< where a scenario chooses one
  static constexpr const char* question = "Which model makes room when another is wanted and no accelerator is free?";
  static constexpr const char* kind = "swapping policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = false;             ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<SwapDeclaration> built_in();
};

// Each stands in the file of its name.
SwapDeclaration declare_no_swapping();
SwapDeclaration declare_lru_swapping();
SwapDeclaration declare_least_used_swapping();

}  // namespace idlewatt
