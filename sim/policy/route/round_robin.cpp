// Routing `round-robin`: each available replica in turn.
#include <set>

#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class RoundRobin final : public RoutePolicy {
 public:
  void resize(std::int32_t) override {}

  void load_changed(std::int32_t replica, const ReplicaLoad& load) override {
    if (load.available) {
      available_.insert(replica);
    } else {
      available_.erase(replica);
    }
  }

  std::int32_t route(const RequestView&, RandomStream&) override {
    if (available_.empty()) {
      return kNoReplica;
    }
    auto next = available_.upper_bound(last_);
    last_ = next == available_.end() ? *available_.begin() : *next;
    return last_;
  }

 private:
  std::set<std::int32_t> available_;
  std::int32_t last_ = -1;
};

}  // namespace

RouteDeclaration declare_round_robin() {
  return {{"round-robin", "each available replica in turn", {}},
          [](const Parameters&) { return std::make_unique<RoundRobin>(); }};
}

}  // namespace idlewatt
