// Routing `power-of-two`: of two replicas drawn at random, the one with fewer requests; of equals, the first drawn.
//
// M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on Parallel and
// Distributed Systems 12(10), 2001: the second choice makes the longest queue exponentially shorter than `random`.
#include "policy/route/available_replicas.hpp"
#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class PowerOfTwo final : public RoutePolicy {
 public:
  void resize(std::int32_t replicas) override {
    available_.resize(replicas);
    outstanding_.resize(static_cast<std::size_t>(replicas), 0);
  }

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    available_.set(replica, load.available);
    outstanding_[replica] = load.outstanding;
  }

  std::optional<ReplicaId> route(const RequestView&, RandomStream& random) override {
    if (available_.size() == 0) {
      return std::nullopt;
    }
    const std::size_t first = available_.draw(random);
    if (available_.size() == 1) {
      return available_[first];
    }
    // Two different ones: the second is drawn from the others.
    std::size_t second = AvailableReplicas::draw_below(available_.size() - 1, random);
    second += second >= first ? 1 : 0;
    return load(available_[second]) < load(available_[first]) ? available_[second] : available_[first];
  }

 private:
  std::int64_t load(ReplicaId replica) const { return outstanding_[replica]; }

  AvailableReplicas available_;
  IndexedVector<ReplicaId, std::int64_t> outstanding_;
};

}  // namespace

RouteDeclaration declare_power_of_two() {
  return {{"power-of-two", "of two replicas drawn at random, the one with fewer requests sent and not ended", {}},
          [](const Parameters&) { return std::make_unique<PowerOfTwo>(); }};
}

}  // namespace idlewatt
