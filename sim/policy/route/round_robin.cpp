// Routing `round-robin`: each available replica in turn.
#include <set>

#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class RoundRobin final : public RoutePolicy {
 public:
  void resize(std::int32_t) override {}

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    if (load.available) {
      available_.insert(replica);
    } else {
      available_.erase(replica);
    }
  }

  std::optional<ReplicaId> route(const RequestView&, RandomStream&) override {
    if (available_.empty()) {
      return std::nullopt;
    }
    auto next = available_.upper_bound(last_);
    last_ = next == available_.end() ? *available_.begin() : *next;
    return last_;
  }

 private:
  std::set<ReplicaId> available_;
  ReplicaId last_ = ReplicaId(-1);  ///< before the first
};

}  // namespace

RouteDeclaration declare_round_robin() {
  return {{"round-robin", "each available replica in turn", {}},
          [](const Parameters&) { return std::make_unique<RoundRobin>(); }};
}

}  // namespace idlewatt
