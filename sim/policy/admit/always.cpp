// Admission `always`: everybody may wait.
#include "policy/admit/admission.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Always final : public AdmissionPolicy {
 public:
  bool admit(const RequestView&, const AdmissionView&) override { return true; }
};

}  // namespace

AdmissionDeclaration declare_always_admit() {
  return {{"always", "lets every request in, however many wait", {}},
          [](const Parameters&) { return std::make_unique<Always>(); }};
}

}  // namespace idlewatt
