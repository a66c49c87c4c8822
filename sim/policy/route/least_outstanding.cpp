// Routing `least-outstanding`: the replica with the fewest requests sent and not ended; of equals, the lowest number.
#include <limits>

#include "base/min_tree.hpp"
#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class LeastOutstanding final : public RoutePolicy {
 public:
  void resize(std::int32_t replicas) override { loads_.resize(static_cast<std::size_t>(replicas), kUnavailable); }

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    loads_.update(replica.index(), load.available ? load.outstanding : kUnavailable);
  }

  std::optional<ReplicaId> route(const RequestView&, RandomStream&) override {
    if (loads_.size() == 0 || loads_.top_key() == kUnavailable) {
      return std::nullopt;
    }
    return ReplicaId(loads_.top());
  }

 private:
  static constexpr std::int64_t kUnavailable = std::numeric_limits<std::int64_t>::max();
  MinTree<std::int64_t> loads_;
};

}  // namespace

RouteDeclaration declare_least_outstanding() {
  return {{"least-outstanding", "the replica with the fewest requests sent and not ended", {}},
          [](const Parameters&) { return std::make_unique<LeastOutstanding>(); }};
}

}  // namespace idlewatt
