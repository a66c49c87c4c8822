// Admission `deadline`: turns away what cannot meet its limits, by the estimate of policy/service_estimate.hpp: an
// interactive request its TTFT and TPOT, a deferrable one its deadline. A request without limits is let in.
#include "policy/admit/admission.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class DeadlineAdmission final : public AdmissionPolicy {
 public:
  explicit DeadlineAdmission(const Parameters& parameters)
      : limit_(parameters.get("limit")), admits_cold_(parameters.get_int("cold") == 0) {}

  bool admit(const RequestView& request, const AdmissionView& pool) override {
    if (pool.load.ready == 0) {
      return admits_cold_;
    }
    return pool.service->estimate(request.prompt_tokens(), pool.load).limit_use(request) <= limit_;
  }

 private:
  double limit_;
  bool admits_cold_;
};

}  // namespace

AdmissionDeclaration declare_deadline_admission() {
  return {{"deadline",
           "turns away requests that are estimated to miss their SLO or their deadline",
           {{.name = "limit",
             .default_value = 1.0,
             .minimum = 0.01,
             .maximum = 100,
             .help = "how much of its limits a request may use by the estimate; above 1 forgives the estimate"},
            {.name = "cold",
             .default_value = 0,
             .help = "what becomes of requests while no replica is ready, when nothing can be estimated",
             .choices = {"admit", "reject"}}}},
          [](const Parameters& parameters) { return std::make_unique<DeadlineAdmission>(parameters); }};
}

}  // namespace idlewatt
