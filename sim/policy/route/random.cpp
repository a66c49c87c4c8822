// Routing `random`: any available replica, all as likely.
#include "policy/route/available_replicas.hpp"
#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class RandomRoute final : public RoutePolicy {
 public:
  void resize(std::int32_t replicas) override { available_.resize(replicas); }

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override { available_.set(replica, load.available); }

  std::optional<ReplicaId> route(const RequestView&, RandomStream& random) override {
    return available_.size() == 0 ? std::nullopt : std::optional(available_[available_.draw(random)]);
  }

 private:
  AvailableReplicas available_;
};

}  // namespace

RouteDeclaration declare_random_route() {
  return {{"random", "any available replica, all as likely", {}},
          [](const Parameters&) { return std::make_unique<RandomRoute>(); }};
}

}  // namespace idlewatt
