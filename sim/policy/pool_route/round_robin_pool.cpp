// Routing across pools `round-robin`: in turn, each as often as its ready replicas' capacity says.
//
// The smooth weighted round robin of nginx (ngx_http_upstream_round_robin.c): every pool gains its weight, the one with
// the most goes, and gives up the sum of the weights.
#include <map>

#include "policy/pool_route/pool_route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class RoundRobinPool final : public PoolRoutePolicy {
 public:
  std::size_t route(const RequestView&, const std::vector<PoolView>& pools) override {
    double sum = 0.0;
    std::size_t best = 0;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      sum += pools[i].capacity_rps();
      credit_[pools[i].id] += pools[i].capacity_rps();
      best = credit_[pools[i].id] > credit_[pools[best].id] ? i : best;
    }
    credit_[pools[best].id] -= sum;
    return best;
  }

 private:
  std::map<PoolId, double> credit_;
};

}  // namespace

PoolRouteDeclaration declare_round_robin_pool() {
  return {{"round-robin", "the pools in turn, each as often as its capacity says", {}},
          [](const Parameters&) { return std::make_unique<RoundRobinPool>(); }};
}

}  // namespace idlewatt
