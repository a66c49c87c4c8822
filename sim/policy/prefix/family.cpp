#include "policy/prefix/family.hpp"

namespace idlewatt {

PrefixDeclaration declare_no_prefix_cache();
PrefixDeclaration declare_lru_prefix_cache();

std::vector<PrefixDeclaration> PrefixFamily::built_in() {
  return {declare_no_prefix_cache(), declare_lru_prefix_cache()};
}

}  // namespace idlewatt
