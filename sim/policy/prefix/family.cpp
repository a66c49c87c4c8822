#include "policy/prefix/family.hpp"

namespace idlewatt {

std::vector<PrefixDeclaration> PrefixFamily::built_in() {
  return {declare_no_prefix_cache(), declare_lru_prefix_cache()};
}

}  // namespace idlewatt
