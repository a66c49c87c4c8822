#include "policy/cache/family.hpp"

namespace idlewatt {

std::vector<CacheDeclaration> CacheFamily::built_in() {
  return {declare_no_cache(), declare_exact_cache(), declare_semantic_cache()};
}

}  // namespace idlewatt
