// Admission `rate-limit`: a token bucket for each tenant. It fills at `rate` up to `burst`; a request takes one from
// it, or as many as its prompt has tokens, and is turned away when there is not enough.
#include <algorithm>
#include <unordered_map>

#include "policy/admit/admission.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class RateLimit final : public AdmissionPolicy {
 public:
  explicit RateLimit(const Parameters& parameters)
      : rate_per_s_(parameters.get("rate")),
        burst_(parameters.get("burst")),
        by_tokens_(parameters.get_int("by") == 1) {}

  bool admit(const RequestView& request, const AdmissionView&) override {
    Bucket& bucket = buckets_.try_emplace(request.tenant(), Bucket{burst_, request.now()}).first->second;
    bucket.level = std::min(burst_, bucket.level + rate_per_s_ * to_seconds(request.now() - bucket.filled_at));
    bucket.filled_at = request.now();
    const double taken = by_tokens_ ? request.prompt_tokens() : 1.0;
    if (bucket.level < taken) {
      return false;
    }
    bucket.level -= taken;
    return true;
  }

 private:
  struct Bucket {
    double level = 0.0;
    Ticks filled_at = 0;
  };

  double rate_per_s_;
  double burst_;
  bool by_tokens_;
  std::unordered_map<std::int32_t, Bucket> buckets_;  ///< by tenant; never iterated over
};

}  // namespace

AdmissionDeclaration declare_rate_limit() {
  return {{"rate-limit",
           "a token bucket for each tenant: turns away what is above its rate and its burst",
           {{.name = "rate",
             .dimension = Dimension::rate,
             .default_value = 10,
             .minimum = 1e-6,
             .maximum = 1e9,
             .help = "how fast a tenant's bucket fills"},
            {.name = "burst", .default_value = 20, .minimum = 1, .maximum = 1e12, .help = "what a full bucket holds"},
            {.name = "by",
             .default_value = 0,
             .help = "what is counted: requests, or the tokens of their prompts",
             .choices = {"requests", "prompt-tokens"}}}},
          [](const Parameters& parameters) { return std::make_unique<RateLimit>(parameters); }};
}

}  // namespace idlewatt
