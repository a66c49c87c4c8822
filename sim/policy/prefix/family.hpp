// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/prefix/prefix.hpp"

namespace idlewatt {

struct PrefixFamily {
  using Policy = PrefixPolicy;
  static constexpr const char* name = "prefix_cache";             ///< in lists, its own
  static constexpr const char* path = "pools.NAME.prefix_cache";  ///< where a scenario chooses one
  static constexpr const char* question = "Which KV blocks of a prompt are kept for requests to come?";
  static constexpr const char* kind = "prefix cache";  ///< what messages call one of its policies
  static constexpr bool from_outside = false;          ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PrefixDeclaration> built_in();
};

// Each stands in the file of its name.
PrefixDeclaration declare_no_prefix_cache();
PrefixDeclaration declare_lru_prefix_cache();

}  // namespace idlewatt
