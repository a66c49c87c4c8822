// The description of the family of policies in this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/batch/batch.hpp"

namespace idlewatt {

struct BatchFamily {
  using Policy = BatchPolicy;
  static constexpr const char* name = "batching";             ///< name in lists
  static constexpr const char* path = "pools.NAME.batching";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which requests does a replica work on together?";
  static constexpr const char* kind = "batching policy";   ///< name of one policy in messages
  static constexpr std::nullptr_t from_outside = nullptr;  ///< neither plug-ins nor Python add policies
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<BatchDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
BatchDeclaration declare_continuous();
BatchDeclaration declare_window();
BatchDeclaration declare_no_batching();

}  // namespace idlewatt
