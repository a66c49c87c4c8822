// Power budget `fifo`: whoever was wanted first goes first, and nobody overtakes.
#include "policy/power/power.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class PowerFifo final : public PowerPolicy {
 public:
  double rank(const PowerView&) const override { return 0.0; }
  bool overtaking() const override { return false; }
};

}  // namespace

PowerDeclaration declare_power_fifo() {
  return {{"fifo", "whoever was wanted first starts first, and nobody overtakes", {}},
          [](const Parameters&) { return std::make_unique<PowerFifo>(); }};
}

}  // namespace idlewatt
