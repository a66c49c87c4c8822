// Routing across pools `least-outstanding`: the pool that would need the least time for the requests it has and this
// one, at the rate of its ready replicas with full batches; of equals, the first.
#include "policy/pool_route/pool_route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class LeastOutstandingPool final : public PoolRoutePolicy {
 public:
  std::size_t route(const RequestView&, const std::vector<PoolView>& pools) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < pools.size(); ++i) {
      best = seconds_of_work(pools[i]) < seconds_of_work(pools[best]) ? i : best;
    }
    return best;
  }

 private:
  static double seconds_of_work(const PoolView& pool) {
    return static_cast<double>(pool.load.outstanding + 1) / pool.capacity_rps();
  }
};

}  // namespace

PoolRouteDeclaration declare_least_outstanding_pool() {
  return {{"least-outstanding", "the pool with the fewest requests sent and not ended, relative to its capacity", {}},
          [](const Parameters&) { return std::make_unique<LeastOutstandingPool>(); }};
}

}  // namespace idlewatt
