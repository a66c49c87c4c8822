// Autoscaling `static`: the replicas of the start, for ever. The baseline of every comparison.
#include "policy/autoscale/autoscale.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class StaticAutoscale final : public AutoscalePolicy {
 public:
  AutoscaleDecision decide(const AutoscaleView& view) override { return {.replicas = view.start, .wake_at = kNever}; }
};

}  // namespace

AutoscaleDeclaration declare_static_autoscale() {
  return {{"static", "keeps `replicas.start` replicas for ever", {}},
          [](const Parameters&) { return std::make_unique<StaticAutoscale>(); }};
}

}  // namespace idlewatt
