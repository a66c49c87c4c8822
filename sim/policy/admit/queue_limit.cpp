// Admission `queue-limit`: turns requests away while too many wait.
#include <algorithm>

#include "policy/admit/admission.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class QueueLimit final : public AdmissionPolicy {
 public:
  explicit QueueLimit(const Parameters& parameters)
      : per_replica_(parameters.get("per_replica")), at_least_(parameters.get("at_least")) {}

  bool admit(const RequestView&, const AdmissionView& pool) override {
    // Where nobody waits, somebody may: a pool whose replicas sleep takes the request that wakes it.
    const double limit = std::max({per_replica_ * pool.load.ready, at_least_, 1.0});
    return static_cast<double>(pool.load.waiting) < limit;
  }

 private:
  double per_replica_;
  double at_least_;
};

}  // namespace

AdmissionDeclaration declare_queue_limit() {
  return {{"queue-limit",
           "turns requests away while too many wait in no batch",
           {{.name = "per_replica",
             .default_value = 16,
             .minimum = 0,
             .maximum = 1e9,
             .help = "most requests that wait, per ready replica"},
            {.name = "at_least",
             .default_value = 16,
             .minimum = 0,
             .maximum = 1e9,
             .help = "so many may wait however few replicas are ready"}}},
          [](const Parameters& parameters) { return std::make_unique<QueueLimit>(parameters); }};
}

}  // namespace idlewatt
