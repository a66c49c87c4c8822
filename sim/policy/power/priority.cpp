// Power budget `priority`: pools go in the order of the scenario, and a later one never overtakes an earlier one.
#include "policy/power/power.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class PowerPriority final : public PowerPolicy {
 public:
  double rank(const PowerView& waiting) const override { return waiting.pool.value(); }
  bool overtaking() const override { return false; }
};

}  // namespace

PowerDeclaration declare_power_priority() {
  return {{"priority", "pools in the order of the scenario; a later one never overtakes", {}},
          [](const Parameters&) { return std::make_unique<PowerPriority>(); }};
}

}  // namespace idlewatt
