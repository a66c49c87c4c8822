#include "policy/swap/family.hpp"

namespace idlewatt {

std::vector<SwapDeclaration> SwapFamily::built_in() {
  return {declare_no_swapping(), declare_lru_swapping(), declare_least_used_swapping()};
}

}  // namespace idlewatt
