#include "policy/admit/family.hpp"

namespace idlewatt {

std::vector<AdmissionDeclaration> AdmissionFamily::built_in() {
  return {declare_always_admit(), declare_queue_limit(), declare_deadline_admission(), declare_rate_limit()};
}

}  // namespace idlewatt
