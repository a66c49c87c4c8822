// Power budget `first-fit`: in the order in which they were wanted, but what there is power for does not wait.
#include "policy/power/power.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class FirstFit final : public PowerPolicy {
 public:
  double rank(const PowerView&) const override { return 0.0; }
  bool overtaking() const override { return true; }
};

}  // namespace

PowerDeclaration declare_power_first_fit() {
  return {
      {"first-fit", "in the order in which they were wanted, but small ones overtake what there is no power for", {}},
      [](const Parameters&) { return std::make_unique<FirstFit>(); }};
}

}  // namespace idlewatt
