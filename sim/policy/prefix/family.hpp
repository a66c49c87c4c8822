// The description of the family of policies in this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/prefix/prefix.hpp"

namespace idlewatt {

struct PrefixFamily {
  using Policy = PrefixPolicy;
  static constexpr const char* name = "prefix_cache";             ///< name in lists
  static constexpr const char* path = "pools.NAME.prefix_cache";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which KV blocks of a prompt are kept for requests to come?";
  static constexpr const char* kind = "prefix cache";      ///< name of one policy in messages
  static constexpr std::nullptr_t from_outside = nullptr;  ///< neither plug-ins nor Python add policies
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PrefixDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
PrefixDeclaration declare_no_prefix_cache();
PrefixDeclaration declare_lru_prefix_cache();

}  // namespace idlewatt
