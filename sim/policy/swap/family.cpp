#include "policy/swap/family.hpp"

namespace idlewatt {

SwapDeclaration declare_no_swapping();
SwapDeclaration declare_lru_swapping();
SwapDeclaration declare_least_used_swapping();

std::vector<SwapDeclaration> SwapFamily::built_in() {
  return {declare_no_swapping(), declare_lru_swapping(), declare_least_used_swapping()};
}

}  // namespace idlewatt
