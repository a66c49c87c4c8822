// Power budget `neediest`: the pool with the most requests for each replica that it has, or that is on its way.
#include "policy/power/power.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Neediest final : public PowerPolicy {
 public:
  double rank(const PowerView& waiting) const override {
    return -static_cast<double>(waiting.outstanding) / (waiting.awake + 1);
  }
  bool overtaking() const override { return true; }
};

}  // namespace

PowerDeclaration declare_power_neediest() {
  return {{"neediest", "the pool that would have the most requests for each of its replicas; small ones overtake", {}},
          [](const Parameters&) { return std::make_unique<Neediest>(); }};
}

}  // namespace idlewatt
