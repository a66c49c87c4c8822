#include "policy/admit/family.hpp"

namespace idlewatt {

AdmissionDeclaration declare_always_admit();
AdmissionDeclaration declare_queue_limit();
AdmissionDeclaration declare_deadline_admission();
AdmissionDeclaration declare_rate_limit();

std::vector<AdmissionDeclaration> AdmissionFamily::built_in() {
  return {declare_always_admit(), declare_queue_limit(), declare_deadline_admission(), declare_rate_limit()};
}

}  // namespace idlewatt
