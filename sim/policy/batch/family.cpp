#include "policy/batch/family.hpp"

namespace idlewatt {

std::vector<BatchDeclaration> BatchFamily::built_in() {
  return {declare_continuous(), declare_window(), declare_no_batching()};
}

}  // namespace idlewatt
