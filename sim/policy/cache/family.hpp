// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/cache/cache.hpp"

namespace idlewatt {

struct CacheFamily {
  using Policy = CachePolicy;
  static constexpr const char* name = "cache";  ///< in lists, its own
  static constexpr const char* path = "cache";  ///< where a scenario chooses one
  static constexpr const char* question = "Which requests are answered with an answer that is there?";
  static constexpr const char* kind = "semantic cache";  ///< what messages call one of its policies
  static constexpr bool from_outside = false;            ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<CacheDeclaration> built_in();
};

// Each stands in the file of its name.
CacheDeclaration declare_no_cache();
CacheDeclaration declare_exact_cache();
CacheDeclaration declare_semantic_cache();

}  // namespace idlewatt
