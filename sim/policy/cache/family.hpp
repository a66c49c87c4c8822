// The description of the family of policies in this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/cache/cache.hpp"

namespace idlewatt {

struct CacheFamily {
  using Policy = CachePolicy;
  static constexpr const char* name = "cache";  ///< name in lists
  static constexpr const char* path = "cache";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which requests are answered with an answer that is there?";
  static constexpr const char* kind = "semantic cache";    ///< name of one policy in messages
  static constexpr std::nullptr_t from_outside = nullptr;  ///< neither plug-ins nor Python add policies
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<CacheDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
CacheDeclaration declare_no_cache();
CacheDeclaration declare_exact_cache();
CacheDeclaration declare_semantic_cache();

}  // namespace idlewatt
