// Routing across pools `cheapest-within-slo`: of the pools that would answer within the request's limits, by the
// estimate of policy/service_estimate.hpp, the one where it costs the least more; if none would, the one that misses by
// least.
#include "policy/pool_route/pool_route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class CheapestWithinSlo final : public PoolRoutePolicy {
 public:
  explicit CheapestWithinSlo(const Parameters& parameters)
      : by_cost_(parameters.get_int("by") == 1), limit_(parameters.get("limit")) {}

  std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) override {
    Choice best;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      const ServiceEstimate estimate = pools[i].service->estimate(request.prompt_tokens(), pools[i].load);
      const double use = estimate.limit_use(request);
      const Choice choice{i, use <= limit_, use, by_cost_ ? estimate.cost_usd : estimate.energy_j};
      best = i == 0 || choice.better_than(best) ? choice : best;
    }
    return best.pool;
  }

 private:
  struct Choice {
    std::size_t pool = 0;
    bool within = false;
    double limit_use = 0.0;
    double price = 0.0;

    bool better_than(const Choice& other) const {
      if (within != other.within) {
        return within;
      }
      return within ? price < other.price : limit_use < other.limit_use;
    }
  };

  bool by_cost_;
  double limit_;
};

}  // namespace

PoolRouteDeclaration declare_cheapest_within_slo() {
  return {{"cheapest-within-slo",
           "the pool where the request costs the least more, among those estimated to answer within its SLO",
           {{.name = "by",
             .default_value = 0,
             .help = "energy: joules above what the pools draw anyway; cost: rent of the time it takes on a replica, "
                     "electricity where servers are owned",
             .choices = {"energy", "cost"}},
            {.name = "limit",
             .dimension = Dimension::share,
             .default_value = 0.7,
             .minimum = 0.01,
             .maximum = 1.0,
             .help = "share of the SLO's limits that the estimate may use"}}},
          [](const Parameters& parameters) { return std::make_unique<CheapestWithinSlo>(parameters); }};
}

}  // namespace idlewatt
