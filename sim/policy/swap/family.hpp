// The description of the family of policies in this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/swap/swap.hpp"

namespace idlewatt {

struct SwapFamily {
  using Policy = SwapPolicy;
  static constexpr const char* name = "swapping";  ///< name in lists
  static constexpr const char* path = "swapping";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which model makes room when another is wanted and no accelerator is free?";
  static constexpr const char* kind = "swapping policy";   ///< name of one policy in messages
  static constexpr std::nullptr_t from_outside = nullptr;  ///< neither plug-ins nor Python add policies
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<SwapDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
SwapDeclaration declare_no_swapping();
SwapDeclaration declare_lru_swapping();
SwapDeclaration declare_least_used_swapping();

}  // namespace idlewatt
