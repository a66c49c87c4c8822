#include "policy/batch/family.hpp"

namespace idlewatt {

BatchDeclaration declare_continuous();
BatchDeclaration declare_window();
BatchDeclaration declare_no_batching();

std::vector<BatchDeclaration> BatchFamily::built_in() {
  return {declare_continuous(), declare_window(), declare_no_batching()};
}

}  // namespace idlewatt
